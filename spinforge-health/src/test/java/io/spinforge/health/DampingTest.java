package io.spinforge.health;

import static io.spinforge.health.Simulation.MILLI;
import static io.spinforge.health.Simulation.SECOND;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.health.probe.Failure;
import io.spinforge.health.probe.ProbeResult;
import io.spinforge.testkit.Seeds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Targets that keep changing, in virtual time. */
class DampingTest {
  private static final ProbeResult BROKEN = ProbeResult.failed(Failure.STATUS, "status 500");
  private static final long HOUR = 3_600 * SECOND;

  @Test
  void theHoldDoublesUpToTheLongestAndCalmTakesFallsBack() {
    Damping damping = new Damping(30 * SECOND, 300 * SECOND);
    assertThat(List.of(1, 2, 3, 4, 5, 6, 7, 100).stream().map(f -> damping.hold(f) / SECOND))
        .containsExactly(0L, 30L, 60L, 120L, 240L, 300L, 300L, 300L);
    assertThat(damping.falls(0, 0)).isEqualTo(1);
    assertThat(damping.falls(4, 599 * SECOND)).isEqualTo(5);
    assertThat(damping.falls(4, 600 * SECOND)).isEqualTo(4);
    assertThat(damping.falls(4, 100_000 * SECOND)).isEqualTo(1);
    assertThat(new Damping(0, 0).hold(50)).isZero();
    assertThat(new Damping(1, Long.MAX_VALUE / 4).hold(100)).isEqualTo(1L << 30);
  }

  @Test
  void anAlternatingTargetIsPublishedAtMostTwelveTimesAnHour() {
    int worst = 0;
    for (int halfPeriod : new int[] {1, 2, 5, 10, 31, 45, 61, 100, 150, 241, 290, 301, 400, 700}) {
      for (int fall : new int[] {1, 3}) {
        List<Long> flips = flips(halfPeriod * SECOND, halfPeriod * SECOND, fall, 4 * HOUR);
        int most = mostInAnHour(flips);
        assertThat(most).as("%d s up, %d s down", halfPeriod, halfPeriod).isLessThanOrEqualTo(12);
        worst = Math.max(worst, most);
      }
    }
    assertThat(worst).as("the goal is met, and not by silence").isBetween(2, 12);
  }

  @Test
  void aTargetThatAlternatesWithEveryProbeIsSoonOutForGood() {
    int[] asked = {0};
    // The simulation asks twice a probe: for the connection and for the answer.
    Simulation.Backend backend =
        (target, now) -> asked[0]++ / 2 % 2 == 0 ? ProbeResult.healthy() : BROKEN;
    Simulation sim = simulation(1, 1, backend, ofMinutes(5));
    sim.targets(List.of(0));
    sim.runUntil(4 * HOUR);
    assertThat(sim.transitions)
        .as("%s starts, asked %s", sim.starts.size(), asked[0])
        .hasSizeBetween(3, 6);
    assertThat(sim.core.view().unhealthy()).containsExactly(0);
  }

  @Test
  void aTargetThatFailsOnceComesBackWithItsNextPassedProbe() {
    Simulation sim = upExcept(100 * SECOND, 110 * SECOND, 2_000 * SECOND, 2_010 * SECOND);
    sim.targets(List.of(0));
    sim.runUntil(117 * SECOND);
    assertThat(sim.core.view().healthy()).containsExactly(0);
    sim.runUntil(2_017 * SECOND);
    assertThat(sim.core.view().healthy()).as("the first fall is forgotten").containsExactly(0);
    assertThat(sim.transitions).hasSize(5);
  }

  @Test
  void aSecondFallSoonAfterAsksForThirtySecondsWithoutFailure() {
    Simulation sim = upExcept(100 * SECOND, 110 * SECOND, 200 * SECOND, 210 * SECOND);
    sim.targets(List.of(0));
    sim.runUntil(235 * SECOND);
    assertThat(sim.core.view().unhealthy()).containsExactly(0);
    assertThat(sim.core.slot(0).standing.passes()).isGreaterThan(1);
    assertThat(sim.transitions.get(3).reason()).contains("flapping: must pass for 30.0 s");
    sim.runUntil(248 * SECOND);
    assertThat(sim.core.view().healthy()).containsExactly(0);
  }

  @Test
  void aFailureDuringTheHoldStartsItAnew() {
    Simulation sim =
        upExcept(
            100 * SECOND, 110 * SECOND, 200 * SECOND, 210 * SECOND, 230 * SECOND, 236 * SECOND);
    sim.targets(List.of(0));
    sim.runUntil(260 * SECOND);
    assertThat(sim.core.view().unhealthy()).containsExactly(0);
    sim.runUntil(275 * SECOND);
    assertThat(sim.core.view().healthy()).containsExactly(0);
  }

  @Test
  void duringAHoldATargetIsProbedInItsRoundsOnly() {
    Simulation sim = upExcept(100 * SECOND, 110 * SECOND, 200 * SECOND, 210 * SECOND);
    sim.targets(List.of(0));
    sim.runUntil(216 * SECOND);
    int before = sim.starts.size();
    sim.runUntil(240 * SECOND);
    assertThat(sim.starts.size() - before).isLessThanOrEqualTo(7);
  }

  @Test
  void withoutDampingEveryChangeIsPublished() {
    List<Long> flips = new ArrayList<>();
    Simulation sim =
        simulation(
            1,
            1,
            (target, now) -> now / (10 * SECOND) % 2 == 0 ? ProbeResult.healthy() : BROKEN,
            Duration.ZERO);
    sim.targets(List.of(0));
    sim.runUntil(HOUR);
    assertThat(sim.transitions.size()).isGreaterThan(300);
  }

  @Test
  void noPatternOfGoodAndBadTimesIsPublishedMoreThanTwiceInFiveMinutesOnceItIsKnown() {
    Seeds.run(
        20,
        (seed, random) -> {
          long up = random.nextLong(SECOND, 900 * SECOND);
          long down = random.nextLong(SECOND, 900 * SECOND);
          List<Long> flips = flips(up, down, 1, 6 * HOUR);
          List<Long> later = flips.stream().filter(at -> at > 2 * HOUR).toList();
          assertThat(mostInAnHour(later)).as("%d ns up, %d down", up, down).isLessThan(26);
        });
  }

  /** Returns when a target that is up and down for so long each was said to have changed. */
  private static List<Long> flips(long up, long down, int fall, long length) {
    Simulation sim =
        simulation(
            1,
            fall,
            (target, now) -> now % (up + down) < up ? ProbeResult.healthy() : BROKEN,
            ofMinutes(5));
    List<Long> flips = new ArrayList<>();
    sim.targets(List.of(0));
    int known = 1;
    for (long at = SECOND; at < length; at += 100 * MILLI) {
      sim.runUntil(at);
      for (; known < sim.transitions.size(); known++) {
        flips.add(at);
      }
    }
    return flips;
  }

  private static int mostInAnHour(List<Long> flips) {
    int most = 0;
    for (int i = 0; i < flips.size(); i++) {
      int n = i;
      while (n < flips.size() && flips.get(n) - flips.get(i) < HOUR) {
        n++;
      }
      most = Math.max(most, n - i);
    }
    return most;
  }

  /** Returns a simulation in which the target fails from each first to each second time. */
  private static Simulation upExcept(long... times) {
    return simulation(
        1,
        1,
        (target, now) -> {
          for (int i = 0; i < times.length; i += 2) {
            if (now >= times[i] && now < times[i + 1]) {
              return BROKEN;
            }
          }
          return ProbeResult.healthy();
        },
        ofMinutes(5));
  }

  private static Simulation simulation(
      int rise, int fall, Simulation.Backend backend, Duration longestHold) {
    Rules rules =
        new Rules(
            ofSeconds(5),
            ofSeconds(2),
            ofMillis(250),
            rise,
            fall,
            0.1,
            0.5,
            longestHold.isZero() ? Duration.ZERO : ofSeconds(30),
            longestHold,
            7,
            1,
            () -> Instant.EPOCH);
    return new Simulation(rules, backend, new SplittableRandom(1));
  }
}
