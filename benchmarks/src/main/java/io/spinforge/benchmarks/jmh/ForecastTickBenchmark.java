package io.spinforge.benchmarks.jmh;

import io.spinforge.scaling.ApplyResult;
import io.spinforge.scaling.Autoscaler;
import io.spinforge.scaling.Decision;
import io.spinforge.scaling.PredictivePolicy;
import io.spinforge.scaling.ScaleTarget;
import io.spinforge.scaling.Signal;
import io.spinforge.scaling.StartupTime;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A decision with a forecast over three weeks of one-minute demand, each tick a new cell: closing
 * it, learning from it and forecasting again. Its 99th percentile: {@code -bm sample}.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Benchmark)
public class ForecastTickBenchmark {

  private static final Duration INTERVAL = Duration.ofMinutes(1);
  private static final int LEARNED = 22 * 1440;

  private final SplittableRandom random = new SplittableRandom(1);
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private int desired = 10;
  private Autoscaler scaler = scaler();

  @Setup
  public void learn() {
    scaler.close();
    scaler = scaler();
    for (int i = 0; i < LEARNED; i++) {
      tick();
    }
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
        .target(new Prompt())
        .signal(Signal.totalDemand(this::demand, 10))
        .limits(1, 200)
        .interval(INTERVAL)
        .zone(ZoneOffset.UTC)
        .predictive(PredictivePolicy.conformal(0.95))
        .startup(StartupTime.fixed(Duration.ofMinutes(10)))
        .build();
  }

  private double demand() {
    double angle = 2 * Math.PI * (now.getEpochSecond() % 86_400) / 86_400;
    return 500 - 300 * Math.cos(angle) + 20 * random.nextDouble();
  }

  private final class Prompt implements ScaleTarget {
    @Override
    public ScaleTarget.State read() {
      return new ScaleTarget.State(desired, desired, 0, "1");
    }

    @Override
    public ApplyResult apply(int number, ScaleTarget.State seen, OptionalLong fence) {
      desired = number;
      return new ApplyResult.Applied(number);
    }
  }
}
