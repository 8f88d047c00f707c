package io.spinforge.benchmarks.jmh;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.spinforge.health.HealthChecker;
import io.spinforge.health.probe.Probe;
import io.spinforge.health.probe.ProbeResult;
import io.spinforge.metrics.SpinForgeMetrics;
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

/** A look at 100 targets with every meter of their checker live, beside the same without any. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class MeteredHealthViewBenchmark {
  private final HealthChecker<Integer> plain = checker();
  private final HealthChecker<Integer> measured = checker();
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final SpinForgeMetrics metrics =
      SpinForgeMetrics.builder(registry).bind(measured).build();

  private static HealthChecker<Integer> checker() {
    return HealthChecker.<Integer>builder()
        .probe(
            Probe.async(
                (target, timeout) -> CompletableFuture.completedFuture(ProbeResult.healthy())))
        .interval(Duration.ofHours(1))
        .build();
  }

  @Setup
  public void probeAll() throws Exception {
    List<Integer> targets = IntStream.range(0, 100).boxed().toList();
    plain.targets(targets);
    measured.targets(targets);
    plain.ready().get(1, TimeUnit.MINUTES);
    measured.ready().get(1, TimeUnit.MINUTES);
  }

  @TearDown
  public void close() {
    metrics.close();
    registry.close();
    plain.close();
    measured.close();
  }

  @Benchmark
  public List<Integer> unmetered() {
    return plain.view().healthy();
  }

  @Benchmark
  public List<Integer> metered() {
    return measured.view().healthy();
  }
}
