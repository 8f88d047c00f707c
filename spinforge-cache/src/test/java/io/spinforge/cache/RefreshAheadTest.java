package io.spinforge.cache;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.spinforge.testkit.ManualTicker;
import io.spinforge.testkit.Seeds;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RefreshAheadTest {
  private final ManualTicker ticker = new ManualTicker();
  private final Tasks tasks = new Tasks();
  private final AtomicInteger loads = new AtomicInteger();
  private final AtomicInteger draws = new AtomicInteger();

  private volatile double random;
  private volatile boolean down;
  private volatile Duration cost = ofSeconds(1);

  private final CacheManager caches =
      CacheManager.builder()
          .ticker(ticker)
          .random(
              () -> {
                draws.incrementAndGet();
                return random;
              })
          .executor(tasks)
          .build();

  @AfterEach
  void close() {
    caches.close();
  }

  @Test
  void shareOfTheFreshnessStartsOneRefreshAndNobodyWaits() {
    LayeredCache<String, String> cache = cache(p -> p.refreshAhead(RefreshAhead.at(0.8)));
    cache.get("k");
    ticker.advance(ofSeconds(80).minusNanos(1));
    cache.get("k");
    assertThat(tasks.waiting()).isZero();
    ticker.advance(ofMillis(1));
    for (int i = 0; i < 3; i++) {
      Cached<String> read = cache.get("k");
      assertThat(read.value()).isEqualTo("v1");
      assertThat(read.state()).isEqualTo(State.FRESH);
      assertThat(read.source()).isEqualTo(Source.MEMORY);
    }
    assertThat(tasks.waiting()).isEqualTo(1);
    tasks.runAll();
    assertThat(cache.get("k").value()).isEqualTo("v2");
    assertThat(cache.stats().refreshes()).isEqualTo(1);
    assertThat(cache.stats().memoryHits()).isEqualTo(5);
  }

  @Test
  void neverIsTheDefault() {
    LayeredCache<String, String> cache = cache(p -> {});
    cache.get("k");
    random = 0;
    ticker.advance(ofSeconds(100).minusNanos(1));
    cache.get("k");
    assertThat(tasks.waiting()).isZero();
  }

  @Test
  void xfetchDrawsNothingBeforeItsWindowAndFiresByTheFormulaWithin() {
    LayeredCache<String, String> cache = cache(p -> p.refreshAhead(RefreshAhead.xfetch()));
    cache.get("k");
    random = 0; // would fire at once
    int before = draws.get();
    ticker.advance(ofSeconds(80).minusNanos(1)); // 20 load costs of a second before the end
    cache.get("k");
    assertThat(draws).hasValue(before);
    assertThat(tasks.waiting()).isZero();

    ticker.advance(ofSeconds(10)); // ten load costs before the end: fires below e^-10
    random = Math.exp(-10) * 1.001;
    cache.get("k");
    assertThat(draws).hasValue(before + 1);
    assertThat(tasks.waiting()).isZero();
    random = Math.exp(-10) * 0.999;
    cache.get("k");
    assertThat(tasks.waiting()).isEqualTo(1);
  }

  /**
   * The distribution against its closed form: P(not fired by t before the end) = 1 - e^(-t/cost).
   */
  @Test
  void xfetchFiresAsOftenAsItsFormulaSays() {
    Seeds.run(
        20,
        (seed, source) -> {
          RefreshAhead xfetch = RefreshAhead.xfetch(2);
          Life life = new Life(0, 1000, 1000, 1000, 1000, 50);
          for (long left = 10; left <= 400; left += 130) {
            int fired = 0;
            for (int i = 0; i < 20_000; i++) {
              fired += xfetch.isDue(life, 1000 - left, source::nextDouble) ? 1 : 0;
            }
            assertThat(fired / 20_000.0).isCloseTo(Math.exp(-left / 100.0), within(0.02));
          }
        });
  }

  @Test
  void valueThatWasPutHasNoLoadCostAndIsNotRefreshedByXfetch() {
    LayeredCache<String, String> cache = cache(p -> p.refreshAhead(RefreshAhead.xfetch()));
    cache.put("k", "put");
    random = 0;
    ticker.advance(ofSeconds(100).minusNanos(1));
    cache.get("k");
    assertThat(tasks.waiting()).isZero();
  }

  @Test
  void readAfterTheEndJoinsTheRefreshThatIsInFlight() {
    LayeredCache<String, String> cache = cache(p -> p.refreshAhead(RefreshAhead.at(0.8)));
    cache.get("k");
    ticker.advance(ofSeconds(90));
    cache.get("k");
    ticker.advance(ofSeconds(10)); // the freshness ends, the refresh still runs
    CompletableFuture<Cached<String>> read = cache.getAsync("k").toCompletableFuture();
    assertThat(read).isNotDone();
    tasks.runAll();
    assertThat(read.join().value()).isEqualTo("v2");
    assertThat(loads).hasValue(2);
    assertThat(cache.stats().coalesced()).isEqualTo(1);
  }

  @Test
  void failedRefreshLeavesTheFreshValueAndIsThrottled() {
    LayeredCache<String, String> cache =
        cache(
            p -> p.refreshAhead(RefreshAhead.at(0.5)).serveStaleOnError(ofHours(1), ofSeconds(5)));
    cache.get("k");
    ticker.advance(ofSeconds(50));
    down = true;
    cache.get("k");
    tasks.runAll();
    ticker.advance(ofSeconds(3)); // the failed load took one second
    assertThat(cache.get("k").state()).isEqualTo(State.FRESH);
    assertThat(tasks.waiting()).isZero();
    ticker.advance(ofSeconds(2));
    cache.get("k");
    assertThat(tasks.waiting()).isEqualTo(1);
  }

  @Test
  void refreshIsNotStartedForWhatWasInvalidated() {
    LayeredCache<String, String> cache = cache(p -> p.refreshAhead(RefreshAhead.at(0.5)));
    cache.get("k");
    ticker.advance(ofSeconds(60));
    cache.get("k");
    cache.invalidate("k");
    assertThat(cache.get("k").value()).isEqualTo("v2"); // does not wait for the refresh of before
    tasks.runAll();
    assertThat(cache.get("k").value()).isEqualTo("v2");
  }

  @Test
  void longFreshnessIsRefreshedToo() {
    LayeredCache<String, String> cache =
        cache(p -> p.refreshAhead(RefreshAhead.at(0.5)), ofDays(3650));
    cache.get("k");
    ticker.advance(ofDays(1825).minusSeconds(1));
    cache.get("k");
    assertThat(tasks.waiting()).isZero();
    ticker.advance(ofSeconds(2));
    cache.get("k");
    assertThat(tasks.waiting()).isEqualTo(1);
  }

  @Test
  void executorThatTakesNoMoreIsNoErrorOfTheRead() {
    try (CacheManager busy =
        CacheManager.builder()
            .ticker(ticker)
            .executor(
                task -> {
                  throw new java.util.concurrent.RejectedExecutionException("full");
                })
            .build()) {
      LayeredCache<String, String> cache =
          busy.cache("row", String.class)
              .key((String k) -> k)
              .policy(p -> p.freshFor(ofSeconds(100)).jitter(0).serveStaleFor(ofSeconds(100)))
              .loader(k -> "v")
              .build();
      cache.get("k");
      ticker.advance(ofSeconds(100));
      assertThat(cache.get("k").state()).isEqualTo(State.STALE_REVALIDATING);
      assertThat(cache.stats().refreshes()).isZero();
      assertThatThrownBy(() -> cache.getAsync("x").toCompletableFuture().join())
          .hasMessageContaining("row:x: the executor takes no more loads");
      assertThat(cache.get("x").value()).isEqualTo("v");
    }
  }

  @Test
  void settingsAreWithinReason() {
    assertThatThrownBy(() -> RefreshAhead.at(1))
        .hasMessage("refreshAhead: 1.0 (expected: above 0 and below 1)");
    assertThatThrownBy(() -> RefreshAhead.at(Double.NaN))
        .hasMessage("refreshAhead: NaN (expected: above 0 and below 1)");
    assertThatThrownBy(() -> RefreshAhead.xfetch(0))
        .hasMessage("beta: 0.0 (expected: above 0, up to 100)");
    assertThat(RefreshAhead.at(0.8)).hasToString("at(0.8)");
    assertThat(RefreshAhead.xfetch()).hasToString("xfetch(1.0)");
    assertThat(RefreshAhead.never()).hasToString("never()");
  }

  private LayeredCache<String, String> cache(Consumer<CachePolicy> policy) {
    return cache(policy, ofSeconds(100));
  }

  private LayeredCache<String, String> cache(Consumer<CachePolicy> policy, Duration freshFor) {
    return caches
        .cache("row", String.class)
        .key((String k) -> k)
        .policy(
            p -> {
              p.freshFor(freshFor).jitter(0);
              policy.accept(p);
            })
        .loader(
            k -> {
              int n = loads.incrementAndGet();
              ticker.advance(cost);
              if (down) {
                throw new IllegalStateException("down");
              }
              return "v" + n;
            })
        .build();
  }
}
