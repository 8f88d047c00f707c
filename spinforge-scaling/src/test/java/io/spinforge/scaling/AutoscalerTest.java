package io.spinforge.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class AutoscalerTest extends TickedScaler {
  @Test
  void growsToWhatTheDemandNeeds() {
    tick();
    cpu.demand = 4.2; // 105 % of 4: six carry it at 70 %
    Decision decision = tick();
    assertThat(decision.desired()).isEqualTo(6);
    assertThat(decision.constraint()).isEqualTo(Constraint.NONE);
    assertThat(decision.applied()).isEqualTo(new ApplyResult.Applied(6));
    assertThat(decision.demand()).isEqualTo(4.2);
    assertThat(decision.quality()).isEqualTo(Quality.COMPLETE);
    assertThat(target.desired).isEqualTo(6);
    assertThat(scaler.stats().ups()).isEqualTo(1);
    assertThat(scaler.stats().desired()).isEqualTo(6);
  }

  @Test
  void staysWithinTheTolerance() {
    tick();
    cpu.demand = 3.0; // 75 %: a ratio of 1.07
    assertThat(tick().constraint()).isEqualTo(Constraint.TOLERANCE);
    assertThat(target.asked).isEmpty();
  }

  @Test
  void shrinksOnlyAfterTheStabilizationWindow() {
    tick();
    cpu.demand = 1.4;
    Decision held = ticks(9);
    assertThat(held.raw()).isEqualTo(2);
    assertThat(held.stabilized()).isEqualTo(4);
    assertThat(held.constraint()).isEqualTo(Constraint.STABILIZATION);
    assertThat(tick().desired()).isEqualTo(2); // the recommendation of 4 is 300 s old
  }

  @Test
  void ratePoliciesBoundEachPeriod() {
    scaler =
        builder()
            .limits(1, 50)
            .behavior(
                ScalingRules.up().instances(2, Duration.ofSeconds(60)).build(),
                ScalingRules.down().build())
            .build();
    tick();
    cpu.demand = 20;
    Decision first = tick();
    assertThat(first.desired()).isEqualTo(6);
    assertThat(first.constraint()).isEqualTo(Constraint.RATE);
    assertThat(tick().desired()).isEqualTo(6);
    assertThat(tick().desired()).isEqualTo(8);
  }

  @Test
  void disabledDirectionStaysClosed() {
    ScalingRules up = ScalingRules.up().select(ScalingRules.Select.DISABLED).build();
    scaler = builder().behavior(up, ScalingRules.down().build()).build();
    tick();
    cpu.demand = 20;
    assertThat(tick().desired()).isEqualTo(4);
    assertThat(target.asked).isEmpty();
  }

  @Test
  void limitsHaveTheLastWord() {
    tick();
    cpu.demand = 70;
    Decision decision = ticks(2);
    assertThat(decision.clamped()).isEqualTo(10);
    assertThat(target.desired).isEqualTo(10);
    scaler = builder().limits(6, 9).build();
    target.set(3);
    cpu.fault = new IllegalStateException("no answer");
    Decision low = tick();
    assertThat(low.desired()).isEqualTo(6);
    assertThat(low.constraint()).isEqualTo(Constraint.MINIMUM);
  }

  @Test
  void somebodyElsesNumberPausesUntilThreeQuietTicks() {
    tick();
    target.set(7);
    cpu.demand = 7;
    assertThat(tick().constraint()).isEqualTo(Constraint.CONTENDED);
    assertThat(ticks(2).constraint()).isEqualTo(Constraint.CONTENDED);
    assertThat(target.asked).isEmpty();
    assertThat(tick().desired()).isEqualTo(10);
    assertThat(heard).containsExactly("hold CONTENDED", "release");
  }

  @Test
  void personsZeroIsAPause() {
    tick();
    target.set(0);
    cpu.demand = 7;
    assertThat(ticks(5).constraint()).isEqualTo(Constraint.ZERO);
    assertThat(target.asked).isEmpty();
    target.set(4);
    assertThat(tick().desired()).isEqualTo(8); // 4 and the 100 % of a rate policy
  }

  @Test
  void clockJumpDropsTheSampleAndKeepsTheWindows() {
    tick();
    cpu.demand = 1.4;
    for (Duration jump : List.of(Duration.ofHours(1), Duration.ofHours(-2), Duration.ofDays(365))) {
      now = now.plus(jump);
      assertThat(tick().constraint()).isEqualTo(Constraint.CLOCK_JUMP);
      assertThat(tick().constraint()).isEqualTo(Constraint.STABILIZATION);
    }
    assertThat(target.asked).isEmpty();
  }

  @Test
  void failedWritesBackOff() {
    tick();
    cpu.demand = 4.2;
    for (int i = 0; i < 3; i++) {
      target.answers.add(new ApplyResult.Rejected("read-only"));
    }
    ticks(14);
    // Ticks 1, then 2 intervals later, then 4, then 8: the last one is taken.
    assertThat(target.asked).containsExactly(6, 6, 6);
    tick();
    assertThat(target.asked).containsExactly(6, 6, 6, 6);
    assertThat(target.desired).isEqualTo(6);
    assertThat(heard.get(0)).isEqualTo("hold BACKOFF");
    assertThat(scaler.stats().rejected()).isEqualTo(3);
  }

  @Test
  void writeWhoseFateIsUnknownIsNoForeignWriter() {
    tick();
    cpu.demand = 4.2;
    target.answers.add(new ApplyResult.Unknown("timed out"));
    tick();
    target.set(6); // it did take effect
    Decision decision = tick();
    assertThat(decision.constraint()).isNotEqualTo(Constraint.CONTENDED);
    assertThat(decision.current()).isEqualTo(6);
    assertThat(scaler.stats().unknown()).isEqualTo(1);
  }

  @Test
  void conflictIsTriedAgainInTheNextTick() {
    tick();
    cpu.demand = 4.2;
    target.answers.add(new ApplyResult.Conflict("version"));
    tick();
    assertThat(target.desired).isEqualTo(4);
    tick();
    assertThat(target.desired).isEqualTo(6);
    assertThat(scaler.stats().conflicts()).isEqualTo(1);
  }

  @Test
  void dryRunTellsAndDoesNothing() {
    scaler = builder().mode(Mode.DRY_RUN).build();
    tick();
    cpu.demand = 4.2;
    Decision decision = tick();
    assertThat(decision.constraint()).isEqualTo(Constraint.DRY_RUN);
    assertThat(decision.clamped()).isEqualTo(6);
    assertThat(target.asked).isEmpty();
    target.set(5); // whoever really scales it is no foreign writer
    assertThat(tick().constraint()).isNotEqualTo(Constraint.CONTENDED);
  }

  @Test
  void upOnlyGrowsAndNeverShrinks() {
    scaler = builder().mode(Mode.UP_ONLY).build();
    tick();
    cpu.demand = 4.2;
    assertThat(tick().desired()).isEqualTo(6);
    cpu.demand = 0.7;
    assertThat(ticks(20).constraint()).isEqualTo(Constraint.UP_ONLY);
    assertThat(target.asked).containsExactly(6);
  }

  @Test
  void pauseHoldsAndResumeGoesOn() {
    tick();
    scaler.pause("deploy");
    cpu.demand = 4.2;
    assertThat(tick().constraint()).isEqualTo(Constraint.PAUSED);
    assertThat(scaler.status().pauseReason()).contains("deploy");
    assertThat(scaler.status().state()).isEqualTo(ScalingStatus.State.PAUSED);
    scaler.resume();
    assertThat(tick().desired()).isEqualTo(6);
    assertThat(heard).containsExactly("pause deploy", "resume");
  }

  @Test
  void totalDemandStartsFromNothing() {
    double[] demand = {0};
    target.set(0);
    scaler =
        Autoscaler.named("queue")
            .target(target)
            .signal(Signal.totalDemand(() -> demand[0], 10))
            .limits(0, 8)
            .build();
    assertThat(tick().desired()).isZero();
    demand[0] = 25;
    assertThat(tick().desired()).isEqualTo(3);
    demand[0] = Double.NaN;
    assertThat(tick().constraint()).isEqualTo(Constraint.NO_DATA);
  }

  @Test
  void thresholdsFollowTheGuide() {
    scaler = builder().reactive(ReactivePolicy.thresholds()).build();
    ticks(3);
    cpu.demand = 4 * 0.9;
    assertThat(ticks(2).desired()).isEqualTo(4);
    assertThat(tick().desired()).isEqualTo(5);
    cpu.demand = 0.5;
    Decision decision = ticks(4);
    assertThat(decision.desired()).isEqualTo(5);
    assertThat(tick().desired()).isEqualTo(4);
  }

  @Test
  void thresholdsRemoveNothingWhileAnInstanceIsNotMeasured() {
    scaler = builder().reactive(ReactivePolicy.thresholds()).build();
    cpu.demand = 0.5;
    ticks(4);
    cpu.missing = 1;
    assertThat(ticks(10).desired()).isEqualTo(4);
    cpu.missing = 0;
    assertThat(tick().desired()).isEqualTo(3);
  }

  @Test
  void presetHasTheGuidesValues() {
    FakeLoad memory = new FakeLoad(target, 4 * 0.9);
    scaler = ReactiveAutoscaler.create("preset", target, cpu, memory);
    for (int i = 0; i < 3; i++) {
      memory.time = now.plus(STEP);
      tick();
    }
    assertThat(target.desired).isEqualTo(5); // memory above 80 %
    assertThat(scaler.stats().min()).isEqualTo(1);
    assertThat(scaler.stats().max()).isEqualTo(10);
  }

  @Test
  void listenerThatThrowsHarmsNobody() {
    scaler.addListener(
        new ScalingListener() {
          @Override
          public void onDecision(Decision decision) {
            throw new IllegalStateException("boom");
          }
        });
    assertThat(tick().desired()).isEqualTo(4);
  }

  @Test
  void startedScalerTicksOnItsOwnThreadUntilItIsClosed() {
    List<String> threads = new ArrayList<>();
    Autoscaler own =
        builder()
            .interval(Duration.ofMillis(20))
            .listener(
                new ScalingListener() {
                  @Override
                  public void onDecision(Decision decision) {
                    threads.add(Thread.currentThread().getName());
                  }
                })
            .build();
    assertThat(own.status().state()).isEqualTo(ScalingStatus.State.IDLE);
    own.start();
    assertThat(own.status().state()).isEqualTo(ScalingStatus.State.RUNNING);
    Awaitility.await().until(() -> own.stats().ticks() >= 3);
    own.close();
    own.close();
    assertThat(threads).containsOnly("spinforge-scaling-checkout");
    assertThat(own.status().state()).isEqualTo(ScalingStatus.State.CLOSED);
    assertThatThrownBy(() -> own.tick(now)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(own::start).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void closeDoesNotWaitForASourceThatHangs() {
    Autoscaler own =
        Autoscaler.named("hangs")
            .target(target)
            .signal(
                Signal.perInstanceLoad(
                    () -> {
                      new java.util.concurrent.CountDownLatch(1).await();
                      return List.of();
                    },
                    1))
            .build();
    own.start();
    long began = System.nanoTime();
    own.close();
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void inPanicNothingShrinksForAWindow() {
    target.set(1);
    scaler =
        Autoscaler.named("panic")
            .target(target)
            .signal(Signal.utilization(cpu, 0.50))
            .limits(1, 100)
            .interval(STEP)
            .reactive(ReactivePolicy.panicking(STEP.multipliedBy(4)))
            .behavior(
                ScalingRules.up().build(), ScalingRules.down().stabilization(Duration.ZERO).build())
            .build();
    cpu.demand = 1.5;
    assertThat(tick().desired()).isEqualTo(3);
    cpu.demand = 0.5;
    assertThat(ticks(4).desired()).isEqualTo(3);
    assertThat(tick().desired()).isEqualTo(1);
  }

  @Test
  void aStartOverSeveralInstancesIsAPanic() {
    scaler =
        Autoscaler.named("panic")
            .target(target)
            .signal(Signal.utilization(cpu, 0.50))
            .interval(STEP)
            .reactive(ReactivePolicy.panicking(STEP.multipliedBy(2)))
            .behavior(
                ScalingRules.up().build(), ScalingRules.down().stabilization(Duration.ZERO).build())
            .build();
    cpu.demand = 0.5;
    assertThat(ticks(3).desired()).isEqualTo(4);
    assertThat(tick().desired()).isEqualTo(1);
  }

  @Test
  void changesOfADirectionAreApart() {
    scaler =
        Autoscaler.named("apart")
            .target(target)
            .signal(Signal.utilization(cpu, 0.70))
            .interval(STEP)
            .behavior(
                ScalingRules.up().build(),
                ScalingRules.down()
                    .stabilization(Duration.ZERO)
                    .apart(STEP.multipliedBy(3))
                    .build())
            .build();
    cpu.demand = 2;
    assertThat(tick().desired()).isEqualTo(3);
    cpu.demand = 0.7;
    Decision soon = tick();
    assertThat(soon.desired()).isEqualTo(3);
    assertThat(soon.constraint()).isEqualTo(Constraint.RATE);
    assertThat(tick().desired()).isEqualTo(3);
    assertThat(tick().desired()).isEqualTo(1);
    assertThatThrownBy(() -> ScalingRules.up().apart(Duration.ofSeconds(-1)))
        .hasMessage("apart: PT-1S (expected: PT0S to PT1H)");
  }
}
