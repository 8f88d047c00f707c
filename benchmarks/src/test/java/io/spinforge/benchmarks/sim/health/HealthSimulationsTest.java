package io.spinforge.benchmarks.sim.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.health.SimulatedChecker;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Short forms of the long simulations. */
class HealthSimulationsTest {

  @Test
  void anHourOfAHundredTargetsIsTheSameOnEveryJdk() {
    SimulatedChecker checker = DayOfChecks.run(100, Duration.ofHours(1));
    assertThat(checker.checks()).isBetween(72_000L, 76_000L);
    assertThat(checker.transitions()).isGreaterThan(100);
    assertThat(Long.toHexString(checker.hash())).isEqualTo("8486d456234da2ed");
  }

  @Test
  void theEffectiveListIsNeverEmptyWhileATargetIsNotDrained() {
    RandomHistories.run(5_000, 1);
  }
}
