package io.spinforge.benchmarks.jmh;

import io.spinforge.scaling.ApplyResult;
import io.spinforge.scaling.Autoscaler;
import io.spinforge.scaling.Decision;
import io.spinforge.scaling.Phase;
import io.spinforge.scaling.ReactivePolicy;
import io.spinforge.scaling.Sample;
import io.spinforge.scaling.ScaleTarget;
import io.spinforge.scaling.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A decision about a steady target of ten instances. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Benchmark)
public class AutoscalerTickBenchmark {

  private static final Duration INTERVAL = Duration.ofSeconds(30);

  /** The rules by name. */
  public enum Rule {
    PROPORTIONAL,
    THRESHOLDS;

    ReactivePolicy policy() {
      return switch (this) {
        case PROPORTIONAL -> ReactivePolicy.proportional();
        case THRESHOLDS -> ReactivePolicy.thresholds();
      };
    }
  }

  @Param public Rule rule = Rule.PROPORTIONAL;

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private Autoscaler scaler = scaler();

  @Setup
  public void build() {
    scaler.close();
    scaler = scaler();
  }

  @TearDown
  public void close() {
    scaler.close();
  }

  @Benchmark
  public Decision tick() {
    now = now.plus(INTERVAL);
    return scaler.tick(now);
  }

  private Autoscaler scaler() {
    return Autoscaler.named("benchmark")
        .target(new Steady())
        .signal(Signal.utilization(this::samples, 0.70))
        .limits(1, 20)
        .interval(INTERVAL)
        .reactive(rule.policy())
        .build();
  }

  private List<Sample> samples() {
    return IntStream.range(0, 10)
        .mapToObj(i -> Sample.of("i" + i, Phase.READY, 0.65, 1.0, now))
        .toList();
  }

  private static final class Steady implements ScaleTarget {
    @Override
    public ScaleTarget.State read() {
      return new ScaleTarget.State(10, 10, 0, "1");
    }

    @Override
    public ApplyResult apply(int desired, ScaleTarget.State seen, OptionalLong fence) {
      return new ApplyResult.Applied(desired);
    }
  }
}
