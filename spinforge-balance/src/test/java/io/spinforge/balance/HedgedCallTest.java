package io.spinforge.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Hedges of calls that wait, on real threads: latches, not times, decide who is late. */
@Timeout(60)
class HedgedCallTest {
  private static final Duration SOON = Duration.ofMillis(5);

  private final Queue<String> tried = new ConcurrentLinkedQueue<>();
  private final AtomicInteger attempts = new AtomicInteger();
  private final CountDownLatch never = new CountDownLatch(1);
  private final LoadBalancer<String> balancer = balancer(null, SOON);

  /** Who makes the first attempt; on a busy machine the hedge may begin before it. */
  private Thread caller = Thread.currentThread();

  private boolean isFirst() {
    return Thread.currentThread() == caller;
  }

  private static LoadBalancer<String> balancer(Retry retry, Duration late) {
    LoadBalancerBuilder<String> builder =
        LoadBalancer.<String>builder().policy(Policy.random()).hedge(Hedge.after(late));
    LoadBalancer<String> built = (retry == null ? builder : builder.retry(retry)).build();
    built.update(List.of("a", "b", "c"));
    return built;
  }

  @Test
  void theHedgeAnswersAndTheFirstAttemptIsInterrupted() throws Exception {
    String reply = balancer.call(value -> onFirst(value, this::waitForever));
    assertThat(reply).isEqualTo("hedge");
    assertThat(Thread.currentThread()).isSameAs(caller);
    assertThat(caller.isInterrupted()).isFalse();
    assertThat(tried).hasSize(2).doesNotHaveDuplicates();
    assertThat(balancer.stats().cancelled()).isEqualTo(1);
    assertThat(balancer.stats().successes()).isEqualTo(1);
    assertThat(balancer.stats().failures()).isZero();
    assertThat(balancer.stats().hedges()).isEqualTo(1);
    assertThat(balancer.stats().inFlight()).isZero();
  }

  private interface Attempt {
    void run() throws Exception;
  }

  private String onFirst(String value, Attempt first) throws Exception {
    tried.add(value);
    if (isFirst()) {
      first.run();
      return "first";
    }
    return "hedge";
  }

  private void waitForever() throws InterruptedException {
    never.await();
  }

  @Test
  void whatIsLeftOfTheInterruptIsCleared() throws Exception {
    String reply =
        balancer.call(
            value ->
                onFirst(
                    value,
                    () -> {
                      while (!Thread.currentThread().isInterrupted()) {
                        Thread.onSpinWait(); // deaf, but not blind
                      }
                      throw new IOException("interrupted, in its own words");
                    }));
    assertThat(reply).isEqualTo("hedge");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(balancer.stats().cancelled()).isEqualTo(1);
  }

  @Test
  void theFirstAttemptWinsAndTheHedgeIsInterrupted() throws Exception {
    CountDownLatch hedged = new CountDownLatch(1);
    AtomicBoolean interrupted = new AtomicBoolean();
    String reply =
        balancer.call(
            value -> {
              tried.add(value);
              if (isFirst()) {
                hedged.await();
                return "first";
              }
              hedged.countDown();
              try {
                never.await();
              } catch (InterruptedException e) {
                interrupted.set(true);
                throw e;
              }
              return "hedge";
            });
    assertThat(reply).isEqualTo("first");
    await().untilTrue(interrupted);
    await().until(() -> balancer.stats().inFlight() == 0);
    assertThat(balancer.stats().cancelled()).isEqualTo(1);
  }

  @Test
  void theHedgeRunsOnANamedDaemonOrAVirtualThread() throws Exception {
    AtomicBoolean daemon = new AtomicBoolean();
    StringBuffer name = new StringBuffer();
    balancer.call(
        value -> {
          if (isFirst()) {
            never.await();
          }
          daemon.set(Thread.currentThread().isDaemon());
          return name.append(Thread.currentThread().getName());
        });
    assertThat(daemon).isTrue();
    assertThat(name.toString()).isIn("spinforge-balance-worker", "");
  }

  @Test
  void aFailureWaitsForTheHedgeAndBothFailuresAreThrown() {
    CountDownLatch hedged = new CountDownLatch(1);
    CountDownLatch failed = new CountDownLatch(1);
    assertThatThrownBy(
            () ->
                balancer.call(
                    value -> {
                      if (isFirst()) {
                        hedged.await();
                        failed.countDown();
                        throw new IOException("first");
                      }
                      hedged.countDown();
                      failed.await();
                      throw new IOException("hedge");
                    }))
        .isInstanceOf(IOException.class)
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
    assertThat(balancer.stats().failures()).isEqualTo(2);
  }

  @Test
  void aFailureInTimeIsRetriedOnTheCallersThread() throws Exception {
    LoadBalancer<String> retrying =
        balancer(Retry.budget(1, 10).maxAttempts(3), Duration.ofMinutes(1));
    String reply =
        retrying.call(
            value -> {
              tried.add(value);
              assertThat(isFirst()).isTrue();
              if (attempts.incrementAndGet() < 3) {
                throw new IOException("not yet");
              }
              return "third";
            });
    assertThat(reply).isEqualTo("third");
    assertThat(tried).doesNotHaveDuplicates();
    assertThat(retrying.stats().retries()).isEqualTo(2);
    assertThat(retrying.stats().hedges()).isZero();
  }

  @Test
  void aCallerInterruptedFromOutsideStaysInterrupted() throws Exception {
    CountDownLatch hedged = new CountDownLatch(1);
    AtomicBoolean failing = new AtomicBoolean();
    AtomicBoolean flag = new AtomicBoolean();
    Thread other =
        new Thread(
            () -> {
              try {
                balancer.call(
                    value -> {
                      if (isFirst()) {
                        hedged.await();
                        failing.set(true);
                        throw new IOException("first");
                      }
                      hedged.countDown();
                      never.await();
                      return "hedge";
                    });
              } catch (Exception e) {
                flag.set(e instanceof IOException && Thread.currentThread().isInterrupted());
              }
            });
    caller = other;
    other.start();
    await().untilTrue(failing);
    await().until(() -> other.getState() == Thread.State.WAITING);
    other.interrupt();
    other.join(TimeUnit.SECONDS.toMillis(30));
    assertThat(flag).isTrue();
    await().until(() -> balancer.stats().inFlight() == 0);
  }

  @Test
  void withoutAThreadToSpareThereIsNoHedge() throws Exception {
    CountDownLatch refused = new CountDownLatch(1);
    Calls<String> calls = ((Balancer<String>) balancer).calls;
    balancer.addListener(
        new BalancerListener<>() {
          @Override
          public void onHedgeSuppressed(Member<String> slow) {
            refused.countDown();
          }
        });
    String reply =
        new HedgedCall<String, String, Exception>(
                calls,
                0,
                value -> {
                  refused.await();
                  return "first";
                },
                task -> {
                  throw new RejectedExecutionException("all are busy");
                })
            .run();
    assertThat(reply).isEqualTo("first");
    assertThat(balancer.stats().hedgesSuppressed()).isEqualTo(1);
  }

  @Test
  void aBrokenClassifierLeavesNothingInFlight() {
    LoadBalancer<String> broken =
        LoadBalancer.<String>builder()
            .hedge(Hedge.after(SOON))
            .classifier(
                (reply, failure) -> {
                  throw new IllegalStateException("broken");
                })
            .build();
    broken.update(List.of("a", "b"));
    assertThatThrownBy(() -> broken.call(value -> value)).hasMessage("broken");
    assertThatThrownBy(() -> broken.call(value -> onFirst(value, this::waitForever)))
        .hasMessage("broken");
    assertThat(broken.stats().inFlight()).isZero();
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void racesLeaveNothingInFlightAndNobodyInterrupted() throws Exception {
    for (int i = 0; i < 300; i++) {
      AtomicInteger number = new AtomicInteger();
      String reply =
          balancer.call(
              value -> {
                if (number.incrementAndGet() == 1) {
                  TimeUnit.NANOSECONDS.sleep(SOON.toNanos()); // ends as the hedge begins
                }
                return value;
              });
      assertThat(reply).isNotNull();
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
    await().until(() -> balancer.stats().inFlight() == 0);
    assertThat(balancer.stats().surplusEnds()).isZero();
  }
}
