package io.spinforge.metrics.bind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.spinforge.metrics.SpinForgeMetrics;
import io.spinforge.scaling.ApplyResult;
import io.spinforge.scaling.Autoscaler;
import io.spinforge.scaling.PredictivePolicy;
import io.spinforge.scaling.ScaleTarget;
import io.spinforge.scaling.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ScalingBindingTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Pool pool = new Pool();
  private double demand = 10;
  private final Autoscaler scaler =
      Autoscaler.named("workers")
          .target(pool)
          .signal(Signal.totalDemand(() -> demand, 10))
          .limits(1, 8)
          .interval(Duration.ofSeconds(30))
          .build();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  private static final class Pool implements ScaleTarget {
    private int size = 1;

    @Override
    public State read() {
      return new State(size, size, 0, "");
    }

    @Override
    public ApplyResult apply(int desired, State seen, OptionalLong fence) {
      size = desired;
      return new ApplyResult.Applied(desired);
    }
  }

  private void tick() {
    now = now.plusSeconds(30);
    scaler.tick(now);
  }

  private double replicas(String kind) {
    return registry.get("spinforge.scaling.replicas").tags("kind", kind).gauge().value();
  }

  @Test
  void replicasAreUnknownBeforeTheFirstTickAndThenThoseOfTheLast() {
    SpinForgeMetrics.builder(registry).bind(scaler).build();
    assertThat(replicas("current")).isNaN();
    assertThat(replicas("max")).isEqualTo(8);
    demand = 30;
    tick();
    assertThat(replicas("current")).isEqualTo(1);
    assertThat(replicas("desired")).isEqualTo(pool.size).isGreaterThan(1);
    assertThat(registry.get("spinforge.scaling.demand").gauge().value()).isEqualTo(30);
  }

  @Test
  void decisionsAreCountedByDirectionAndReason() {
    SpinForgeMetrics.builder(registry).bind(scaler).build();
    tick();
    demand = 1000;
    tick();
    assertThat(
            registry
                .get("spinforge.scaling.decisions")
                .tags("scaler", "workers", "direction", "none")
                .counter()
                .count())
        .isEqualTo(1);
    assertThat(
            registry.get("spinforge.scaling.decisions").tags("direction", "up").counter().getId())
        .satisfies(id -> assertThat(id.getTag("reason")).isIn("maximum", "rate", "none"));
    assertThat(
            registry
                .get("spinforge.scaling.applied")
                .tags("result", "applied")
                .functionCounter()
                .count())
        .isEqualTo(1);
  }

  @Test
  void forecastsAreHeldAgainstTheDemandOfTheirTime() {
    Autoscaler predictive =
        Autoscaler.named("forecast")
            .target(pool)
            .signal(Signal.totalDemand(() -> demand, 10))
            .limits(1, 8)
            .interval(Duration.ofSeconds(30))
            .predictive(PredictivePolicy.conformal(0.95))
            .build();
    SpinForgeMetrics.builder(registry).bind(predictive).build();
    for (int i = 0; i < 200; i++) {
      now = now.plusSeconds(30);
      predictive.tick(now);
    }
    assertThat(registry.get("spinforge.scaling.forecast").gauge().value())
        .isCloseTo(10, offset(1.0));
    DistributionSummary errors = registry.get("spinforge.scaling.forecast.error").summary();
    assertThat(errors.count()).isPositive();
    assertThat(errors.mean()).isLessThan(1);
    demand = 25;
    now = now.plusSeconds(30);
    predictive.tick(now);
    assertThat(errors.max()).isCloseTo(15, offset(1.0));
  }

  @Test
  void closingTakesEveryMeterAndTheListenerAway() {
    SpinForgeMetrics.builder(registry).bind(scaler).build().close();
    tick();
    assertThat(registry.getMeters()).isEmpty();
  }
}
