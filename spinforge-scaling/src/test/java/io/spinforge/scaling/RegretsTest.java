package io.spinforge.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RegretsTest {
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  private final Regrets regrets = new Regrets(Duration.ofMinutes(10));
  private long now;

  private int last = -1;

  /** Ticks every minute and sees another number in the last of them. */
  private void see(int minutes, int desired) {
    for (int i = 1; i <= minutes; i++) {
      now += MINUTE;
      regrets.see(now, i < minutes ? last : desired);
    }
    last = desired;
  }

  @Test
  void aRemovalThatIsTakenBackRaisesTheMargin() {
    double before = regrets.margin();
    see(1, 5);
    see(1, 4);
    see(9, 5);
    assertThat(regrets.margin()).isGreaterThan(before);
  }

  @Test
  void growthBelowTheNumberOfBeforeTakesNothingBack() {
    double before = regrets.margin();
    see(1, 8);
    see(1, 4);
    see(5, 7);
    assertThat(regrets.margin()).isEqualTo(before);
    see(1, 8);
    assertThat(regrets.margin()).isGreaterThan(before);
  }

  @Test
  void oneGrowthThatTakesSeveralRemovalsBackIsOneLesson() {
    Regrets once = new Regrets(Duration.ofMinutes(10));
    once.see(0, 8);
    once.see(MINUTE, 6);
    once.see(2 * MINUTE, 8);
    see(1, 8);
    see(1, 7);
    see(1, 6);
    see(1, 8);
    assertThat(regrets.margin()).isEqualTo(once.margin());
  }

  @Test
  void aRemovalThatLastsLowersItALittleDownToNothing() {
    double before = regrets.margin();
    see(1, 5);
    see(1, 4);
    see(11, 5);
    assertThat(regrets.margin()).isLessThan(before).isGreaterThan(before - 0.01);
    for (int i = 0; i < 3000; i++) {
      see(11, 4);
      see(11, 5);
    }
    assertThat(regrets.margin()).isZero();
  }

  @Test
  void aRemovalIsFreshUntilGrowthWouldNotTakeItBack() {
    see(1, 5);
    assertThat(regrets.fresh()).isFalse();
    see(1, 4);
    assertThat(regrets.fresh()).isTrue();
    see(8, 4);
    assertThat(regrets.fresh()).isTrue();
    see(1, 4); // ten minutes after the tick that removed it
    assertThat(regrets.fresh()).isFalse();
    double before = regrets.margin();
    see(1, 5);
    assertThat(regrets.margin()).isLessThan(before);
  }

  @Test
  void withoutABreakEvenTimeNothingIsLearned() {
    Regrets none = new Regrets(Duration.ZERO);
    for (int i = 0; i < 10; i++) {
      none.see(i * MINUTE, 5 - i % 2);
      assertThat(none.fresh()).isFalse();
      assertThat(none.margin()).isZero();
    }
  }

  @Test
  void whatWasKnownBeforeARestartComesInFrontOfWhatWasLearnedSince() {
    double first = regrets.margin();
    see(1, 5);
    see(1, 4);
    see(5, 5);
    double learned = regrets.margin() - first;
    regrets.recall(1.5);
    assertThat(regrets.margin()).isCloseTo(1.5 + learned, within(1e-12));
    regrets.recall(2.5); // read again
    assertThat(regrets.margin()).isCloseTo(1.5 + learned, within(1e-12));
  }

  @Test
  void inTheLongRunThreeRemovalsInAThousandAreTakenBack() {
    long seed = 7;
    SplittableRandom random = new SplittableRandom(seed);
    int back = 0;
    int removals = 100_000;
    for (int i = 0; i < removals; i++) {
      see(11, 5);
      see(1, 4);
      // Demand that comes back by an exponential amount, so that any margin may be the right one.
      boolean regret = -0.4 * Math.log(random.nextDouble()) > regrets.margin();
      back += regret ? 1 : 0;
      see(regret ? 5 : 11, 5);
    }
    assertThat((double) back / removals).as("seed " + seed).isBetween(0.0024, 0.0036);
  }
}
