package io.spinforge.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VirtualTimeTest {
  private final VirtualTime time = new VirtualTime();
  private final List<String> ran = new ArrayList<>();

  @Test
  void whatIsPlannedRunsInTheOrderOfItsTimesAndThenOfItsPlanning() {
    plan(20, "late");
    plan(10, "first");
    plan(10, "second");
    plan(-5, "at once");
    assertThat(ran).isEmpty();
    time.advance(Duration.ofNanos(10));
    assertThat(ran).containsExactly("at once at 0", "first at 10", "second at 10");
    time.advance(Duration.ofNanos(15));
    assertThat(ran).last().isEqualTo("late at 20");
    assertThat(time.nanos()).isEqualTo(25);
  }

  @Test
  void aTaskMayPlanAnotherWithinTheTimeThatPasses() {
    time.after(10, () -> plan(10, "inner"));
    time.advance(Duration.ofNanos(30));
    assertThat(ran).containsExactly("inner at 20");
  }

  @Test
  void whatIsCancelledOrClearedDoesNotRun() {
    Runnable cancel = plan(10, "cancelled");
    plan(10, "other");
    cancel.run();
    time.advance(Duration.ofNanos(10));
    cancel.run();
    plan(10, "cleared");
    time.clear();
    time.advance(Duration.ofNanos(10));
    assertThat(ran).containsExactly("other at 10");
  }

  @Test
  void aTaskThatIsRunByAnotherWaitsForItsEnd() {
    time.run(
        () -> {
          assertThat(time.isRunning()).isTrue();
          time.run(() -> ran.add("inner"));
          ran.add("outer");
        });
    assertThat(ran).containsExactly("outer", "inner");
    assertThat(time.isRunning()).isFalse();
  }

  @Test
  void aTaskThatThrowsDoesNotStopLaterOnes() {
    Runnable fails =
        () -> {
          throw new IllegalStateException("planned");
        };
    assertThatThrownBy(() -> time.run(fails)).hasMessage("planned");
    time.run(() -> ran.add("later"));
    assertThat(ran).containsExactly("later");
  }

  private Runnable plan(long nanos, String name) {
    return time.after(nanos, () -> ran.add(name + " at " + time.nanos()));
  }
}
