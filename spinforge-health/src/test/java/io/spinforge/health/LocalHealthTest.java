package io.spinforge.health;

import static io.spinforge.health.Simulation.MILLI;
import static io.spinforge.health.Simulation.SECOND;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.spinforge.health.probe.Failure;
import io.spinforge.health.probe.ProbeResult;
import io.spinforge.health.probe.Verdict;
import io.spinforge.testkit.Seeds;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LocalHealthTest {
  private static final ProbeResult TIMEOUT = ProbeResult.failed(Failure.TIMEOUT, "silence");
  private static final ProbeResult REFUSED = ProbeResult.failed(Failure.REFUSED, "refused");
  private final Tally tally = new Tally();
  private final LocalHealth local = new LocalHealth(7, tally, 0);
  private long now;

  @Test
  void aLateLoopRaisesTheScoreAndAnOnTimeOneLowersIt() {
    second(150 * MILLI);
    assertThat(local.score()).isEqualTo(1);
    second(600 * MILLI);
    assertThat(local.score()).isEqualTo(3);
    second(20 * MILLI);
    assertThat(local.score()).isEqualTo(2);
    for (int i = 0; i < 20; i++) {
      second(900 * MILLI);
    }
    assertThat(local.score()).isEqualTo(7);
    assertThat(local.stretched(2 * SECOND)).isEqualTo(16 * SECOND);
    now += 5 * SECOND;
    local.planned(now);
    local.looked(now);
    assertThat(local.score()).as("five quiet seconds").isEqualTo(2);
  }

  @Test
  void aSlowByteOverTheLoopbackCountsAsMuchAsALateLoop() {
    assertThat(local.wantsCanary(now)).isTrue();
    assertThat(local.wantsCanary(now + 900 * MILLI)).isFalse();
    local.canary(99 * MILLI);
    second(0);
    assertThat(local.score()).isZero();
    local.canary(100 * MILLI);
    second(0);
    assertThat(local.score()).isEqualTo(1);
    assertThat(local.wantsCanary(now)).isTrue();
  }

  @Test
  void aHostThatIsALittleSlowForEverDoesNotSwitchItsChecksOff() {
    for (int i = 0; i < 100; i++) {
      local.canary(SECOND);
      second(400 * MILLI);
      assertThat(local.score()).isLessThanOrEqualTo(5);
    }
    assertThat(local.judge(REFUSED, tally.lateNanos, SECOND)).isEqualTo(REFUSED);
  }

  @Test
  void targetsThatFallSilentTogetherRaiseTheScoreToThreeAtMost() {
    for (int i = 0; i < 10; i++) {
      silent(3);
      second(0);
    }
    assertThat(local.score()).isEqualTo(3);
    silent(3);
    second(600 * MILLI);
    assertThat(local.score()).as("a late loop takes it on").isEqualTo(6);
    silent(3);
    second(0);
    assertThat(local.score()).as("and silence keeps it there").isEqualTo(6);
  }

  @Test
  void twoTargetsOrAMinorityOrTargetsThatWereOutAlreadySayNothing() {
    silent(2);
    second(0);
    assertThat(local.score()).isZero();
    silent(4);
    IntStream.range(0, 5).forEach(i -> local.ended(ProbeResult.healthy(), true));
    second(0);
    assertThat(local.score()).isZero();
    IntStream.range(0, 50).forEach(i -> local.ended(TIMEOUT, false));
    IntStream.range(0, 50).forEach(i -> local.ended(REFUSED, true));
    second(0);
    assertThat(local.score()).isZero();
  }

  @ParameterizedTest
  @EnumSource(Failure.class)
  void atTheMaximumNoFailureCounts(Failure kind) {
    for (int i = 0; i < 4; i++) {
      assertThat(local.judge(ProbeResult.failed(kind, "x"), tally.lateNanos, SECOND).verdict())
          .isNotEqualTo(Verdict.INCONCLUSIVE);
      second(600 * MILLI);
    }
    ProbeResult judged = local.judge(ProbeResult.failed(kind, "x"), tally.lateNanos, SECOND);
    assertThat(judged.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(judged.detail()).isEqualTo("the checker itself is not well: x");
    ProbeResult healthy = ProbeResult.healthy();
    assertThat(local.judge(healthy, 0, SECOND)).isSameAs(healthy);
  }

  @Test
  void whoSetsTheMostToZeroHasNoScore() {
    LocalHealth off = new LocalHealth(0, tally, 0);
    assertThat(off.wantsCanary(SECOND)).isFalse();
    for (long at = SECOND; at < 100 * SECOND; at += SECOND) {
      off.planned(at - SECOND);
      off.looked(at);
    }
    assertThat(off.score()).isZero();
    assertThat(off.judge(REFUSED, tally.lateNanos, SECOND)).isEqualTo(REFUSED);
  }

  @Test
  void aCheckerThatIsLateForSecondsPublishesNoTargetAsUnhealthyAndCatchesUpAfterwards() {
    Seeds.run(
        20,
        (seed, random) -> {
          long[] died = {Long.MAX_VALUE};
          Simulation sim =
              new Simulation(
                  rules(seed),
                  (t, at) -> at >= died[0] && t < 40 ? REFUSED : ProbeResult.healthy(),
                  random);
          sim.targets(IntStream.range(0, 100).boxed().toList());
          sim.runUntil(10 * SECOND);
          starve(sim, random, 10);
          assertThat(sim.core.local().score()).isEqualTo(7);
          assertThat(sim.core.view().localHealth()).isEqualTo(7);
          died[0] = sim.now;
          starve(sim, random, 10);
          assertThat(sim.core.view().unhealthy()).isEmpty();
          sim.runUntil(sim.now + 30 * SECOND);
          assertThat(sim.core.view().unhealthy()).hasSize(40);
          assertThat(sim.core.view().localHealth()).isZero();
        });
  }

  @Test
  void timeoutsAreLongerWhileTheCheckerIsNotWell() {
    Simulation sim =
        new Simulation(rules(1), (t, at) -> ProbeResult.healthy(), new SplittableRandom(1));
    sim.targets(IntStream.range(0, 100).boxed().toList());
    sim.runUntil(10 * SECOND);
    assertThat(sim.core.slot(1).timeoutNanos).isEqualTo(2 * SECOND);
    starve(sim, new SplittableRandom(2), 5);
    sim.runUntil(sim.now + 100 * MILLI);
    int score = sim.core.local().score();
    assertThat(score).isBetween(5, 7);
    sim.core.reported(1, sim.now);
    sim.wakeUp();
    sim.runUntil(sim.now + 300 * MILLI);
    assertThat(sim.core.slot(1).timeoutNanos).isEqualTo((score + 1) * 2 * SECOND);
  }

  @Test
  void aRealCheckerSendsItsCanaryAndTellsItsScore() {
    try (HealthChecker<Integer> checker =
        HealthChecker.<Integer>builder()
            .probe(io.spinforge.health.probe.Probe.blocking(t -> ProbeResult.healthy()))
            .interval(ofMillis(20))
            .build()) {
      checker.targets(List.of(1));
      await().until(() -> checker.stats().passed() > 3);
      assertThat(checker.stats().localHealth()).isBetween(0, 7);
      assertThat(checker.view().localHealth()).isBetween(0, 7);
      assertThat(checker.explain()).contains("local health: ");
    }
  }

  /** A second in which the loop should have looked again at once, and was so late. */
  private void second(long late) {
    now += SECOND;
    local.planned(now - late);
    local.looked(now);
  }

  private void silent(int targets) {
    IntStream.range(0, targets).forEach(i -> local.ended(TIMEOUT, true));
  }

  private static void starve(Simulation sim, SplittableRandom random, int seconds) {
    long end = sim.now + seconds * SECOND;
    while (sim.now < end) {
      sim.pause(random.nextLong(600 * MILLI, 900 * MILLI));
      sim.runUntil(sim.now + 901 * MILLI);
    }
  }

  private static Rules rules(long seed) {
    return new Rules(
        ofSeconds(5),
        ofSeconds(2),
        ofMillis(250),
        1,
        1,
        0.1,
        0.5,
        Duration.ZERO,
        Duration.ZERO,
        7,
        seed,
        () -> Instant.EPOCH);
  }
}
