package io.spinforge.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.testkit.Seeds;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Everything goes wrong at random; what must never happen is checked from outside. */
class SafetyTest {
  private static final Duration STEP = Duration.ofSeconds(30);

  @Test
  void randomFaultsNeverMakeAnUnsafeAction() {
    Seeds.run(
        40,
        (seed, random) -> {
          Run run = new Run(random);
          for (int i = 0; i < 500; i++) {
            run.step();
          }
        });
  }

  private static final class Run {
    private final SplittableRandom random;
    private final FakeTarget target = new FakeTarget(3);
    private final FakeLoad cpu = new FakeLoad(target, 2);
    private final Autoscaler scaler;
    private Instant now = Instant.parse("2026-03-29T00:00:00Z");

    Run(SplittableRandom random) {
      this.random = random;
      ReactivePolicy policy =
          random.nextBoolean() ? ReactivePolicy.proportional() : ReactivePolicy.thresholds();
      Duration window = Duration.ofSeconds(random.nextInt(3) * 60L);
      scaler =
          Autoscaler.named("chaos")
              .target(target)
              .signal(Signal.utilization(cpu, 0.70))
              .limits(2, 12)
              .reactive(policy)
              .behavior(
                  ScalingRules.up().build(), ScalingRules.down().stabilization(window).build())
              .build();
    }

    void step() {
      boolean jump = odds(50);
      int hours = jump ? List.of(1, -1, 8760, -8760).get(random.nextInt(4)) : 0;
      now = now.plus(STEP).plus(Duration.ofHours(hours));
      boolean foreign = odds(60);
      if (foreign) {
        target.set(random.nextInt(-2, 16));
      } else if (target.desired < 2 || target.desired > 12) {
        target.set(3);
      }
      target.readFault = odds(40) ? new IllegalStateException("gone") : null;
      cpu.demand = Math.max(0, cpu.demand + random.nextDouble(-0.8, 0.8));
      cpu.demand = Math.min(cpu.demand, 9);
      boolean stale = odds(30);
      cpu.time = stale ? now.minus(STEP.multipliedBy(4)) : now;
      cpu.fault = odds(30) ? new IllegalStateException("no answer") : null;
      cpu.hidden = odds(20) && target.ready > 1 ? 1 : 0;
      boolean broken = odds(30);
      double nonsense = List.of(Double.NaN, -4.0, Double.NEGATIVE_INFINITY).get(random.nextInt(3));
      cpu.extra = broken ? List.of(Sample.of("x", Phase.READY, nonsense, now)) : List.of();
      if (odds(20)) {
        target.answers.add(
            random.nextBoolean() ? new ApplyResult.Unknown("?") : new ApplyResult.Conflict("!"));
      }
      boolean blind = stale || broken || cpu.fault != null || cpu.hidden > 0;
      double need = cpu.demand / 0.77; // what the tolerance still accepts
      int before = target.desired;
      int asked = target.asked.size();
      Decision decision = scaler.tick(now);
      if (target.asked.size() == asked) {
        return;
      }
      int wanted = target.asked.get(asked);
      String what = decision.explain();
      assertThat(wanted).as(what).isBetween(2, 12);
      assertThat(jump || target.readFault != null).as(what).isFalse();
      assertThat(before).as(what).isBetween(1, 12);
      if (wanted < before) {
        assertThat(blind).as(what).isFalse();
        assertThat((double) wanted).as(what).isGreaterThanOrEqualTo(Math.min(before, need) - 1);
      }
    }

    private boolean odds(int oneIn) {
      return random.nextInt(oneIn) == 0;
    }
  }
}
