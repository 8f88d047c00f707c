package io.spinforge.cache;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.management.ThreadMXBean;
import io.spinforge.cache.Caches.Database;
import io.spinforge.cache.Caches.SlowLoad;
import io.spinforge.cache.codec.Codec;
import io.spinforge.testkit.ManualTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A cache without Redis: the same promises within one node, in virtual time. */
class LayeredCacheTest {
  private final ManualTicker ticker = new ManualTicker();
  private final Database database = new Database();
  private final CacheManager caches =
      CacheManager.builder()
          .ticker(ticker)
          .random(() -> 0.999999)
          .defaults(p -> p.freshFor(ofSeconds(300)).jitter(0))
          .build();
  private final LayeredCache<String, String> rows =
      caches.cache("row", String.class).key((String k) -> k).loader(database::find).build();

  @AfterEach
  void close() {
    caches.close();
  }

  @Test
  void valueIsFreshUntilItsFreshnessEndsAndThenLoadedAgain() {
    assertThat(rows.get("k").source()).isEqualTo(Source.FRESH);
    ticker.advance(ofSeconds(300).minusNanos(1));
    Cached<String> hit = rows.get("k");
    assertThat(hit.source()).isEqualTo(Source.MEMORY);
    assertThat(hit.state()).isEqualTo(State.FRESH);
    assertThat(hit.age()).isEqualTo(ofSeconds(300).minusNanos(1));
    assertThat(hit.freshFor()).isEqualTo(ofSeconds(300));
    ticker.advance(Duration.ofNanos(1));
    assertThat(rows.get("k").source()).isEqualTo(Source.FRESH);
    assertThat(database.loads).hasValue(2);
  }

  @Test
  void memoryTimeToLiveEndsBeforeTheFreshness() {
    LayeredCache<String, String> brief =
        caches
            .cache("brief", String.class)
            .key((String k) -> k)
            .memory(m -> m.timeToLive(ofSeconds(10)))
            .loader(database::find)
            .build();
    brief.get("k");
    ticker.advance(ofSeconds(10));
    assertThat(brief.get("k").source()).isEqualTo(Source.FRESH);
  }

  @Test
  void jitterShortensTheFreshnessByAShareAtMost() {
    LayeredCache<String, String> jittered =
        caches
            .cache("jittered", String.class)
            .key((String k) -> k)
            .policy(p -> p.jitter(0.5).freshFor(ofSeconds(100)))
            .loader(database::find)
            .build();
    assertThat(jittered.get("k").freshFor()).isBetween(ofSeconds(50), ofMillis(50_001));
  }

  @Test
  void loaderSaysHowLongItsValueIsFresh() {
    Cached<String> cached =
        rows.get(
            "k",
            load -> {
              load.freshFor(ofSeconds(5));
              return "v";
            });
    assertThat(cached.freshFor()).isEqualTo(ofSeconds(5));
    ticker.advance(ofSeconds(5));
    assertThat(rows.get("k").value()).isEqualTo("none");
  }

  @Test
  void absenceIsCachedForAsLongAsTheLoaderSays() {
    Cached<String> absent = rows.get("k", load -> load.absent(ofSeconds(30)));
    assertThat(absent.value()).isNull();
    assertThat(absent.state()).isEqualTo(State.NEGATIVE);
    assertThat(rows.get("k").state()).isEqualTo(State.NEGATIVE);
    assertThat(rows.get("k").source()).isEqualTo(Source.MEMORY);
    ticker.advance(ofSeconds(30));
    assertThat(rows.get("k").value()).isEqualTo("none");
  }

  @Test
  void valueThatIsNotToBeCachedIsServedOnce() {
    assertThat(rows.get("k", load -> load.doNotCache("once")).value()).isEqualTo("once");
    assertThat(rows.get("k").value()).isEqualTo("none");
  }

  @Test
  void nullFromALoaderIsAnErrorThatNamesTheWayOut() {
    assertThatThrownBy(() -> rows.get("k", load -> null))
        .isInstanceOf(LoadFailedException.class)
        .hasMessage(
            "row:k: loader returned null (expected: a value, or load.absent(ttl) for an absence)");
    assertThat(rows.stats().loadFailures()).isEqualTo(1);
  }

  @Test
  void failureOfTheLoaderReachesTheCallerAndIsNotCached() {
    assertThatThrownBy(
            () ->
                rows.get(
                    "k",
                    load -> {
                      throw new java.io.IOException("db down");
                    }))
        .isInstanceOf(LoadFailedException.class)
        .hasMessage("row:k: db down")
        .hasCauseInstanceOf(java.io.IOException.class);
    assertThat(rows.stats().errors()).isEqualTo(1);
    assertThat(rows.get("k").value()).isEqualTo("none");
  }

  @Test
  void fiftyThreadsOnOneColdKeyLoadItOnce() throws Exception {
    int threads = 50;
    CyclicBarrier together = new CyclicBarrier(threads);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    CountDownLatch go = new CountDownLatch(1);
    try {
      List<Future<Cached<String>>> reads = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        reads.add(
            pool.submit(
                () -> {
                  together.await();
                  return rows.get(
                      "k",
                      load -> {
                        go.await();
                        return database.find("k");
                      });
                }));
      }
      await().until(() -> rows.stats().coalesced() == threads - 1);
      go.countDown();
      for (Future<Cached<String>> read : reads) {
        assertThat(read.get(10, TimeUnit.SECONDS).value()).isEqualTo("none");
      }
      assertThat(database.loads).hasValue(1);
      assertThat(rows.stats().misses()).isEqualTo(threads);
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void failureReachesEveryThreadThatWaitedForIt() throws Exception {
    CountDownLatch loading = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    CompletableFuture<?> first =
        Caches.inThread(
            () ->
                rows.get(
                    "k",
                    load -> {
                      loading.countDown();
                      go.await();
                      throw new IllegalArgumentException("bad row");
                    }));
    assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();
    CompletableFuture<?> second = Caches.inThread(() -> rows.get("k"));
    await().until(() -> rows.stats().coalesced() >= 1);
    go.countDown();
    for (CompletableFuture<?> read : List.of(first, second)) {
      assertThatThrownBy(() -> read.get(10, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(LoadFailedException.class)
          .hasRootCauseInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void loadOfItsOwnKeyIsAClearErrorAndNoDeadlock() {
    assertThatThrownBy(() -> rows.get("k", load -> rows.get("k").value()))
        .isInstanceOf(LoadFailedException.class)
        .hasMessageContaining("expected: a loader that does not wait for its own key");
  }

  @Test
  void twoLoadsThatWaitForEachOtherAreAClearErrorAndNoDeadlock() {
    CyclicBarrier both = new CyclicBarrier(2);
    CompletableFuture<?> one = crossed("a", "b", both);
    CompletableFuture<?> two = crossed("b", "a", both);
    assertThatThrownBy(() -> CompletableFuture.allOf(one, two).get(10, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasStackTraceContaining("expected: a loader that does not wait for its own key");
  }

  @Test
  void asyncReadLoadsOnTheExecutorAndSharesTheFlight() throws Exception {
    Cached<String> loaded = rows.getAsync("k").toCompletableFuture().get(10, TimeUnit.SECONDS);
    assertThat(loaded.source()).isEqualTo(Source.FRESH);
    assertThat(rows.getAsync("k").toCompletableFuture()).isCompletedWithValue(rows.get("k"));
    assertThat(database.loads).hasValue(1);
  }

  @Test
  void asyncFailureCompletesTheStage() {
    LayeredCache<String, String> failing =
        caches
            .cache("failing", String.class)
            .key((String k) -> k)
            .loader(
                k -> {
                  throw new IllegalStateException("no");
                })
            .build();
    assertThatThrownBy(() -> failing.getAsync("k").toCompletableFuture().get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(LoadFailedException.class);
    assertThat(failing.stats().errors()).isEqualTo(1);
  }

  @Test
  void loadInFlightDoesNotOverwriteWhatWasPutMeanwhile() throws Exception {
    SlowLoad slow = new SlowLoad(rows, "k", () -> "old");
    rows.put("k", "new");
    assertThat(slow.finish().value()).isEqualTo("old");
    assertThat(rows.get("k").value()).isEqualTo("new");
  }

  @Test
  void invalidationWithoutRedisReachesThisNode() {
    rows.get("k");
    assertThat(rows.invalidateAll(List.of("k", "l", "k")))
        .isEqualTo(new Invalidation(2, Reach.THIS_NODE));
    assertThat(rows.peek("k")).isEmpty();
    assertThat(rows.invalidateAll(List.of())).isEqualTo(new Invalidation(0, Reach.THIS_NODE));
  }

  @Test
  void peekNeverLoads() {
    assertThat(rows.peek("k")).isEmpty();
    rows.put("k", "v");
    assertThat(rows.peek("k").orElseThrow().value()).isEqualTo("v");
    assertThat(database.loads).hasValue(0);
  }

  @Test
  void closedManagerRefusesEverything() {
    rows.get("k");
    caches.close();
    caches.close();
    String closed = "the cache manager is closed";
    assertThatThrownBy(() -> rows.get("k")).hasMessage(closed);
    assertThatThrownBy(() -> rows.peek("k")).hasMessage(closed);
    assertThatThrownBy(() -> rows.put("k", "v")).hasMessage(closed);
    assertThatThrownBy(() -> rows.invalidate("k")).hasMessage(closed);
    assertThatThrownBy(() -> caches.cache("x", String.class)).hasMessage(closed);
  }

  @Test
  void overLongKeyAndNullsAreRefused() {
    assertThatThrownBy(() -> rows.get("x".repeat(1025)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("key: 1025 characters (expected: at most 1024)");
    assertThatThrownBy(() -> rows.get(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> rows.put("k", null)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void cacheWithoutALoaderSaysSo() {
    LayeredCache<String, String> bare =
        caches.cache("bare", String.class).key((String k) -> k).build();
    assertThatThrownBy(() -> bare.get("k"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("loader: none for bare (expected: one in the builder, or get(key, load -> …))");
    assertThat(bare.get("k", load -> "v").value()).isEqualTo("v");
  }

  @Test
  void memoryBoundedByBytesKeepsToItAndMeasuresValues() {
    LayeredCache<Integer, byte[]> blobs =
        caches
            .cache("blob", byte[].class)
            .key((Integer k) -> k.toString())
            .memory(m -> m.maximumBytes(100_000))
            .loader(k -> new byte[1000])
            .build();
    for (int i = 0; i < 1000; i++) {
      blobs.get(i);
    }
    assertThat(blobs.stats().bytes()).isBetween(50_000L, 100_000L);
    assertThat(blobs.stats().entries()).isBetween(50L, 90L);
  }

  @Test
  void valueThatTheCodecCannotWriteIsServedAndNotKept() {
    LayeredCache<String, String> picky =
        caches
            .cache("picky", String.class)
            .key((String k) -> k)
            .codec(Codec.utf8())
            .memory(m -> m.maximumBytes(100_000))
            .loader(k -> "\ud800") // half a character
            .build();
    assertThat(picky.get("k").source()).isEqualTo(Source.FRESH);
    assertThat(picky.get("k").source()).isEqualTo(Source.FRESH);
    picky.put("k", "\ud800");
    assertThat(picky.peek("k")).isEmpty();
    assertThat(picky.stats().codecFailures()).isEqualTo(3);
  }

  @Test
  void coarseClockAdvancesByItself() {
    try (CacheManager real =
        CacheManager.builder().defaults(p -> p.freshFor(ofMillis(50)).jitter(0)).build()) {
      LayeredCache<String, String> cache =
          real.cache("row", String.class).key((String k) -> k).loader(database::find).build();
      cache.get("k");
      await().atMost(ofMinutes(1)).until(() -> cache.get("k").source() == Source.FRESH);
    }
  }

  @Test
  void memoryHitAllocatesNothing() {
    ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
    try (CacheManager real = CacheManager.builder().build()) {
      LayeredCache<String, String> cache =
          real.cache("row", String.class).key((String k) -> k).loader(database::find).build();
      long bytes = Long.MAX_VALUE;
      for (int run = 0; run < 5; run++) {
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        for (int i = 0; i < 100_000; i++) {
          cache.get("k");
        }
        bytes = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
      }
      assertThat(bytes).isLessThan(100_000); // under a byte a hit: what is left is not ours
    }
  }

  private CompletableFuture<?> crossed(String mine, String other, CyclicBarrier both) {
    return Caches.inThread(
        () ->
            rows.get(
                mine,
                load -> {
                  both.await(10, TimeUnit.SECONDS);
                  return rows.get(other).value();
                }));
  }
}
