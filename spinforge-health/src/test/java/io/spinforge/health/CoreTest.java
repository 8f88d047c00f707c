package io.spinforge.health;

import static io.spinforge.health.Simulation.MILLI;
import static io.spinforge.health.Simulation.SECOND;
import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spinforge.health.probe.Failure;
import io.spinforge.health.probe.ProbeResult;
import io.spinforge.health.probe.Verdict;
import io.spinforge.testkit.Seeds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The production core in virtual time. */
class CoreTest {
  private static final ProbeResult REFUSED = ProbeResult.failed(Failure.REFUSED, "refused");
  private static final ProbeResult BROKEN = ProbeResult.failed(Failure.STATUS, "status 500");

  @Test
  void pausesOfTheCheckerNeverDeclareAHealthyTargetDead() {
    Seeds.run(
        10,
        (seed, random) -> {
          Simulation sim = simulation(rules(seed), (t, now) -> ProbeResult.healthy(), random);
          sim.targets(range(1_000));
          sim.runUntil(10 * SECOND);
          for (int i = 0; i < 20; i++) {
            sim.pause(random.nextLong(SECOND, 10 * SECOND));
            sim.runUntil(sim.now + random.nextLong(11 * SECOND, 20 * SECOND));
          }
          assertThat(sim.transitions).hasSize(1_000).allMatch(t -> t.to() == Status.HEALTHY);
          assertThat(sim.core.tally().stalls).isGreaterThanOrEqualTo(20);
          assertThat(sim.core.tally().failed).isZero();
        });
  }

  @Test
  void aPeerThatGaveUpOnAPausedCheckerIsAskedAgainInsteadOfBlamed() {
    Seeds.run(
        10,
        (seed, random) -> {
          long[] resumed = {Long.MIN_VALUE / 2};
          ProbeResult closed = ProbeResult.failed(Failure.CLOSED, "closed");
          Simulation sim =
              simulation(
                  rules(seed, 1, 1),
                  (t, now) -> now == resumed[0] ? closed : ProbeResult.healthy(),
                  random);
          sim.targets(range(5_000));
          sim.runUntil(10 * SECOND);
          for (int i = 0; i < 10; i++) {
            long pause = random.nextLong(SECOND, 10 * SECOND);
            resumed[0] = sim.now + pause;
            sim.pause(pause);
            sim.runUntil(sim.now + pause + 10 * SECOND);
          }
          assertThat(sim.core.tally().inconclusive).isPositive();
          assertThat(sim.transitions).allMatch(t -> t.to() == Status.HEALTHY);
        });
  }

  @Test
  void aCheckerThatHardlyGetsCpuDeclaresNobodyDead() {
    Seeds.run(
        5,
        (seed, random) -> {
          Simulation sim = simulation(rules(seed), (t, now) -> ProbeResult.healthy(), random);
          sim.targets(range(500));
          for (int i = 0; i < 500; i++) {
            sim.runUntil(sim.now + 5 * MILLI);
            sim.pause(random.nextLong(50 * MILLI, 900 * MILLI));
          }
          sim.runUntil(sim.now + 10 * SECOND);
          assertThat(sim.transitions).allMatch(t -> t.to() == Status.HEALTHY);
          assertThat(sim.core.view().healthy()).hasSize(500);
        });
  }

  @Test
  void aClosedIdleConnectionOfADeadTargetTakesItOutWithinMilliseconds() {
    Seeds.run(
        200,
        (seed, random) -> {
          long[] died = {Long.MAX_VALUE};
          Simulation sim =
              simulation(
                  rules(seed),
                  (t, now) -> now >= died[0] ? REFUSED : ProbeResult.healthy(),
                  random);
          sim.targets(range(3));
          sim.runUntil(random.nextLong(10 * SECOND, 20 * SECOND));
          died[0] = sim.now;
          range(3).forEach(t -> sim.closeIdle(t, SECOND));
          sim.runUntil(sim.now + 300 * MILLI);
          assertThat(sim.core.view().unhealthy()).hasSize(3);
          assertThat(sim.transitions.get(3).refused()).isTrue();
        });
  }

  @Test
  void aDyingProcessThatStillTakesAConnectionAndResetsItIsAskedAgainSoon() {
    ProbeResult reset = ProbeResult.failed(Failure.RESET, "reset");
    Seeds.run(
        200,
        (seed, random) -> {
          long[] died = {Long.MAX_VALUE};
          // The kernel closes its connections first, and the port they came to last.
          Simulation sim =
              simulation(
                  rules(seed),
                  (t, now) ->
                      now < died[0]
                          ? ProbeResult.healthy()
                          : now - died[0] < 10 * MILLI ? reset : REFUSED,
                  random);
          sim.targets(range(3));
          sim.runUntil(random.nextLong(10 * SECOND, 20 * SECOND));
          died[0] = sim.now;
          range(3).forEach(t -> sim.closeIdle(t, SECOND));
          sim.runUntil(sim.now + 100 * MILLI);
          assertThat(sim.core.view().unhealthy()).hasSize(3);
          assertThat(sim.transitions.get(3).refused()).isTrue();
        });
  }

  @Test
  void aTargetThatGoesOnResettingIsAskedAtTheFastIntervalAfterThat() {
    ProbeResult reset = ProbeResult.failed(Failure.RESET, "reset");
    long[] died = {Long.MAX_VALUE};
    Simulation sim =
        simulation(
            rules(1),
            (t, now) -> now < died[0] ? ProbeResult.healthy() : reset,
            new SplittableRandom(1));
    sim.targets(range(1));
    sim.runUntil(10 * SECOND);
    died[0] = sim.now;
    sim.closeIdle(0, SECOND);
    int before = sim.starts.size();
    sim.runUntil(sim.now + 200 * MILLI);
    assertThat(sim.starts.size() - before).isEqualTo(2);
    assertThat(sim.core.view().unhealthy()).isEmpty();
    sim.runUntil(sim.now + 100 * MILLI);
    assertThat(sim.starts.size() - before).isEqualTo(3);
    assertThat(sim.core.view().unhealthy()).hasSize(1);
  }

  @Test
  void aSilentTargetIsOutWithinTheIntervalItsJitterAndThreeSeconds() {
    Seeds.run(
        200,
        (seed, random) -> {
          long[] silent = {Long.MAX_VALUE};
          Simulation sim =
              simulation(
                  rules(seed), (t, now) -> now >= silent[0] ? null : ProbeResult.healthy(), random);
          sim.targets(range(1));
          sim.runUntil(random.nextLong(10 * SECOND, 20 * SECOND));
          silent[0] = sim.now;
          // Phases differ by the jitter of two rounds.
          sim.runUntil(sim.now + 6 * SECOND + 3 * SECOND);
          assertThat(sim.core.view().unhealthy()).hasSize(1);
          assertThat(sim.transitions.get(1).failure()).isEqualTo(Failure.TIMEOUT);
        });
  }

  @Test
  void aTargetThatIsAlwaysSlowIsNotCutShortWhileAChangeIsPending() {
    int[] answers = {0};
    Simulation sim =
        simulation(
            rules(1),
            (t, now) -> ++answers[0] == 10 ? BROKEN : ProbeResult.healthy(),
            new SplittableRandom(1));
    sim.fixedRtt = 900 * MILLI;
    sim.targets(range(1));
    sim.runUntil(60 * SECOND);
    assertThat(sim.core.tally().failed).isEqualTo(1);
    assertThat(sim.core.tally().timeouts).isZero();
    assertThat(sim.transitions).hasSize(1);
  }

  @Test
  void aServerThatEndsIdleConnectionsIsConfirmedOnceAndThenExpectedToDoSo() {
    Simulation sim =
        simulation(rules(1), (t, now) -> ProbeResult.healthy(), new SplittableRandom(1));
    sim.targets(range(1));
    long before = 0;
    for (int i = 0; i < 20; i++) {
      sim.runUntil(sim.now + 1_000 * MILLI);
      Slot<Integer> slot = sim.core.slot(0);
      long idle = sim.now - slot.endedAt;
      if (!slot.inFlight && !slot.idleEnded && idle >= 2 * SECOND) {
        sim.closeIdle(0, 2 * SECOND);
      }
      before = sim.core.tally().confirmations;
    }
    assertThat(before).isEqualTo(1);
    assertThat(sim.starts.size()).isLessThan(8);
  }

  @Test
  void everyStatusIsThePlainCountOfTheResultsSoFar() {
    Seeds.run(
        50,
        (seed, random) -> {
          int rise = random.nextInt(1, 4);
          int fall = random.nextInt(1, 4);
          SplittableRandom faults = random.split();
          Map<Integer, List<ProbeResult>> told = new HashMap<>();
          Simulation sim = simulation(rules(seed, rise, fall), (t, now) -> random(faults), random);
          sim.told = (t, result) -> told.computeIfAbsent(t, x -> new ArrayList<>()).add(result);
          sim.targets(range(20));
          for (int i = 0; i < 100; i++) {
            sim.runUntil(sim.now + SECOND);
            for (int t = 0; t < 20; t++) {
              assertThat(sim.core.slot(t).standing.status())
                  .isEqualTo(plainly(told.getOrDefault(t, List.of()), rise, fall));
            }
          }
        });
  }

  @Test
  void probesAreEvenAndOnePerRound() {
    Rules rules = rules(7, 1, 3, ofMillis(1_000), ofMillis(500));
    Simulation sim = simulation(rules, (t, now) -> ProbeResult.healthy(), new SplittableRandom(7));
    sim.targets(range(10_000));
    sim.runUntil(11 * SECOND);
    int[] windows = new int[220];
    sim.starts.forEach(at -> windows[(int) (at / (50 * MILLI))]++);
    assertThat(Arrays.stream(windows, 0, 200).max().getAsInt()).isLessThan(750);
    assertThat(sim.starts).hasSizeBetween(105_000, 115_000);
  }

  @Test
  void afterAPauseMissedRoundsAreDroppedNotMadeUpForAllAtOnce() {
    Simulation sim =
        simulation(rules(7), (t, now) -> ProbeResult.healthy(), new SplittableRandom(7));
    sim.targets(range(2_000));
    sim.runUntil(20 * SECOND);
    int before = sim.starts.size();
    sim.pause(60 * SECOND);
    sim.runUntil(80 * SECOND + 50 * MILLI);
    assertThat(sim.starts.size() - before).isLessThan(400);
    sim.runUntil(90 * SECOND);
    assertThat(sim.core.tally().droppedRounds).isGreaterThan(1_000);
  }

  @Test
  void theSameSeedGivesTheSameHistory() {
    Seeds.run(3, (seed, random) -> assertThat(history(seed)).isEqualTo(history(seed)));
  }

  @Test
  void listsChangeAndOnlyWhatIsNewIsUnknown() {
    Simulation sim =
        simulation(rules(1), (t, now) -> ProbeResult.healthy(), new SplittableRandom(1));
    sim.targets(List.of(1, 2, 3));
    sim.runUntil(SECOND);
    sim.targets(List.of(4, 3, 3, 2));
    HealthView<Integer> view = sim.core.view();
    assertThat(view.healthy()).containsExactly(3, 2);
    assertThat(view.unknown()).containsExactly(4);
    assertThat(view.effective()).containsExactly(3, 2);
    assertThat(sim.core.slot(1)).isNull();
    sim.targets(List.of(1));
    assertThat(sim.core.view().unknown()).containsExactly(1);
  }

  @Test
  void aNullTargetChangesNothing() {
    Simulation sim =
        simulation(rules(1), (t, now) -> ProbeResult.healthy(), new SplittableRandom(1));
    sim.targets(List.of(1, 2));
    List<Integer> bad = new ArrayList<>(Arrays.asList(3, null));
    assertThatThrownBy(() -> sim.targets(bad))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("targets: null element");
    sim.targets(List.of(1, 2));
    assertThat(sim.core.view().unknown()).containsExactly(1, 2);
  }

  @Test
  void aTargetWhoseHashChangesIsForgottenWithItsOldSelf() {
    Core<List<Integer>> core = new Core<>(rules(1), 0);
    List<Integer> mutable = new ArrayList<>(List.of(1));
    core.targets(List.of(mutable), 0);
    core.timers(SECOND);
    mutable.add(2);
    core.targets(List.of(mutable), SECOND);
    assertThat(core.view().size()).isEqualTo(1);
    core.targets(List.of(), SECOND);
    assertThat(core.view().size()).isZero();
    assertThat(core.inFlight()).isZero();
    assertThat(core.takeEffects())
        .extracting(e -> e.kind().name())
        .containsExactly("START", "CLOSE", "CLOSE");
  }

  @Test
  void aHundredThousandTargetsSetAtOnceAreOfferedAndSpread() {
    Core<Integer> core = new Core<>(rules(1), 0);
    List<Integer> targets = IntStream.range(0, 100_000).boxed().toList();
    core.targets(targets, 0);
    assertThat(core.view().effective()).hasSameSizeAs(targets);
    core.timers(SECOND / 100);
    assertThat(core.inFlight()).isLessThan(10_000);
  }

  @Test
  void aLateResultOfARemovedTargetIsDropped() {
    Core<Integer> core = new Core<>(rules(1), 0);
    core.targets(List.of(1), 0);
    core.timers(SECOND);
    Slot<Integer> slot = core.slot(1);
    core.targets(List.of(2), SECOND);
    assertThat(core.result(slot, 1, REFUSED, SECOND)).isEqualTo(-1);
    assertThat(core.takeTransitions()).isEmpty();
  }

  @Test
  void reportedFailuresStartOneConfirmingProbePerFastInterval() {
    Simulation sim =
        simulation(rules(1), (t, now) -> ProbeResult.healthy(), new SplittableRandom(1));
    sim.targets(List.of(1));
    sim.runUntil(SECOND);
    int before = sim.starts.size();
    for (int i = 0; i < 1_000; i++) {
      sim.core.reported(1, sim.now);
      sim.wakeUp();
      sim.runUntil(sim.now + MILLI);
    }
    assertThat(sim.starts.size() - before).as("%s", sim.starts).isBetween(3, 6);
  }

  /** The status after a history of results, by looking at the whole history each time. */
  private static Status plainly(List<ProbeResult> history, int rise, int fall) {
    Status status = Status.UNKNOWN;
    List<ProbeResult> said =
        history.stream().filter(r -> r.verdict() != Verdict.INCONCLUSIVE).toList();
    for (int i = 0; i < said.size(); i++) {
      boolean failed = said.get(i).failure() != null;
      int row = 0;
      while (row <= i && (said.get(i - row).failure() != null) == failed) {
        row++;
      }
      boolean first = status == Status.UNKNOWN;
      if (failed) {
        boolean enough = row >= fall || said.get(i).verdict() == Verdict.FAILED_NOW;
        status = first || enough || status == Status.UNHEALTHY ? Status.UNHEALTHY : status;
      } else if (first || status != Status.UNHEALTHY || row >= rise) {
        status = said.get(i).verdict() == Verdict.DEGRADED ? Status.DEGRADED : Status.HEALTHY;
      }
    }
    return status;
  }

  private static long history(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    SplittableRandom faults = random.split();
    Simulation sim = simulation(rules(seed), (t, now) -> random(faults), random);
    sim.targets(range(300));
    for (int i = 0; i < 30; i++) {
      sim.runUntil(sim.now + random.nextLong(3 * SECOND));
      sim.pause(random.nextLong(SECOND));
    }
    assertThat(sim.transitions).isNotEmpty();
    return sim.hash;
  }

  private static ProbeResult random(SplittableRandom random) {
    return switch (random.nextInt(6)) {
      case 0 -> BROKEN;
      case 1 -> REFUSED;
      case 2 -> ProbeResult.degraded("tired");
      case 3 -> ProbeResult.inconclusive("busy");
      default -> ProbeResult.healthy();
    };
  }

  private static Simulation simulation(
      Rules rules, Simulation.Backend backend, SplittableRandom random) {
    return new Simulation(rules, backend, random);
  }

  private static List<Integer> range(int size) {
    return IntStream.range(0, size).boxed().toList();
  }

  private static Rules rules(long seed) {
    return rules(seed, 1, 3);
  }

  private static Rules rules(long seed, int rise, int fall) {
    return rules(seed, rise, fall, Duration.ofSeconds(5), Duration.ofSeconds(2));
  }

  private static Rules rules(long seed, int rise, int fall, Duration interval, Duration timeout) {
    return new Rules(
        interval,
        timeout,
        ofMillis(250),
        rise,
        fall,
        0.1,
        0.5,
        Duration.ZERO,
        Duration.ZERO,
        7,
        seed,
        () -> Instant.EPOCH);
  }
}
