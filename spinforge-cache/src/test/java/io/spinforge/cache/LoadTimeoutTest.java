package io.spinforge.cache;

import static io.spinforge.cache.LoadTimeout.hard;
import static io.spinforge.cache.LoadTimeout.soft;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.spinforge.testkit.ManualTicker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Loads that take too long, with freshness in virtual time and waits in real time. */
@Timeout(60)
class LoadTimeoutTest {
  private final ManualTicker ticker = new ManualTicker();
  private final AtomicInteger loads = new AtomicInteger();
  private final AtomicInteger interruptions = new AtomicInteger();
  private final CacheManager caches =
      CacheManager.builder()
          .ticker(ticker)
          .defaults(p -> p.freshFor(ofSeconds(10)).jitter(0))
          .build();

  private volatile CountDownLatch gate = new CountDownLatch(0);

  @AfterEach
  void close() {
    gate.countDown();
    caches.close();
  }

  @Test
  void hardTimeoutIsAClearErrorAndTheLoadThatSucceedsLaterFillsTheCache() {
    LayeredCache<String, String> cache = cache(p -> p.loadTimeout(hard(ofMillis(50))));
    gate = new CountDownLatch(1);
    assertThatThrownBy(() -> cache.get("k"))
        .isInstanceOf(LoadTimeoutException.class)
        .isInstanceOf(LoadFailedException.class)
        .hasMessage("row:k: not loaded within 50 ms; the load goes on");
    gate.countDown();
    await().untilAsserted(() -> assertThat(cache.peek("k")).isPresent());
    assertThat(cache.get("k").value()).isEqualTo("v1");
    assertThat(loads).hasValue(1);
    assertThat(cache.stats().loadTimeouts()).isEqualTo(1);
    assertThat(cache.stats().errors()).isEqualTo(1);
  }

  @Test
  void hardTimeoutServesTheLastValueMarked() {
    LayeredCache<String, String> cache =
        cache(p -> p.loadTimeout(hard(ofMillis(50))).serveStaleOnError(ofHours(1)));
    cache.get("k");
    ticker.advance(ofSeconds(10));
    gate = new CountDownLatch(1);
    assertThat(cache.get("k").state()).isEqualTo(State.STALE_ON_ERROR);
    assertThat(cache.get("k").state()).isEqualTo(State.STALE_ON_ERROR);
    assertThat(loads).hasValue(2);
    gate.countDown();
    await().untilAsserted(() -> assertThat(cache.get("k").value()).isEqualTo("v2"));
  }

  @Test
  void softTimeoutServesTheStaleValueWhileTheLoadGoesOnAndFillsTheCache() {
    LayeredCache<String, String> cache =
        cache(
            p ->
                p.loadTimeout(soft(ofMillis(30)), hard(ofSeconds(30)))
                    .serveStaleOnError(ofHours(1)));
    cache.get("k");
    ticker.advance(ofSeconds(10));
    gate = new CountDownLatch(1);
    Cached<String> stale = cache.get("k");
    assertThat(stale.value()).isEqualTo("v1");
    assertThat(stale.state()).isEqualTo(State.STALE_REVALIDATING);
    assertThat(cache.get("k").state()).isEqualTo(State.STALE_REVALIDATING); // a hit: throttled
    ticker.advance(ofSeconds(6)); // the throttle ends, the load still runs: not a second one
    assertThat(cache.get("k").state()).isEqualTo(State.STALE_REVALIDATING);
    assertThat(loads).hasValue(2);
    gate.countDown();
    await().untilAsserted(() -> assertThat(cache.get("k").state()).isEqualTo(State.FRESH));
    assertThat(cache.get("k").value()).isEqualTo("v2");
    assertThat(cache.stats().loadTimeouts()).isEqualTo(2);
  }

  @Test
  void loadThatFailsAfterItsSoftTimeoutLeavesTheLastValueAndIsTriedAgain() {
    LayeredCache<String, String> cache =
        cache(p -> p.loadTimeout(soft(ofMillis(30))).serveStaleOnError(ofHours(1)));
    cache.get("k");
    ticker.advance(ofSeconds(10));
    CountDownLatch go = new CountDownLatch(1);
    Cached<String> stale =
        cache.get(
            "k",
            load -> {
              go.await();
              throw new IllegalStateException("down");
            });
    assertThat(stale.state()).isEqualTo(State.STALE_REVALIDATING);
    go.countDown();
    await().untilAsserted(() -> assertThat(cache.get("k").state()).isEqualTo(State.STALE_ON_ERROR));
    ticker.advance(ofSeconds(5));
    assertThat(cache.get("k").value()).isEqualTo("v2");
  }

  @Test
  void softTimeoutWithoutAStaleValueGoesOnWaiting() {
    LayeredCache<String, String> cache =
        cache(p -> p.loadTimeout(soft(ofMillis(1))).serveStaleOnError(ofHours(1)));
    gate = new CountDownLatch(1);
    CompletableFuture<Cached<String>> read = Caches.inThread(() -> cache.get("k"));
    await().pollDelay(ofMillis(50)).until(() -> loads.get() == 1);
    assertThat(read).isNotDone();
    gate.countDown();
    assertThat(read.join().value()).isEqualTo("v1");
    assertThat(cache.stats().loadTimeouts()).isZero();
  }

  @Test
  void softTimeoutDoesNotBreakTheSingleFlight() throws Exception {
    LayeredCache<String, String> cache =
        cache(
            p ->
                p.loadTimeout(soft(ofMillis(20)), hard(ofSeconds(30)))
                    .serveStaleOnError(ofHours(1)));
    cache.get("k");
    ticker.advance(ofSeconds(10));
    gate = new CountDownLatch(1);
    List<CompletableFuture<Cached<String>>> reads = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      reads.add(Caches.inThread(() -> cache.get("k")));
    }
    for (CompletableFuture<Cached<String>> read : reads) {
      assertThat(read.get(30, TimeUnit.SECONDS).state()).isEqualTo(State.STALE_REVALIDATING);
    }
    await().untilAsserted(() -> assertThat(loads).hasValue(2)); // a reader may wait for no load yet
    gate.countDown();
    await().until(() -> cache.get("k").state() == State.FRESH);
    assertThat(loads).hasValue(2);
  }

  @Test
  void invalidationTakesTheStaleValueAwayBeforeTheSoftTimeout() {
    LayeredCache<String, String> cache =
        cache(
            p ->
                p.loadTimeout(soft(ofMillis(1500)), hard(ofMillis(1600)))
                    .serveStaleOnError(ofHours(1)));
    cache.get("k");
    ticker.advance(ofSeconds(10));
    gate = new CountDownLatch(1);
    CompletableFuture<Cached<String>> read = Caches.inThread(() -> cache.get("k"));
    await().until(() -> loads.get() == 2);
    cache.invalidate("k");
    assertThatThrownBy(() -> read.get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(LoadTimeoutException.class);
  }

  @Test
  void loaderThatNeverReturnsIsInterruptedAndTheNextReadLoadsAnew() {
    LayeredCache<String, String> cache = cache(p -> p.loadTimeout(hard(ofMillis(300))));
    CountDownLatch never = new CountDownLatch(1);
    gate = never;
    assertThatThrownBy(() -> cache.get("k")).isInstanceOf(LoadTimeoutException.class);
    await().until(() -> interruptions.get() == 1);
    gate = new CountDownLatch(0);
    assertThat(cache.get("k").value()).isEqualTo("v2");
  }

  @Test
  void refreshThatNeverReturnsIsGivenUpToo() {
    LayeredCache<String, String> cache =
        cache(p -> p.loadTimeout(hard(ofMillis(50))).serveStaleFor(ofHours(1)));
    cache.get("k");
    ticker.advance(ofSeconds(10));
    gate = new CountDownLatch(1);
    cache.get("k");
    await().until(() -> interruptions.get() == 1);
    gate = new CountDownLatch(0);
    ticker.advance(ofSeconds(6)); // the throttle of the failed refresh
    await().untilAsserted(() -> assertThat(cache.get("k").value()).isEqualTo("v3"));
  }

  @Test
  void readerThatJoinsALoadBeforeItIsGivenUpIsAnsweredThen() throws Exception {
    LayeredCache<String, String> cache = cache(p -> p.loadTimeout(hard(ofMillis(400))));
    gate = new CountDownLatch(1);
    CompletableFuture<Cached<String>> first = Caches.inThread(() -> cache.get("k"));
    assertThatThrownBy(() -> first.get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(LoadTimeoutException.class);
    long joined = System.nanoTime(); // the load has run for 400 ms and is given up at 800
    CompletableFuture<Cached<String>> async = cache.getAsync("k").toCompletableFuture();
    assertThatThrownBy(() -> cache.get("k")).isInstanceOf(LoadTimeoutException.class);
    assertThatThrownBy(async::join).hasCauseInstanceOf(LoadTimeoutException.class);
    assertThat(System.nanoTime() - joined).isLessThan(ofSeconds(20).toNanos());
    await().until(() -> interruptions.get() == 1);
  }

  @Test
  void asyncReadsHaveTheSameLimits() {
    LayeredCache<String, String> cache =
        cache(
            p ->
                p.loadTimeout(soft(ofMillis(30)), hard(ofMillis(400)))
                    .serveStaleOnError(ofHours(1)));
    cache.get("k");
    ticker.advance(ofSeconds(10));
    gate = new CountDownLatch(1);
    assertThat(cache.getAsync("k").toCompletableFuture().join().state())
        .isEqualTo(State.STALE_REVALIDATING);
    assertThatThrownBy(() -> cache.getAsync("new").toCompletableFuture().join())
        .hasCauseInstanceOf(LoadTimeoutException.class);
    gate.countDown();
    assertThat(cache.getAsync("third").toCompletableFuture().join().value()).startsWith("v");
  }

  @Test
  void loaderThatReadsOtherKeysDoesSoOnItsThread() {
    LayeredCache<String, String> cache = cache(p -> p.loadTimeout(hard(ofSeconds(30))));
    Thread[] threads = new Thread[2];
    String value =
        cache
            .get(
                "outer",
                load -> {
                  threads[0] = Thread.currentThread();
                  return cache
                      .get(
                          "inner",
                          inner -> {
                            threads[1] = Thread.currentThread();
                            return "in";
                          })
                      .value();
                })
            .value();
    assertThat(value).isEqualTo("in");
    assertThat(threads[0]).isSameAs(threads[1]).isNotSameAs(Thread.currentThread());
  }

  @Test
  void limitHoldsInsideALoadThatHasNone() {
    LayeredCache<String, String> limited = cache(p -> p.loadTimeout(hard(ofMillis(50))));
    LayeredCache<String, String> outer =
        caches.cache("outer", String.class).key((String k) -> k).build();
    gate = new CountDownLatch(1);
    assertThatThrownBy(() -> outer.get("k", load -> limited.get("k").value()))
        .hasCauseInstanceOf(LoadTimeoutException.class);
  }

  @Test
  void loadOfItsOwnKeyIsAClearErrorWithinLimitsAndAsyncToo() {
    LayeredCache<String, String> cache = cache(p -> p.loadTimeout(hard(ofSeconds(30))));
    assertThatThrownBy(() -> cache.get("k", load -> cache.get("k").value()))
        .isInstanceOf(LoadFailedException.class)
        .hasMessageContaining("expected: a loader that does not wait for its own key");
    assertThatThrownBy(
            () -> cache.get("k", load -> cache.getAsync("k").toCompletableFuture().get().value()))
        .isInstanceOf(LoadFailedException.class)
        .hasStackTraceContaining("expected: a loader that does not wait for its own key");
  }

  @Test
  void closingTheManagerEndsLoadsThatRun() {
    CacheManager own = CacheManager.builder().build();
    LayeredCache<String, String> cache =
        own.cache("row", String.class)
            .key((String k) -> k)
            .policy(p -> p.loadTimeout(hard(ofSeconds(30))))
            .loader(this::load)
            .build();
    gate = new CountDownLatch(1);
    CompletableFuture<Cached<String>> read = Caches.inThread(() -> cache.get("k"));
    await().until(() -> loads.get() == 1);
    own.close();
    assertThatThrownBy(() -> read.get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(LoadFailedException.class);
    await().untilAsserted(() -> assertThat(interruptions).hasValue(1));
    assertThatThrownBy(() -> cache.get("k")).hasMessage("the cache manager is closed");
  }

  @Test
  void limitsAreWithinReason() {
    assertThatThrownBy(() -> soft(ofMillis(0))).hasMessage("soft: PT0S (expected: 1 ms to 3600 s)");
    assertThatThrownBy(() -> hard(ofDays(1))).hasMessage("hard: PT24H (expected: 1 ms to 3600 s)");
    assertThatThrownBy(() -> new CachePolicy().loadTimeout(soft(ofSeconds(2)), hard(ofSeconds(2))))
        .hasMessage("soft: PT2S (expected: below hard, PT2S)");
  }

  private LayeredCache<String, String> cache(Consumer<CachePolicy> policy) {
    return caches
        .cache("row", String.class)
        .key((String k) -> k)
        .policy(policy)
        .loader(this::load)
        .build();
  }

  private String load(String key) throws InterruptedException {
    int n = loads.incrementAndGet();
    try {
      gate.await();
    } catch (InterruptedException e) {
      interruptions.incrementAndGet();
      throw e;
    }
    return "v" + n;
  }
}
