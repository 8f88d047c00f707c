package io.spinforge.scaling.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spinforge.scaling.ApplyResult;
import io.spinforge.scaling.Autoscaler;
import io.spinforge.scaling.Phase;
import io.spinforge.scaling.Sample;
import io.spinforge.scaling.ScaleTarget.State;
import io.spinforge.scaling.ScalingRules;
import io.spinforge.scaling.Signal;
import io.spinforge.testkit.ManualClock;
import io.spinforge.testkit.Seeds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ThreadPoolTargetTest {
  private static final OptionalLong NO_FENCE = OptionalLong.empty();
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private final List<String> calls = new ArrayList<>();
  private final ThreadPoolExecutor pool =
      new ThreadPoolExecutor(2, 2, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>()) {
        @Override
        public void setCorePoolSize(int size) {
          calls.add("core " + size);
          super.setCorePoolSize(size);
        }

        @Override
        public void setMaximumPoolSize(int size) {
          calls.add("maximum " + size);
          super.setMaximumPoolSize(size);
        }
      };
  private final ThreadPoolTarget target = ThreadPoolTarget.of("orders", pool, 8);

  @AfterEach
  void end() {
    pool.shutdownNow();
  }

  private ApplyResult apply(int desired) {
    return target.apply(desired, target.read(), NO_FENCE);
  }

  @Test
  void maximumGoesFirstUpAndCoreGoesFirstDown() {
    assertThat(apply(5)).isEqualTo(new ApplyResult.Applied(5));
    assertThat(apply(3)).isEqualTo(new ApplyResult.Applied(3));
    assertThat(calls).containsExactly("maximum 5", "core 5", "core 3", "maximum 3");
    assertThat(target.read()).isEqualTo(new State(3, 3, 0, "3/3"));
  }

  @Test
  void anySequenceOfNumbersIsTaken() {
    Seeds.run(
        10,
        (seed, random) -> {
          for (int i = 0; i < 200; i++) {
            int wanted = 1 + random.nextInt(8);
            assertThat(apply(wanted)).isEqualTo(new ApplyResult.Applied(wanted));
            assertThat(pool.getCorePoolSize()).isEqualTo(wanted);
            assertThat(pool.getMaximumPoolSize()).isEqualTo(wanted);
          }
        });
  }

  @Test
  void poolWithMoreMaximumThanCoreBecomesOneOfTheWantedNumber() {
    pool.setMaximumPoolSize(10);
    assertThat(target.read()).isEqualTo(new State(2, 2, 0, "2/10"));
    assertThat(apply(4)).isEqualTo(new ApplyResult.Applied(4));
    assertThat(pool.getMaximumPoolSize()).isEqualTo(4);
  }

  @Test
  void numbersOutOfBoundsAreRefused() {
    assertThat(apply(0))
        .isEqualTo(new ApplyResult.Rejected("thread pool orders: 0 threads (expected: 1 to 8)"));
    assertThat(apply(9))
        .isEqualTo(new ApplyResult.Rejected("thread pool orders: 9 threads (expected: 1 to 8)"));
    assertThat(pool.getCorePoolSize()).isEqualTo(2);
    assertThatThrownBy(() -> apply(-1)).hasMessage("desired: -1 (expected: >= 0)");
  }

  @Test
  void poolThatWasShutDownIsNamed() {
    State seen = target.read();
    pool.shutdown();
    assertThatThrownBy(target::read)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("thread pool orders was shut down");
    assertThatThrownBy(() -> target.load().read()).hasMessage("thread pool orders was shut down");
    assertThat(target.apply(3, seen, NO_FENCE))
        .isEqualTo(new ApplyResult.Rejected("thread pool orders was shut down"));
    assertThat(calls).isEmpty();
  }

  @Test
  void changeBySomebodyElseIsAConflict() {
    State seen = target.read();
    pool.setMaximumPoolSize(3);
    assertThat(target.apply(4, seen, NO_FENCE))
        .isEqualTo(new ApplyResult.Conflict("sizes 2/3, seen 2/2"));
    assertThat(pool.getCorePoolSize()).isEqualTo(2);
  }

  @Test
  void staleFenceIsRefused() {
    assertThat(target.apply(3, target.read(), OptionalLong.of(7)))
        .isEqualTo(new ApplyResult.Applied(3));
    assertThat(target.apply(4, target.read(), OptionalLong.of(6)))
        .isEqualTo(new ApplyResult.Rejected("fence 6 after 7"));
    assertThat(pool.getCorePoolSize()).isEqualTo(3);
  }

  @Test
  void wrongArgumentsSayWhatIsExpected() {
    assertThatThrownBy(() -> ThreadPoolTarget.of(" ", pool, 8))
        .hasMessage("name: ' ' (expected: not blank)");
    assertThatThrownBy(() -> ThreadPoolTarget.of("orders", pool, 0))
        .hasMessage("maximum: 0 (expected: >= 1)");
    assertThatThrownBy(() -> ThreadPoolTarget.of("orders", pool, 1))
        .hasMessage("pool: core size 2 (expected: a core size from 1 to the maximum of 1)");
    pool.setCorePoolSize(0);
    assertThatThrownBy(() -> ThreadPoolTarget.of("orders", pool, 8))
        .hasMessage("pool: core size 0 (expected: a core size from 1 to the maximum of 8)");
  }

  @Test
  void busyPoolIsGrownByAnAutoscaler() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    for (int i = 0; i < 6; i++) {
      pool.execute(
          () -> {
            try {
              go.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
    }
    Awaitility.await().until(() -> pool.getActiveCount() == 2);
    ManualClock clock = new ManualClock(NOON);
    ThreadPoolTarget timed = ThreadPoolTarget.of("orders", pool, 8, clock);
    assertThat(timed.load().read())
        .containsExactly(
            Sample.of("orders-0", Phase.READY, 3, NOON),
            Sample.of("orders-1", Phase.READY, 3, NOON));
    try (Autoscaler scaler =
        Autoscaler.named("orders")
            .target(timed)
            .signal(Signal.utilization(timed.load(), 0.80))
            .limits(1, 8)
            .behavior(
                ScalingRules.up().build(), ScalingRules.down().stabilization(Duration.ZERO).build())
            .clock(clock)
            .build()) {
      scaler.tick(NOON);
      assertThat(pool.getCorePoolSize()).isEqualTo(6);
      Awaitility.await().until(() -> pool.getActiveCount() == 6);
      go.countDown();
      Awaitility.await().until(() -> pool.getActiveCount() == 0);
      clock.advance(Duration.ofSeconds(30));
      scaler.tick(clock.instant());
      assertThat(pool.getCorePoolSize()).isEqualTo(1);
      Awaitility.await().until(() -> pool.getPoolSize() == 1);
    }
  }
}
