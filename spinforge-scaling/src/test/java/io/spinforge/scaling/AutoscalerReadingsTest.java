package io.spinforge.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the scaler makes of readings: several, missing, old, impossible. */
class AutoscalerReadingsTest extends TickedScaler {
  @Test
  void highestOfSeveralSignalsCounts() {
    FakeLoad memory = new FakeLoad(target, 3.2);
    scaler = builder().signal(Signal.utilization(memory, 0.80).named("memory")).build();
    memory.time = now.plus(STEP);
    tick();
    memory.demand = 4.8; // 120 % of 4 at a target of 80 %: six
    memory.time = now.plus(STEP);
    Decision decision = tick();
    assertThat(decision.proposals()).extracting(Proposal::signal).containsExactly("cpu", "memory");
    assertThat(decision.desired()).isEqualTo(6);
  }

  @Test
  void failedSignalForbidsShrinkingAndAllowsGrowing() {
    FakeLoad memory = new FakeLoad(target, 3.2);
    memory.fault = new IllegalStateException("no answer");
    scaler = builder().signal(Signal.utilization(memory, 0.80).named("memory")).build();
    tick();
    cpu.demand = 0.7;
    Decision held = ticks(20);
    assertThat(held.constraint()).isEqualTo(Constraint.PARTIAL_DATA);
    assertThat(held.raw()).isEqualTo(1);
    assertThat(held.desired()).isEqualTo(4);
    cpu.demand = 4.2;
    assertThat(tick().desired()).isEqualTo(6);
    assertThat(scaler.stats().signalFailures()).isEqualTo(22);
  }

  @Test
  void noUsableSignalHolds() {
    cpu.fault = new IllegalStateException("no answer");
    Decision decision = ticks(30);
    assertThat(decision.constraint()).isEqualTo(Constraint.NO_DATA);
    assertThat(decision.desired()).isEqualTo(4);
    assertThat(target.asked).isEmpty();
    assertThat(heard).containsExactly("hold NO_DATA");
    cpu.fault = null;
    tick();
    assertThat(heard).containsExactly("hold NO_DATA", "release");
  }

  @Test
  void sampleThatIsNoNumberNeverShrinksAnything() {
    for (double bad : new double[] {Double.NaN, -1, Double.POSITIVE_INFINITY}) {
      cpu.extra = List.of();
      tick();
      cpu.demand = 0.4;
      target.ready = 4;
      cpu.hidden = 1;
      for (int i = 0; i < 20; i++) {
        cpu.extra = List.of(Sample.of("bad", Phase.READY, bad, now.plus(STEP)));
        Decision decision = tick();
        assertThat(decision.quality()).isEqualTo(Quality.PARTIAL);
        assertThat(decision.desired()).isEqualTo(4);
      }
    }
  }

  @Test
  void staleSamplesNeverShrinkAnything() {
    tick();
    cpu.demand = 0.4;
    for (int i = 0; i < 20; i++) {
      now = now.plus(STEP);
      cpu.time = now.minus(Duration.ofMinutes(2));
      Decision decision = scaler.tick(now);
      assertThat(decision.constraint()).isEqualTo(Constraint.NO_DATA);
    }
    assertThat(target.asked).isEmpty();
  }

  @Test
  void samplesFromTheFutureAreNotUsable() {
    now = now.plus(STEP);
    cpu.time = now.plus(Duration.ofMinutes(10));
    assertThat(scaler.tick(now).constraint()).isEqualTo(Constraint.NO_DATA);
  }

  @Test
  void readyInstancesThatAreNotInTheReadingForbidShrinking() {
    tick();
    cpu.demand = 1.4;
    cpu.hidden = 3;
    Decision decision = ticks(20);
    assertThat(decision.quality()).isEqualTo(Quality.PARTIAL);
    assertThat(decision.desired()).isEqualTo(4);
    assertThat(decision.proposals().get(0).reason()).contains("1 of 4 ready instances");
  }

  @Test
  void instancesThatWereNotMeasuredAreTakenAtTheirWorst() {
    tick();
    cpu.demand = 0.8; // 20 % each; one of four not measured: (3 × 20 + 100) / 4 = 40 %, so 3
    cpu.missing = 1;
    Decision decision = ticks(11);
    assertThat(decision.quality()).isEqualTo(Quality.FILLED);
    assertThat(decision.desired()).isEqualTo(3);
  }

  @Test
  void twoSamplesOfOneInstanceAreNoReading() {
    cpu.extra = List.of(Sample.of("i0", Phase.READY, 0.1, now.plus(STEP)));
    assertThat(tick().constraint()).isEqualTo(Constraint.NO_DATA);
  }

  @Test
  void requestOfZeroIsNoReading() {
    cpu.extra = List.of(Sample.of("x", Phase.READY, 0.1, 0, now.plus(STEP)));
    assertThat(tick().proposals().get(0).reason()).contains("a request of 0.0");
  }

  @Test
  void unreadableTargetHolds() {
    tick();
    target.readFault = new IllegalStateException("gone");
    cpu.demand = 20;
    Decision decision = tick();
    assertThat(decision.constraint()).isEqualTo(Constraint.TARGET_UNREADABLE);
    assertThat(decision.current()).isEqualTo(-1);
    assertThat(decision.explain()).contains("not known").contains("gone");
    target.readFault = null;
    tick();
    assertThat(heard).containsExactly("hold TARGET_UNREADABLE", "release");
  }

  @Test
  void impossibleNumbersOfTheTargetHold() {
    for (int nonsense : new int[] {-1, 11, Integer.MAX_VALUE}) {
      target.desired = nonsense;
      Decision decision = tick();
      assertThat(decision.constraint()).isEqualTo(Constraint.TARGET_NONSENSE);
      assertThat(decision.desired()).isEqualTo(nonsense);
    }
    target.desired = 4;
    target.ready = -3;
    assertThat(tick().constraint()).isEqualTo(Constraint.TARGET_NONSENSE);
    assertThat(heard).containsExactly("hold TARGET_NONSENSE");
  }
}
