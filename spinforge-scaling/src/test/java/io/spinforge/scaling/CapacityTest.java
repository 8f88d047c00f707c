package io.spinforge.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spinforge.testkit.Seeds;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CapacityTest {
  @Test
  void oneExampleInTwentyThatIsFarOffHardlyCounts() {
    Seeds.run(
        20,
        (seed, random) -> {
          Capacity capacity = new Capacity(1440);
          for (int i = 0; i < 2000; i++) {
            double busy = 1 + 9 * random.nextDouble();
            double noise = 1 + 0.1 * (random.nextDouble() - 0.5);
            boolean odd = i > 20 && random.nextInt(20) == 0;
            capacity.learn(busy, 50 * busy * noise * (odd ? 8 : 1));
          }
          assertThat(capacity.perInstance(60)).isCloseTo(50, within(2.5));
        });
  }

  @Test
  void driftIsFollowedWithinDaysAndADeploymentAtOnce() {
    Capacity capacity = new Capacity(1440);
    learn(capacity, 50, 1440);
    learn(capacity, 40, 4 * 1440);
    assertThat(capacity.perInstance(50)).isCloseTo(40, within(2.0));
    capacity.reset();
    assertThat(capacity.perInstance(50)).isEqualTo(50);
    learn(capacity, 70, 200);
    assertThat(capacity.perInstance(50)).isCloseTo(70, within(0.1));
  }

  @Test
  void itStaysWithinHalfAndTwiceOfWhatWasStatedAndNonsenseIsNotLearned() {
    Capacity capacity = new Capacity(1440);
    learn(capacity, 500, 200);
    assertThat(capacity.perInstance(50)).isEqualTo(100);
    assertThat(capacity.perInstance(5000)).isEqualTo(2500);
    for (double wrong : new double[] {Double.NaN, -1, Double.POSITIVE_INFINITY}) {
      capacity.learn(5, wrong);
      capacity.learn(Math.min(0, wrong), 5);
    }
    assertThat(capacity.perInstance(500)).isCloseTo(500, within(1e-6));
  }

  private static void learn(Capacity capacity, double each, int examples) {
    for (int i = 0; i < examples; i++) {
      capacity.learn(5, 5 * each);
    }
  }

  @Test
  void whatWasLearnedTakesThePlaceOfWhatWasStated() {
    FakeTarget target = new FakeTarget(10);
    FakeLoad cpu = new FakeLoad(target, 4);
    Autoscaler scaler =
        Autoscaler.named("learns")
            .target(target)
            .signal(Signal.totalDemand(() -> 200, 80).named("requests"))
            .signal(Signal.utilization(cpu, 0.70).named("cpu"))
            .interval(Duration.ofMinutes(1))
            .mode(Mode.DRY_RUN)
            .predictive(PredictivePolicy.overload(0.01).learnedCapacity())
            .build();
    Instant now = Instant.parse("2026-03-02T00:00:00Z");
    Decision last = null;
    for (int i = 0; i < 120; i++) {
      now = now.plusSeconds(60);
      cpu.time = now;
      last = scaler.tick(now);
    }
    assertThat(last.forecast().capacity()).isCloseTo(0.9 * 50, within(0.1)); // 200 by 4 busy ones
    scaler.annotate(new TimeRange(now, now.plusSeconds(60)), Annotation.DEPLOY);
    now = now.plusSeconds(60);
    cpu.time = now;
    assertThat(scaler.tick(now).forecast().capacity()).isCloseTo(0.9 * 80, within(1e-9));
  }
}
