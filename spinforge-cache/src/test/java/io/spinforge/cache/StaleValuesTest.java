package io.spinforge.cache;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spinforge.cache.Caches.SlowLoad;
import io.spinforge.testkit.ManualTicker;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Values past their freshness: served while they are refreshed, or while they cannot be loaded. */
class StaleValuesTest {
  private final ManualTicker ticker = new ManualTicker();
  private final Tasks tasks = new Tasks();
  private final AtomicInteger loads = new AtomicInteger();
  private final CacheManager caches =
      CacheManager.builder()
          .ticker(ticker)
          .random(() -> 0.999999)
          .executor(tasks)
          .defaults(p -> p.jitter(0))
          .build();

  private volatile boolean down;

  @AfterEach
  void close() {
    caches.close();
  }

  @Test
  void staleValueIsServedAtOnceWhileOneRefreshRuns() {
    LayeredCache<String, String> cache = cache(p -> p.serveStaleFor(ofSeconds(5)));
    cache.get("k");
    ticker.advance(ofSeconds(10));
    for (int i = 0; i < 3; i++) {
      Cached<String> stale = cache.get("k");
      assertThat(stale.value()).isEqualTo("v1");
      assertThat(stale.state()).isEqualTo(State.STALE_REVALIDATING);
      assertThat(stale.source()).isEqualTo(Source.MEMORY);
      assertThat(stale.age()).isEqualTo(ofSeconds(10));
    }
    assertThat(cache.getAsync("k").toCompletableFuture().join().state())
        .isEqualTo(State.STALE_REVALIDATING);
    assertThat(tasks.waiting()).isEqualTo(1);
    assertThat(loads).hasValue(1);
    tasks.runAll();
    Cached<String> fresh = cache.get("k");
    assertThat(fresh.value()).isEqualTo("v2");
    assertThat(fresh.state()).isEqualTo(State.FRESH);
    assertThat(cache.stats().refreshes()).isEqualTo(1);
    assertThat(cache.stats().staleRevalidating()).isEqualTo(4);
    assertThat(cache.stats().staleMemoryHits()).isEqualTo(4);
  }

  @Test
  void staleValueEndsWithItsStaleLifetime() {
    LayeredCache<String, String> cache = cache(p -> p.serveStaleFor(ofSeconds(5)));
    cache.get("k");
    ticker.advance(ofSeconds(15).minusNanos(1));
    assertThat(cache.get("k").state()).isEqualTo(State.STALE_REVALIDATING);
    tasks.runAll();
    cache.get("other");
    ticker.advance(ofSeconds(15));
    assertThat(cache.get("other").source()).isEqualTo(Source.FRESH);
  }

  @Test
  void staleValueIsNotServedOnceItIsInvalidated() {
    LayeredCache<String, String> cache =
        cache(p -> p.serveStaleFor(ofSeconds(5)).serveStaleOnError(ofHours(1)));
    cache.get("k");
    ticker.advance(ofSeconds(10));
    cache.get("k"); // starts a refresh
    cache.invalidate("k");
    down = true;
    assertThatThrownBy(() -> cache.get("k")).isInstanceOf(LoadFailedException.class);
    tasks.runAll();
    assertThatThrownBy(() -> cache.get("k")).isInstanceOf(LoadFailedException.class);
  }

  @Test
  void refreshFromBeforeAnInvalidationDoesNotOverwriteWhatCameAfter() {
    LayeredCache<String, String> cache = cache(p -> p.serveStaleFor(ofSeconds(5)));
    cache.get("k");
    ticker.advance(ofSeconds(10));
    cache.get("k");
    cache.put("k", "put");
    tasks.runAll();
    assertThat(cache.get("k").value()).isEqualTo("put");
    assertThat(loads).hasValue(1); // nothing was left to refresh
  }

  @Test
  void failingRefreshIsThrottledAndItsValueMarked() {
    LayeredCache<String, String> cache =
        cache(p -> p.serveStaleFor(ofSeconds(60)).serveStaleOnError(ofHours(1), ofSeconds(7)));
    cache.get("k");
    ticker.advance(ofSeconds(10));
    down = true;
    cache.get("k");
    tasks.runAll();
    ticker.advance(ofSeconds(7).minusNanos(1));
    assertThat(cache.get("k").state()).isEqualTo(State.STALE_ON_ERROR);
    assertThat(tasks.waiting()).isZero();
    ticker.advance(ofMillis(1));
    assertThat(cache.get("k").state()).isEqualTo(State.STALE_REVALIDATING);
    assertThat(tasks.waiting()).isEqualTo(1);
  }

  @Test
  void failedLoadIsAnsweredWithTheLastValueAndTriedAgainAfterTheThrottle() {
    LayeredCache<String, String> cache =
        cache(p -> p.serveStaleOnError(ofSeconds(60), ofSeconds(7)));
    cache.get("k");
    ticker.advance(ofSeconds(10));
    down = true;
    for (int i = 0; i < 5; i++) {
      Cached<String> last = cache.get("k");
      assertThat(last.value()).isEqualTo("v1");
      assertThat(last.state()).isEqualTo(State.STALE_ON_ERROR);
      assertThat(last.source()).isEqualTo(Source.MEMORY);
    }
    assertThat(loads).hasValue(2);
    ticker.advance(ofSeconds(7));
    cache.get("k");
    assertThat(loads).hasValue(3);
    down = false;
    ticker.advance(ofSeconds(7));
    assertThat(cache.get("k").state()).isEqualTo(State.FRESH);
    assertThat(cache.stats().loadFailures()).isEqualTo(2);
    assertThat(cache.stats().staleOnError()).isEqualTo(2);
    assertThat(cache.stats().errors()).isZero();
  }

  @Test
  void throttleHasNoJitter() {
    LayeredCache<String, String> cache =
        cache(p -> p.serveStaleOnError(ofHours(1), ofSeconds(7)).jitter(0.9));
    cache.get("k");
    ticker.advance(ofSeconds(10));
    down = true;
    cache.get("k");
    int before = loads.get();
    ticker.advance(ofSeconds(7).minusNanos(1));
    cache.get("k");
    assertThat(loads).hasValue(before);
    ticker.advance(ofMillis(1));
    cache.get("k");
    assertThat(loads).hasValue(before + 1);
  }

  @Test
  void lastValueEndsWithItsLifetimeWhateverTheThrottle() {
    LayeredCache<String, String> cache =
        cache(p -> p.serveStaleOnError(ofSeconds(60), ofSeconds(3600)));
    cache.get("k");
    down = true;
    ticker.advance(ofSeconds(69));
    assertThat(cache.get("k").state()).isEqualTo(State.STALE_ON_ERROR);
    ticker.advance(ofSeconds(1));
    assertThatThrownBy(() -> cache.get("k"))
        .isInstanceOf(LoadFailedException.class)
        .hasMessage("row:k: down");
  }

  @Test
  void shortStaleLifetimeComesAfterTheFreshnessAndDoesNotShortenIt() {
    LayeredCache<String, String> cache = cache(p -> p.serveStaleOnError(ofSeconds(1)));
    cache.get("k");
    down = true;
    ticker.advance(ofSeconds(10).minusNanos(1));
    assertThat(cache.get("k").state()).isEqualTo(State.FRESH);
    ticker.advance(ofSeconds(1));
    assertThat(cache.get("k").state()).isEqualTo(State.STALE_ON_ERROR);
  }

  @Test
  void readerThatLeavesDoesNotEndTheLoad() {
    LayeredCache<String, String> cache = cache(p -> {});
    var left = cache.getAsync("k").toCompletableFuture();
    var stays = cache.getAsync("k").toCompletableFuture();
    assertThat(left.cancel(true)).isTrue();
    tasks.runAll();
    assertThat(stays.join().value()).isEqualTo("v1");
    assertThat(cache.get("k").value()).isEqualTo("v1");
    assertThat(loads).hasValue(1);
  }

  @Test
  void sameKeyOfTwoCachesAreTwoValues() {
    LayeredCache<String, String> cache = cache(p -> {});
    LayeredCache<String, String> other =
        caches.cache("other", String.class).key((String k) -> k).loader(k -> "o").build();
    cache.get("k");
    other.get("k");
    cache.invalidate("k");
    assertThat(other.peek("k").orElseThrow().value()).isEqualTo("o");
    assertThat(cache.peek("k")).isEmpty();
  }

  @Test
  void withoutThePolicyAFailedLoadIsAnError() {
    LayeredCache<String, String> cache = cache(p -> {});
    cache.get("k");
    ticker.advance(ofSeconds(10));
    down = true;
    assertThatThrownBy(() -> cache.get("k")).isInstanceOf(LoadFailedException.class);
  }

  @Test
  void lastValueIsServedToEveryThreadThatWaitedForTheLoad() throws Exception {
    LayeredCache<String, String> cache = cache(p -> p.serveStaleOnError(ofHours(1)));
    cache.get("k");
    ticker.advance(ofSeconds(10));
    SlowLoad slow = new SlowLoad(cache, "k", () -> null); // null is a failure too
    var joined = Caches.inThread(() -> cache.get("k"));
    org.awaitility.Awaitility.await().until(() -> cache.stats().coalesced() == 1);
    assertThat(slow.finish().state()).isEqualTo(State.STALE_ON_ERROR);
    assertThat(joined.get().state()).isEqualTo(State.STALE_ON_ERROR);
  }

  @Test
  void invalidationDuringAFailingLoadTakesTheLastValueAway() throws Exception {
    LayeredCache<String, String> cache = cache(p -> p.serveStaleOnError(ofHours(1)));
    cache.get("k");
    ticker.advance(ofSeconds(10));
    SlowLoad slow = new SlowLoad(cache, "k", () -> null);
    cache.invalidate("k");
    assertThatThrownBy(slow::finish).hasRootCauseInstanceOf(NullPointerException.class);
  }

  @Test
  void invalidationDuringTheThrottleTakesTheLastValueAway() {
    LayeredCache<String, String> cache = cache(p -> p.serveStaleOnError(ofHours(1)));
    cache.get("k");
    ticker.advance(ofSeconds(10));
    down = true;
    cache.get("k");
    cache.invalidate("k");
    assertThatThrownBy(() -> cache.get("k")).isInstanceOf(LoadFailedException.class);
  }

  @Test
  void absenceIsNeverServedStale() {
    LayeredCache<String, String> cache =
        cache(p -> p.serveStaleFor(ofHours(1)).serveStaleOnError(ofHours(1)));
    cache.get("k", load -> load.absent(ofSeconds(3)));
    ticker.advance(ofSeconds(3));
    down = true;
    assertThatThrownBy(() -> cache.get("k")).isInstanceOf(LoadFailedException.class);
  }

  @Test
  void peekAnswersWithFreshValuesOnly() {
    LayeredCache<String, String> cache = cache(p -> p.serveStaleFor(ofHours(1)));
    cache.get("k");
    ticker.advance(ofSeconds(10));
    assertThat(cache.peek("k")).isEmpty();
  }

  @Test
  void changesOfStateAreLoggedOnce() {
    LayeredCache<String, String> cache = cache(p -> p.serveStaleOnError(ofHours(1), ofSeconds(1)));
    cache.get("a");
    cache.get("b");
    ticker.advance(ofSeconds(10));
    down = true;
    String failing =
        Logged.during(
            () -> {
              cache.get("a");
              cache.get("b");
              ticker.advance(ofSeconds(2));
              cache.get("a");
            });
    assertThat(failing).containsOnlyOnce("loads fail, last values are served cache=row");
    down = false;
    String good =
        Logged.during(
            () -> {
              cache.get("b");
              ticker.advance(ofSeconds(20));
              cache.get("a");
              cache.get("b");
            });
    assertThat(good).containsOnlyOnce("loads succeed again cache=row");
  }

  @Test
  void longestLifetimesDoNotOverflow() {
    LayeredCache<String, String> cache =
        cache(
            p ->
                p.serveStaleFor(ofDays(3650))
                    .serveStaleOnError(ofDays(3650))
                    .refreshAhead(RefreshAhead.xfetch()));
    cache.get("k", load -> load.freshFor(ofDays(3650)) == null ? "" : "v");
    ticker.advance(ofDays(3649));
    assertThat(cache.get("k").state()).isEqualTo(State.FRESH);
    ticker.advance(ofDays(3650));
    assertThat(cache.get("k").state()).isEqualTo(State.STALE_REVALIDATING);
    ticker.advance(ofDays(3650));
    down = true;
    assertThat(cache.get("k").state()).isEqualTo(State.STALE_ON_ERROR);
  }

  private LayeredCache<String, String> cache(Consumer<CachePolicy> policy) {
    return caches
        .cache("row", String.class)
        .key((String k) -> k)
        .policy(
            p -> {
              p.freshFor(ofSeconds(10));
              policy.accept(p);
            })
        .loader(
            k -> {
              int n = loads.incrementAndGet();
              if (down) {
                throw new IllegalStateException("down");
              }
              return "v" + n;
            })
        .build();
  }
}
