package io.spinforge.metrics;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.spinforge.metrics.watch.SlowWatch;
import io.spinforge.testkit.ManualTicker;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

class SlowOperationsTest {
  private static final Duration SLOW = Duration.ofMillis(100);

  private final ManualTicker ticker = new ManualTicker();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final SlowWatch watch = new SlowWatch(SLOW, ticker, false);
  private final SlowOperations slow = new SlowOperations(registry, watch);
  private final CountDownLatch release = new CountDownLatch(1);

  @AfterEach
  void close() {
    release.countDown();
    slow.close();
  }

  private Timer timer(String name) {
    return registry.get("spinforge.operations.slow").tag("operation", name).timer();
  }

  private String take(Duration time) {
    return Logged.during(
        () -> {
          try {
            slow.call(
                "price",
                () -> {
                  ticker.advance(time);
                  return 1;
                });
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }

  @Test
  void whatIsFastIsNeitherCountedNorLogged() {
    assertThat(take(Duration.ofMillis(99))).isEmpty();
    assertThat(timer("price").count()).isZero();
  }

  @Test
  void whatWasSlowIsCountedTimedAndLogged() {
    assertThat(take(Duration.ofMillis(250)))
        .contains("Slow operation price took 250 ms (slow from 100 ms)");
    assertThat(timer("price").count()).isEqualTo(1);
    assertThat(timer("price").totalTime(SECONDS)).isEqualTo(0.25);
  }

  @Test
  void whatStillRunsIsLoggedOnceWithTheStackOfItsThread() throws Exception {
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try {
      CountDownLatch begun = new CountDownLatch(1);
      slow.wrap("report", (Executor) pool).execute(() -> waitHere(begun));
      begun.await();
      ticker.advance(Duration.ofMillis(150));
      String log =
          Logged.during(
              () -> {
                watch.look();
                watch.look();
              });
      assertThat(log)
          .containsOnlyOnce("Slow operation report has been running on pool-")
          .contains("for 150 ms (slow from 100 ms), at")
          .contains("SlowOperationsTest.waitHere");
      release.countDown();
      await().atMost(20, SECONDS).until(() -> timer("report").count() == 1);
    } finally {
      pool.shutdownNow();
    }
  }

  private void waitHere(CountDownLatch begun) {
    begun.countDown();
    try {
      release.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21)
  void aVirtualThreadIsWatchedLikeAnyOther() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    // By reflection, because the tests compile for 17.
    Runnable task = () -> callQuietly("virtual", begun);
    Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
    begun.await();
    ticker.advance(SLOW);
    assertThat(Logged.during(watch::look))
        .contains("Slow operation virtual has been running")
        .contains("SlowOperationsTest.waitHere");
    release.countDown();
    await().atMost(20, SECONDS).until(() -> timer("virtual").count() == 1);
  }

  private void callQuietly(String name, CountDownLatch begun) {
    try {
      slow.call(
          name,
          () -> {
            waitHere(begun);
            return 1;
          });
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aStageIsWatchedUntilItCompletesAndNamesWhoHandedItOver() {
    CompletableFuture<String> stage = new CompletableFuture<>();
    assertThat((Object) slow.wrap("fetch", stage)).isSameAs(stage);
    ticker.advance(Duration.ofSeconds(1));
    assertThat(Logged.during(watch::look))
        .contains("Slow operation fetch has been under way for 1000 ms")
        .contains("handed over at");
    stage.completeExceptionally(new IOException("down"));
    assertThat(timer("fetch").count()).isEqualTo(1);
  }

  @Test
  void linesBeyondTenAMinuteAreLeftOutAndCounted() {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 25; i++) {
      all.append(take(SLOW));
    }
    assertThat(all.toString().split("Slow operation", -1)).hasSize(11);
    assertThat(timer("price").count()).isEqualTo(25);
    ticker.advance(Duration.ofMinutes(1));
    assertThat(take(SLOW)).contains("15 more were left out before");
  }

  @Test
  void anExceptionPassesAndItsTimeCounts() {
    assertThatThrownBy(
            () ->
                slow.wrap(
                        "fail",
                        () -> {
                          ticker.advance(SLOW);
                          throw new IOException("no");
                        })
                    .call())
        .isInstanceOf(IOException.class);
    assertThat(timer("fail").count()).isEqualTo(1);
  }

  @Test
  void namesBeyondTheCapCountAsOther() throws Exception {
    for (int i = 0; i < 150; i++) {
      slow.call("n" + i, () -> 1);
    }
    assertThat(registry.get("spinforge.operations.slow").timers()).hasSize(101);
    assertThat(timer("other")).isNotNull();
  }

  @Test
  void whatIsWrappedRunsOnAfterTheEnd() throws Exception {
    slow.close();
    slow.close();
    assertThat(slow.wrap("late", () -> 7).call()).isEqualTo(7);
  }

  @Test
  void theWatchHasOneDaemonThreadThatEndsWithIt() {
    SlowOperations own = SlowOperations.watch(registry, SLOW);
    await().atMost(20, SECONDS).until(() -> watchers() == 1);
    own.close();
    await().atMost(20, SECONDS).until(() -> watchers() == 0);
  }

  private static long watchers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("spinforge-metrics-slow") && thread.isDaemon())
        .count();
  }

  @Test
  void aThresholdOutOfRangeIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SlowOperations.watch(registry, Duration.ZERO))
        .withMessage("threshold: PT0S (expected: PT0.001S to PT1H)");
    assertThatIllegalArgumentException().isThrownBy(() -> slow.call(" ", () -> 1));
  }
}
