package io.spinforge.benchmarks.jmh;

import io.spinforge.health.HealthChecker;
import io.spinforge.health.HealthView;
import io.spinforge.health.probe.Probe;
import io.spinforge.health.probe.ProbeResult;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A look at the health of 100 targets. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class HealthViewBenchmark {

  private final HealthChecker<Integer> checker =
      HealthChecker.<Integer>builder()
          .probe(
              Probe.async(
                  (target, timeout) -> CompletableFuture.completedFuture(ProbeResult.healthy())))
          .interval(Duration.ofHours(1))
          .build();

  @Setup
  public void probeAll() throws Exception {
    checker.targets(IntStream.range(0, 100).boxed().toList());
    checker.ready().get(1, TimeUnit.MINUTES);
  }

  @TearDown
  public void close() {
    checker.close();
  }

  @Benchmark
  public HealthView<Integer> view() {
    return checker.view();
  }

  @Benchmark
  public List<Integer> healthy() {
    return checker.view().healthy();
  }
}
