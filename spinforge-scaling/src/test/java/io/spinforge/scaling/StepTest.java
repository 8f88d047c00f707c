package io.spinforge.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepTest {
  private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");
  private static final Plan PLAN =
      new Plan(
          "step",
          List.of(Signal.totalDemand(() -> 0, 10)),
          ReactivePolicy.proportional(),
          ScalingRules.up().build(),
          ScalingRules.down().build(),
          1,
          10,
          Mode.FULL,
          Duration.ofSeconds(2),
          Duration.ofSeconds(6),
          ZoneOffset.UTC,
          null,
          StartupTime.measured());

  private static Observation seen(Duration wall, long elapsed) {
    return new Observation(
        1,
        START.plus(wall),
        elapsed,
        new ScaleTarget.State(4, 4, 0, ""),
        "",
        List.of(new Signal.Reading(List.of(), 10, "")),
        null,
        null);
  }

  private static Step.Outcome second(Duration wall, Duration elapsed) {
    Memory memory = Step.decide(PLAN, seen(Duration.ZERO, -1), Memory.empty(1)).memory();
    return Step.decide(PLAN, seen(wall, elapsed.toNanos()), memory);
  }

  @Test
  void lateTickIsNoJumpWhereASteadyClockSaysSo() {
    Step.Outcome late = second(Duration.ofSeconds(20), Duration.ofSeconds(20));
    assertThat(late.decision().constraint()).isEqualTo(Constraint.STABILIZATION);
    assertThat(late.memory().axis()).isEqualTo(Duration.ofSeconds(20).toNanos());
  }

  @Test
  void jumpIsSeenAgainstTheSteadyClockAndWindowsFollowThat() {
    for (int hours : new int[] {1, -1, 8760}) {
      Step.Outcome jump = second(Duration.ofHours(hours), Duration.ofSeconds(2));
      assertThat(jump.decision().constraint()).isEqualTo(Constraint.CLOCK_JUMP);
      assertThat(jump.decision().proposals()).isEmpty();
      assertThat(jump.memory().axis()).isEqualTo(Duration.ofSeconds(2).toNanos());
    }
  }

  @Test
  void wallClockThatStandsStillIsAJumpTooOnceItIsOffByMoreThanAnInterval() {
    assertThat(second(Duration.ZERO, Duration.ofSeconds(5)).decision().constraint())
        .isEqualTo(Constraint.CLOCK_JUMP);
  }

  @Test
  void digestCoversWhatIsRemembered() {
    Observation seen = seen(Duration.ofSeconds(2), -1);
    Memory first = Step.decide(PLAN, seen(Duration.ZERO, -1), Memory.empty(1)).memory();
    Memory more = first.withRecommendation(9, Duration.ofHours(1).toNanos());
    assertThat(Step.decide(PLAN, seen, more).decision().digest())
        .isNotEqualTo(Step.decide(PLAN, seen, first).decision().digest());
    assertThat(Step.decide(PLAN, seen, first)).isEqualTo(Step.decide(PLAN, seen, first));
  }
}
