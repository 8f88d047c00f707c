package io.spinforge.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.health.probe.Verdict;
import io.spinforge.testkit.Seeds;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The rise/fall machine against the counters of HAProxy and Envoy, both written out plainly. */
class StandingTest {

  @Test
  void countsAsHaproxyAndEnvoyDo() {
    Seeds.run(
        2_000,
        (seed, random) -> {
          int rise = random.nextInt(1, 6);
          int fall = random.nextInt(1, 6);
          boolean up = random.nextBoolean();
          Standing standing =
              Standing.UNKNOWN.step(up ? Verdict.HEALTHY : Verdict.FAILED, rise, fall);
          Haproxy haproxy = new Haproxy(rise, fall, up);
          Envoy envoy = new Envoy(rise, fall, up);
          double passing = random.nextDouble();
          for (int i = 0; i < 200; i++) {
            boolean passed = random.nextDouble() < passing;
            standing = standing.step(passed ? Verdict.HEALTHY : Verdict.FAILED, rise, fall);
            haproxy.check(passed);
            envoy.check(passed);
            assertThat(standing.status() == Status.HEALTHY)
                .as("step %d, rise %d, fall %d", i, rise, fall)
                .isEqualTo(haproxy.up())
                .isEqualTo(envoy.healthy);
          }
        });
  }

  @Test
  void everyStringOfResultsUpToSevenMovesTheStateAsHaproxyAndEnvoyDo() {
    for (int rise = 1; rise <= 4; rise++) {
      for (int fall = 1; fall <= 4; fall++) {
        strings("", Standing.HEALTHY, rise, fall, rise + fall - 1, true, 0, 0);
        strings("", Standing.UNHEALTHY, rise, fall, 0, false, 0, 0);
      }
    }
  }

  /**
   * Walks the tree of all strings over passed, degraded, failed, failed at once and nothing.
   *
   * @param health HAProxy's one counter: up while it is at least rise; a pass adds one and fills it
   *     from rise on, a failure takes one and empties it from rise down; a fault that is beyond
   *     doubt empties it
   * @param envoy whether Envoy holds the host for healthy, with its two counters
   */
  private static void strings(
      String results,
      Standing standing,
      int rise,
      int fall,
      int health,
      boolean envoy,
      int successes,
      int failures) {
    if ((standing.fit() != (health >= rise)) || (standing.fit() != envoy)) {
      throw new AssertionError(
          results + " with rise " + rise + ", fall " + fall + ": " + standing + ", " + health);
    }
    if (results.length() == 7) {
      return;
    }
    for (Verdict verdict : Verdict.values()) {
      Standing next = standing.step(verdict, rise, fall);
      String more = results + "PDFN-".charAt(verdict.ordinal());
      switch (verdict) {
        case HEALTHY, DEGRADED -> {
          int raised = health + 1 >= rise ? rise + fall - 1 : health + 1;
          boolean well = envoy || successes + 1 >= rise;
          strings(more, next, rise, fall, raised, well, successes + 1, 0);
        }
        case FAILED -> {
          int lowered = health > rise ? health - 1 : 0;
          boolean well = envoy && failures + 1 < fall;
          strings(more, next, rise, fall, lowered, well, 0, failures + 1);
        }
        case FAILED_NOW -> strings(more, next, rise, fall, 0, false, 0, failures + 1);
        case INCONCLUSIVE -> strings(more, next, rise, fall, health, envoy, successes, failures);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Verdict.class)
  void theFirstConclusiveResultDecidesAlone(Verdict verdict) {
    Status expected =
        switch (verdict) {
          case HEALTHY -> Status.HEALTHY;
          case DEGRADED -> Status.DEGRADED;
          case FAILED, FAILED_NOW -> Status.UNHEALTHY;
          case INCONCLUSIVE -> Status.UNKNOWN;
        };
    assertThat(Standing.UNKNOWN.step(verdict, 3, 3).status()).isEqualTo(expected);
  }

  @Test
  void anImmediateFailureSkipsTheCount() {
    assertThat(Standing.HEALTHY.step(Verdict.FAILED_NOW, 1, 10)).isEqualTo(Standing.UNHEALTHY);
  }

  @Test
  void anInconclusiveResultChangesNothing() {
    Standing pending = Standing.HEALTHY.step(Verdict.FAILED, 1, 3);
    assertThat(pending.pending()).isTrue();
    assertThat(pending.step(Verdict.INCONCLUSIVE, 1, 3)).isSameAs(pending);
  }

  @Test
  void aFitTargetMovesBetweenHealthyAndDegradedByItsOwnWord() {
    assertThat(Standing.HEALTHY.step(Verdict.DEGRADED, 5, 5)).isEqualTo(Standing.DEGRADED);
    assertThat(Standing.DEGRADED.step(Verdict.HEALTHY, 5, 5)).isEqualTo(Standing.HEALTHY);
    Standing failing = Standing.DEGRADED.step(Verdict.FAILED, 1, 2);
    assertThat(failing.status()).isEqualTo(Status.DEGRADED);
    assertThat(failing.step(Verdict.FAILED, 1, 2)).isEqualTo(Standing.UNHEALTHY);
  }

  /** One counter: up while it is at least rise; a success fills it, a failure takes one. */
  private static final class Haproxy {
    private final int rise;
    private final int fall;
    private int health;

    Haproxy(int rise, int fall, boolean up) {
      this.rise = rise;
      this.fall = fall;
      this.health = up ? rise + fall - 1 : 0;
    }

    boolean up() {
      return health >= rise;
    }

    void check(boolean passed) {
      if (passed) {
        health++;
        if (health >= rise) {
          health = rise + fall - 1;
        }
      } else if (health > rise) {
        health--;
      } else {
        health = 0;
      }
    }
  }

  /** Two counters, of which each success or failure clears the other. */
  private static final class Envoy {
    private final int healthyThreshold;
    private final int unhealthyThreshold;
    private boolean healthy;
    private int successes;
    private int failures;

    Envoy(int healthyThreshold, int unhealthyThreshold, boolean healthy) {
      this.healthyThreshold = healthyThreshold;
      this.unhealthyThreshold = unhealthyThreshold;
      this.healthy = healthy;
    }

    void check(boolean passed) {
      successes = passed ? successes + 1 : 0;
      failures = passed ? 0 : failures + 1;
      if (!healthy && successes >= healthyThreshold) {
        healthy = true;
      } else if (healthy && failures >= unhealthyThreshold) {
        healthy = false;
      }
    }
  }
}
