package io.spinforge.balance.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.balance.guard.Health.Admission;
import org.junit.jupiter.api.Test;

class ConsecutiveHealthTest {
  private static final long BASE = 30;

  private final ConsecutiveHealth health = new ConsecutiveHealth(3, BASE);

  @Test
  void ejectsAfterThatManyFailuresInARow() {
    fail(0, 2);
    health.ended(false, 0);
    fail(0, 2);
    assertThat(health.ejected()).isFalse();
    assertThat(health.ended(true, 0)).isTrue();
    assertThat(health.ejected()).isTrue();
    assertThat(health.eligible(BASE - 1)).isFalse();
    assertThat(health.eligible(BASE)).isTrue();
  }

  @Test
  void letsOneTrialInWhenTheTimeIsOver() {
    fail(0, 3);
    assertThat(health.chosen(BASE - 1)).isEqualTo(Admission.CLOSED);
    assertThat(health.chosen(BASE)).isEqualTo(Admission.TRIAL);
    assertThat(health.chosen(BASE)).isEqualTo(Admission.CLOSED);
    assertThat(health.ended(false, BASE + 1)).isTrue();
    assertThat(health.ejected()).isFalse();
    assertThat(health.suspect()).isFalse();
  }

  @Test
  void aFailedTrialEjectsForLonger() {
    fail(0, 3);
    health.chosen(BASE);
    assertThat(health.ended(true, BASE)).isFalse();
    assertThat(health.ejected()).isTrue();
    assertThat(health.eligibleAt()).isEqualTo(BASE + 2 * BASE);
  }

  @Test
  void aTrialThatNeverEndsIsFollowedByAnother() {
    fail(0, 3);
    health.chosen(BASE);
    assertThat(health.chosen(2 * BASE)).isEqualTo(Admission.TRIAL);
  }

  @Test
  void ejectionsAreForgivenWithTime() {
    fail(0, 3);
    health.chosen(BASE);
    health.ended(false, BASE);
    fail(BASE, 3);
    assertThat(health.eligibleAt()).isEqualTo(BASE + 2 * BASE);
    health.chosen(3 * BASE);
    health.ended(false, 3 * BASE);
    fail(5 * BASE, 3);
    assertThat(health.eligibleAt()).isEqualTo(6 * BASE);
  }

  @Test
  void theLengthOfAnEjectionIsBounded() {
    long now = 0;
    fail(now, 3);
    for (int i = 0; i < 50; i++) {
      now = health.eligibleAt();
      health.chosen(now);
      health.ended(true, now);
    }
    assertThat(health.eligibleAt() - now).isEqualTo(10 * BASE);
  }

  @Test
  void requestsThatBeganBeforeTheEjectionChangeNothing() {
    fail(0, 3);
    assertThat(health.ended(false, 1)).isFalse();
    assertThat(health.ended(true, 1)).isFalse();
    assertThat(health.eligibleAt()).isEqualTo(BASE);
  }

  private void fail(long now, int times) {
    for (int i = 0; i < times; i++) {
      health.ended(true, now);
    }
  }
}
