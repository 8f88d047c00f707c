package io.spinforge.scaling.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PanicTest {
  private static final long SECOND = 1_000_000_000L;
  private static final Panic.Rules KNATIVE = new Panic.Rules(2, 1000, 2, 60 * SECOND, 1);

  private static Panic.Result step(
      double stable, double brief, int ready, Panic.State state, int at) {
    return Panic.step(KNATIVE, stable, brief, 10, ready, state, at * SECOND);
  }

  @Test
  void stableWindowDecidesWhileNobodyPanics() {
    assertThat(step(100, 100, 8, Panic.CALM, 0)).isEqualTo(new Panic.Result(10, Panic.CALM));
    assertThat(step(71, 150, 8, Panic.CALM, 0).replicas()).isEqualTo(8);
  }

  @Test
  void shortWindowAtTwiceTheReadyOnesBeginsAPanicThatNeverShrinks() {
    Panic.Result first = step(30, 160, 8, Panic.CALM, 0);
    assertThat(first.replicas()).isEqualTo(16);
    assertThat(first.state().panicking()).isTrue();
    Panic.Result later = step(30, 30, 16, first.state(), 30);
    assertThat(later.replicas()).isEqualTo(16);
    Panic.Result more = step(200, 30, 16, later.state(), 40);
    assertThat(more.replicas()).isEqualTo(20);
    assertThat(step(30, 30, 16, more.state(), 60).replicas()).isEqualTo(20);
    assertThat(step(30, 30, 16, more.state(), 61)).isEqualTo(new Panic.Result(8, Panic.CALM));
  }

  @Test
  void eachProposalBeyondTheThresholdProlongsIt() {
    Panic.Result first = step(30, 160, 8, Panic.CALM, 0);
    Panic.Result again = step(30, 400, 16, first.state(), 50);
    assertThat(again.replicas()).isEqualTo(40);
    assertThat(step(30, 30, 40, again.state(), 100).replicas()).isEqualTo(40);
    assertThat(step(30, 30, 40, again.state(), 111).replicas()).isEqualTo(20);
  }

  @Test
  void aStartOverMoreThanOneInstanceIsAPanic() {
    assertThat(Panic.start(1, 0)).isEqualTo(Panic.CALM);
    Panic.State start = Panic.start(9, 0);
    assertThat(step(0, 0, 9, start, 1).replicas()).isEqualTo(9);
    assertThat(step(0, 0, 9, start, 61).replicas()).isEqualTo(4);
  }

  @Test
  void oneStepGoesNoFurtherThanItsFactors() {
    Panic.Rules slow = new Panic.Rules(2, 1.1, 2, 60 * SECOND, 1);
    // 3 wanted of 2: at least one more, although 1.1 x 2 is no whole instance more.
    assertThat(Panic.step(slow, 3, 3, 1, 2, Panic.CALM, 0).replicas()).isEqualTo(3);
    assertThat(step(0, 0, 1, Panic.CALM, 0).replicas()).isZero();
    assertThat(step(10, 10, 9, Panic.CALM, 0).replicas()).isEqualTo(4);
  }

  @Test
  void activationIsTheLeastWhileThereIsDemand() {
    Panic.Rules rules = new Panic.Rules(2, 1000, 2, 60 * SECOND, 5);
    assertThat(Panic.step(rules, 10, 10, 10, 1, Panic.CALM, 0).replicas()).isEqualTo(5);
    assertThat(Panic.step(rules, 0, 0, 10, 1, Panic.CALM, 0).replicas()).isZero();
  }
}
