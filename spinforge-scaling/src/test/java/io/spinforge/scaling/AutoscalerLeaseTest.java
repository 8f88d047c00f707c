package io.spinforge.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.spinforge.scaling.lease.LeaderLease;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AutoscalerLeaseTest {
  private static final Duration INTERVAL = Duration.ofSeconds(30);

  private final FakeTarget target = new FakeTarget(4);
  private final FakeLoad cpu = new FakeLoad(target, 2.8);
  private final Given lease = new Given();
  private Instant now = Instant.parse("2026-03-02T00:00:00Z");
  private final Autoscaler scaler = scaler(target);

  /** A lease that a test gives and takes. */
  private static final class Given implements LeaderLease {
    volatile OptionalLong fence = OptionalLong.empty();
    final AtomicInteger renewals = new AtomicInteger();
    final AtomicInteger releases = new AtomicInteger();

    @Override
    public OptionalLong fence() {
      return fence;
    }

    @Override
    public void renew() {
      renewals.incrementAndGet();
    }

    @Override
    public void release() {
      releases.incrementAndGet();
    }

    @Override
    public Duration pause() {
      return Duration.ofMillis(10);
    }
  }

  private Autoscaler scaler(ScaleTarget target) {
    return Autoscaler.named("leads")
        .target(target)
        .signal(Signal.utilization(cpu, 0.70))
        .limits(1, 20)
        .lease(lease)
        .build();
  }

  private Decision tick(double demand) {
    now = now.plus(INTERVAL);
    cpu.demand = demand;
    cpu.time = now;
    return scaler.tick(now);
  }

  @Test
  void whoFollowsDecidesAndChangesNothing() {
    Decision decision = tick(8);
    assertThat(decision.clamped()).isGreaterThan(4);
    assertThat(decision.constraint()).isEqualTo(Constraint.FOLLOWER);
    assertThat(decision.fence()).isEmpty();
    assertThat(decision.explain()).contains("since another scheduler leads");
    assertThat(target.asked).isEmpty();
  }

  @Test
  void theFenceGoesWithTheWriteAndTheDecision() {
    List<OptionalLong> fences = new ArrayList<>();
    ScaleTarget fenced =
        new ScaleTarget() {
          @Override
          public State read() {
            return target.read();
          }

          @Override
          public ApplyResult apply(int desired, State seen, OptionalLong fence) {
            fences.add(fence);
            return target.apply(desired, seen, fence);
          }
        };
    lease.fence = OptionalLong.of(41);
    cpu.demand = 8;
    cpu.time = now;
    Decision decision = scaler(fenced).tick(now);
    assertThat(decision.fence()).hasValue(41);
    assertThat(fences).containsExactly(OptionalLong.of(41));
  }

  @Test
  void aNewLeaderGrowsAtOnceAndRemovesNothingForAWindow() {
    for (int i = 0; i < 20; i++) {
      tick(0.5); // follows for ten minutes: its own window is over
    }
    lease.fence = OptionalLong.of(2);
    for (int i = 0; i < 10; i++) {
      assertThat(tick(0.5).constraint()).isEqualTo(Constraint.NEW_LEADER);
    }
    assertThat(tick(0.5).desired()).isEqualTo(1);
    lease.fence = OptionalLong.of(3);
    assertThat(tick(8).direction()).isEqualTo(1);
  }

  @Test
  void numbersThatTheLeaderSetAreNobodyElses() {
    lease.fence = OptionalLong.of(1);
    tick(2.8);
    lease.fence = OptionalLong.empty();
    target.set(9);
    tick(6.3);
    target.set(7);
    tick(4.9);
    lease.fence = OptionalLong.of(3);
    assertThat(tick(9).constraint()).isNotEqualTo(Constraint.CONTENDED);
  }

  @Test
  void aLeaseThatIsLostBetweenDecisionAndWriteKeepsTheWriteBack() {
    lease.fence = OptionalLong.of(1);
    ScaleTarget slow =
        new ScaleTarget() {
          @Override
          public State read() {
            return target.read();
          }

          @Override
          public ApplyResult apply(int desired, State seen, OptionalLong fence) {
            throw new AssertionError("not to be asked");
          }
        };
    Autoscaler other =
        Autoscaler.named("late")
            .target(slow)
            .signal(Signal.utilization(cpu, 0.70))
            .lease(
                new LeaderLease() {
                  private int asked;

                  @Override
                  public OptionalLong fence() {
                    return asked++ == 0 ? OptionalLong.of(1) : OptionalLong.of(2);
                  }

                  @Override
                  public void renew() {}

                  @Override
                  public void release() {}
                })
            .build();
    cpu.demand = 8;
    cpu.time = now;
    assertThat(other.tick(now).applied())
        .isEqualTo(new ApplyResult.Conflict("the lease was lost before the write"));
  }

  @Test
  void aStartedScalerRenewsAllTheTimeAndGivesBackAtTheEnd() {
    scaler.start();
    await().until(() -> lease.renewals.get() > 3);
    scaler.close();
    assertThat(lease.releases).hasValue(1);
    assertThatThrownBy(() -> Autoscaler.named("x").lease(lease).lease(lease))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("lease: set twice");
  }

  @Test
  void aBudgetPerHourBoundsHowOftenItShrinks() {
    Autoscaler thrifty =
        Autoscaler.named("thrifty")
            .target(target)
            .signal(Signal.utilization(cpu, 0.70))
            .limits(1, 20)
            .behavior(
                ScalingRules.up().build(),
                ScalingRules.down().stabilization(Duration.ZERO).perHour(2).build())
            .build();
    int downs = 0;
    for (int i = 0; i < 120; i++) {
      now = now.plus(INTERVAL);
      cpu.demand = i % 2 == 0 ? 7 : 3;
      cpu.time = now;
      downs += thrifty.tick(now).direction() < 0 ? 1 : 0;
    }
    assertThat(downs).isEqualTo(2);
    assertThat(ScalingRules.down().perHour(2).build()).asString().endsWith("per hour 2");
    assertThatThrownBy(() -> ScalingRules.down().perHour(0))
        .hasMessage("perHour: 0 (expected: >= 1)");
  }
}
