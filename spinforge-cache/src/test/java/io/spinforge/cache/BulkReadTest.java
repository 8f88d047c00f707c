package io.spinforge.cache;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.spinforge.testkit.ManualTicker;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Reads of many keys without Redis, with freshness in virtual time. */
@Timeout(60)
class BulkReadTest {
  private final ManualTicker ticker = new ManualTicker();
  private final List<Set<String>> calls = new CopyOnWriteArrayList<>();
  private final CacheManager caches =
      CacheManager.builder()
          .ticker(ticker)
          .defaults(p -> p.freshFor(ofSeconds(10)).jitter(0))
          .build();

  private volatile boolean down;
  private volatile CountDownLatch gate = new CountDownLatch(0);

  @AfterEach
  void close() {
    gate.countDown();
    caches.close();
  }

  @Test
  void allMissingKeysAreLoadedInOneCallAndTheAnswerIsInOrder() {
    LayeredCache<String, String> cache = cache(caches.cache("row", String.class));
    cache.put("b", "put");
    Map<String, Cached<String>> read = cache.getAll(List.of("c", "b", "a", "c"));
    assertThat(read.keySet()).containsExactly("c", "b", "a");
    assertThat(calls).containsExactly(Set.of("c", "a"));
    assertThat(read.get("c").value()).isEqualTo("value of c");
    assertThat(read.get("c").source()).isEqualTo(Source.FRESH);
    assertThat(read.get("b").source()).isEqualTo(Source.MEMORY);
    assertThat(cache.getAll(List.of("a", "b", "c")).values())
        .allMatch(c -> c.source() == Source.MEMORY);
    assertThat(calls).hasSize(1);
    assertThat(cache.stats().misses()).isEqualTo(2);
    assertThat(cache.stats().memoryHits()).isEqualTo(4);
    assertThat(cache.stats().loads()).isEqualTo(1);
    assertThat(cache.getAll(List.of())).isEmpty();
  }

  @Test
  void keyWithoutAValueIsLeftOutAndNotCached() {
    LayeredCache<String, String> cache = cache(caches.cache("row", String.class));
    assertThat(cache.getAll(List.of("a", "none1", "b")).keySet()).containsExactly("a", "b");
    assertThat(cache.getAll(List.of("a", "none1")).keySet()).containsExactly("a");
    assertThat(calls).containsExactly(Set.of("a", "none1", "b"), Set.of("none1"));
    assertThat(cache.stats().errors()).isZero();
    assertThatThrownBy(() -> cache.get("none1"))
        .isInstanceOf(LoadFailedException.class)
        .hasMessage(
            "row:none1: the bulk loader returned nothing for it"
                + " (expected: a value, or load.absent(ttl) for an absence)");
    assertThat(cache.stats().errors()).isEqualTo(1);
  }

  @Test
  void bulkLoaderSaysHowToKeepEachValue() {
    LayeredCache<String, String> cache =
        caches
            .cache("row", String.class)
            .key((String k) -> k)
            .bulkLoaderWith(
                (Set<String> keys, BulkLoad<String, String> loads) -> {
                  calls.add(Set.copyOf(keys));
                  loads.of("brief").freshFor(ofSeconds(1)).etag("\"1\"");
                  Map<String, String> values = new HashMap<>();
                  values.put("brief", "b");
                  values.put("gone", loads.of("gone").absent(ofSeconds(5)));
                  values.put("once", loads.of("once").doNotCache("o"));
                  assertThatThrownBy(() -> loads.of("other"))
                      .hasMessage("key: other (expected: one of the keys to be loaded)");
                  return values;
                })
            .build();
    Map<String, Cached<String>> read = cache.getAll(List.of("brief", "gone", "once"));
    assertThat(read.get("brief").freshFor()).isEqualTo(ofSeconds(1));
    assertThat(read.get("brief").etag()).isEqualTo("\"1\"");
    assertThat(read.get("gone").state()).isEqualTo(State.NEGATIVE);
    assertThat(read.get("once").value()).isEqualTo("o");
    assertThat(cache.peek("once")).isEmpty();
    assertThat(cache.peek("gone").orElseThrow().state()).isEqualTo(State.NEGATIVE);
  }

  @Test
  void withoutABulkLoaderTheLoaderIsCalledKeyByKey() {
    LayeredCache<String, String> cache =
        caches
            .cache("row", String.class)
            .key((String k) -> k)
            .loader(
                k -> {
                  calls.add(Set.of(k));
                  if (k.equals("bad")) {
                    throw new IllegalStateException("down");
                  }
                  return "v" + k;
                })
            .build();
    assertThat(cache.getAll(List.of("a", "b")).get("b").value()).isEqualTo("vb");
    assertThat(calls).containsExactly(Set.of("a"), Set.of("b"));
    assertThatThrownBy(() -> cache.getAll(List.of("a", "bad", "c")))
        .isInstanceOf(LoadFailedException.class)
        .hasMessage("row: 1 of 3 keys, first row:bad: down")
        .hasCauseInstanceOf(IllegalStateException.class);
    assertThat(cache.peek("c")).isPresent();
  }

  @Test
  void keyIsReadByTheBulkLoaderIfThereIsNoOther() {
    LayeredCache<String, String> cache = cache(caches.cache("row", String.class));
    assertThat(cache.get("a").value()).isEqualTo("value of a");
    assertThat(calls).containsExactly(Set.of("a"));
  }

  @Test
  void failedBulkLoadIsAnErrorOrTheLastValues() {
    LayeredCache<String, String> cache =
        cache(caches.cache("row", String.class), p -> p.serveStaleOnError(ofHours(1)));
    cache.getAll(List.of("a", "b"));
    ticker.advance(ofSeconds(10));
    down = true;
    assertThat(cache.getAll(List.of("a", "b")).values())
        .allMatch(c -> c.state() == State.STALE_ON_ERROR);
    assertThatThrownBy(() -> cache.getAll(List.of("a", "new")))
        .isInstanceOf(LoadFailedException.class)
        .hasMessageContaining("down");
    assertThat(cache.stats().loadFailures()).isEqualTo(2);
  }

  @Test
  void staleValuesAreServedAtOnceInBulkToo() {
    LayeredCache<String, String> cache =
        cache(caches.cache("row", String.class), p -> p.serveStaleFor(ofHours(1)));
    cache.getAll(List.of("a", "b"));
    ticker.advance(ofSeconds(10));
    assertThat(cache.getAll(List.of("a", "b")).values())
        .allMatch(c -> c.state() == State.STALE_REVALIDATING);
    await()
        .untilAsserted(
            () ->
                assertThat(cache.getAll(List.of("a", "b")).values())
                    .allMatch(c -> c.state() == State.FRESH));
  }

  @Test
  void concurrentBulkReadsOfTheSameKeysLoadEachOnceInWhateverOrder() throws Exception {
    LayeredCache<String, String> cache = cache(caches.cache("row", String.class));
    gate = new CountDownLatch(1);
    CompletableFuture<Map<String, Cached<String>>> one =
        Caches.inThread(() -> cache.getAll(List.of("a", "b", "c")));
    await().until(() -> calls.size() == 1);
    CompletableFuture<Map<String, Cached<String>>> two =
        Caches.inThread(() -> cache.getAll(List.of("d", "c", "b")));
    await().until(() -> calls.size() == 2);
    CompletableFuture<Cached<String>> single = Caches.inThread(() -> cache.get("d"));
    await().until(() -> cache.stats().coalesced() == 3);
    gate.countDown();
    assertThat(one.get(10, TimeUnit.SECONDS)).hasSize(3);
    assertThat(two.get(10, TimeUnit.SECONDS).keySet()).containsExactly("d", "c", "b");
    assertThat(single.get(10, TimeUnit.SECONDS).value()).isEqualTo("value of d");
    assertThat(calls).containsExactly(Set.of("a", "b", "c"), Set.of("d"));
  }

  @Test
  void invalidationDuringABulkLoadKeepsTheOldValueOut() throws Exception {
    LayeredCache<String, String> cache = cache(caches.cache("row", String.class));
    gate = new CountDownLatch(1);
    CompletableFuture<Map<String, Cached<String>>> read =
        Caches.inThread(() -> cache.getAll(List.of("a", "b")));
    await().until(() -> calls.size() == 1);
    cache.invalidate("a");
    gate.countDown();
    assertThat(read.get(10, TimeUnit.SECONDS)).hasSize(2);
    assertThat(cache.peek("a")).isEmpty();
  }

  @Test
  void bulkLoaderThatReadsOneOfItsKeysIsAClearError() {
    LayeredCache<?, ?>[] self = new LayeredCache<?, ?>[1];
    LayeredCache<String, String> cache =
        caches
            .cache("row", String.class)
            .key((String k) -> k)
            .bulkLoader((Set<String> keys) -> Map.of("a", again(self[0])))
            .build();
    self[0] = cache;
    assertThatThrownBy(() -> cache.getAll(List.of("a", "b")))
        .isInstanceOf(LoadFailedException.class)
        .hasMessageContaining("expected: a loader that does not wait for its own key");
  }

  @Test
  void bulkReadHasItsLimits() {
    LayeredCache<String, String> cache =
        cache(
            caches.cache("row", String.class),
            p -> p.loadTimeout(LoadTimeout.hard(ofMillis(50))).serveStaleOnError(ofHours(1)));
    cache.getAll(List.of("a", "b"));
    ticker.advance(ofSeconds(10));
    gate = new CountDownLatch(1);
    assertThat(cache.getAll(List.of("a", "b")).values())
        .allMatch(c -> c.state() == State.STALE_ON_ERROR);
    assertThatThrownBy(() -> cache.getAll(List.of("new"))).isInstanceOf(LoadTimeoutException.class);
    gate.countDown();
    await().untilAsserted(() -> assertThat(cache.peek("new")).isPresent());
  }

  @Test
  void nullAndOverLongKeysAreRefusedAndLeaveNothingBehind() {
    LayeredCache<String, String> cache = cache(caches.cache("row", String.class));
    assertThatThrownBy(() -> cache.getAll(Arrays.asList("a", null)))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("key");
    assertThatThrownBy(() -> cache.getAll(List.of("a", "x".repeat(1025))))
        .hasMessage("key: 1025 characters (expected: at most 1024)");
    assertThat(cache.get("a").value()).isEqualTo("value of a");
    caches.close();
    assertThatThrownBy(() -> cache.getAll(List.of("a"))).hasMessage("the cache manager is closed");
  }

  private LayeredCache<String, String> cache(CacheBuilder.Unkeyed<String> builder) {
    return cache(builder, p -> {});
  }

  private LayeredCache<String, String> cache(
      CacheBuilder.Unkeyed<String> builder, java.util.function.Consumer<CachePolicy> policy) {
    return builder.key((String k) -> k).policy(policy).bulkLoader(this::loadAll).build();
  }

  private Map<String, String> loadAll(Set<String> keys) throws InterruptedException {
    calls.add(Set.copyOf(keys));
    gate.await();
    if (down) {
      throw new IllegalStateException("down");
    }
    Map<String, String> values = new HashMap<>();
    for (String key : keys) {
      if (!key.startsWith("none")) {
        values.put(key, "value of " + key);
      }
    }
    return values;
  }

  @SuppressWarnings("unchecked") // the test's own
  private static String again(LayeredCache<?, ?> cache) {
    return ((LayeredCache<String, String>) cache).get("b").value();
  }
}
