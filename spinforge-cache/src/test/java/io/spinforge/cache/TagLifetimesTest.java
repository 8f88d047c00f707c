package io.spinforge.cache;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spinforge.cache.Caches.SlowLoad;
import io.spinforge.testkit.ManualTicker;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What was invalidated by tag, pattern or clear is never served stale, on error or refreshed. */
class TagLifetimesTest {
  private final ManualTicker ticker = new ManualTicker();
  private final Tasks tasks = new Tasks();
  private final AtomicInteger loads = new AtomicInteger();
  private final CacheManager caches =
      CacheManager.builder()
          .ticker(ticker)
          .random(() -> 0.999999)
          .executor(tasks)
          .defaults(p -> p.jitter(0).freshFor(ofSeconds(10)))
          .build();

  private volatile boolean down;

  @AfterEach
  void close() {
    caches.close();
  }

  /** Returns the ways to invalidate the key {@code k}, which has the tag {@code t}. */
  static Stream<How> ways() {
    return Stream.of(
        (caches, cache) -> cache.invalidate("k"),
        (caches, cache) -> caches.invalidateTag("t"),
        (caches, cache) -> caches.invalidateTag("*"),
        (caches, cache) -> cache.invalidateMatching("k*"),
        (caches, cache) -> cache.clear());
  }

  @ParameterizedTest
  @MethodSource("ways")
  void staleValueIsNotServed(How how) {
    LayeredCache<String, String> cache = cache(p -> p.serveStaleFor(ofSeconds(5)));
    cache.get("k");
    ticker.advance(ofSeconds(11));
    assertThat(cache.get("k").state()).isEqualTo(State.STALE_REVALIDATING);
    how.invalidate(caches, cache);
    Cached<String> read = cache.get("k");
    assertThat(read.source()).isEqualTo(Source.FRESH);
    assertThat(read.value()).isEqualTo("v2");
    tasks.runAll(); // the refresh that was asked for before has nothing to do
    assertThat(cache.get("k").value()).isEqualTo("v2");
  }

  @ParameterizedTest
  @MethodSource("ways")
  void lastValueIsNotServedIfTheLoadFails(How how) {
    LayeredCache<String, String> cache = cache(p -> p.serveStaleOnError(ofHours(1)));
    cache.get("k");
    ticker.advance(ofSeconds(11));
    down = true;
    assertThat(cache.get("k").state()).isEqualTo(State.STALE_ON_ERROR);
    how.invalidate(caches, cache);
    assertThatThrownBy(() -> cache.get("k")).isInstanceOf(LoadFailedException.class);
    assertThatThrownBy(() -> cache.getAll(List.of("k"))).isInstanceOf(LoadFailedException.class);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void lastValueThatIsInvalidatedDuringTheLoadIsNotServed(How how) throws Exception {
    LayeredCache<String, String> cache = cache(p -> p.serveStaleOnError(ofHours(1)));
    cache.get("k");
    ticker.advance(ofSeconds(11));
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    CompletableFuture<Cached<String>> read =
        Caches.inThread(
            () ->
                cache.get(
                    "k",
                    load -> {
                      began.countDown();
                      go.await();
                      throw new IllegalStateException("down");
                    }));
    assertThat(began.await(10, TimeUnit.SECONDS)).isTrue();
    how.invalidate(caches, cache);
    go.countDown();
    assertThatThrownBy(() -> read.get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(LoadFailedException.class);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void refreshThatBeganBeforeIsNotKept(How how) {
    LayeredCache<String, String> cache =
        cache(p -> p.refreshAhead(RefreshAhead.at(0.5)).serveStaleFor(ofSeconds(5)));
    cache.get("k");
    ticker.advance(ofSeconds(6));
    Runnable invalidation = () -> how.invalidate(caches, cache);
    cache.get(
        "k",
        load -> {
          load.tag("t");
          invalidation.run();
          return "of before";
        });
    tasks.runAll();
    assertThat(cache.get("k").value()).isNotEqualTo("v1").isNotEqualTo("of before");
  }

  @Test
  void refreshGivesTheValueItsTagsAnew() {
    LayeredCache<String, String> cache = cache(p -> p.refreshAhead(RefreshAhead.at(0.5)));
    cache.get("k");
    ticker.advance(ofSeconds(6));
    cache.get("k", load -> load.tag("other").freshFor(ofSeconds(10)).doNotCache("unused"));
    cache.get("k");
    tasks.runAll();
    caches.invalidateTag("none");
    Cached<String> refreshed = cache.get("k");
    assertThat(refreshed.tags()).containsExactly("t");
    caches.invalidateTag("t");
    assertThat(cache.get("k").value()).isNotEqualTo(refreshed.value());
  }

  @ParameterizedTest
  @MethodSource("ways")
  void loadOfManyKeysThatBeganBeforeIsNotKept(How how) {
    AtomicInteger calls = new AtomicInteger();
    AtomicReference<LayeredCache<String, String>> holder = new AtomicReference<>();
    LayeredCache<String, String> cache =
        caches
            .cache("many", String.class)
            .key((String k) -> k)
            .bulkLoaderWith(
                (Set<String> keys, BulkLoad<String, String> each) -> {
                  Map<String, String> values = new LinkedHashMap<>();
                  int call = calls.incrementAndGet();
                  for (String key : keys) {
                    each.of(key).tag("t");
                    values.put(key, key + call);
                  }
                  if (call == 1) {
                    how.invalidate(caches, holder.get());
                  }
                  return values;
                })
            .build();
    holder.set(cache);
    assertThat(cache.getAll(List.of("k")).get("k").value()).isEqualTo("k1");
    Cached<String> again = cache.getAll(List.of("k")).get("k");
    assertThat(again.value()).isEqualTo("k2");
    assertThat(again.tags()).containsExactly("t");
    assertThat(cache.getAll(List.of("k")).get("k").source()).isEqualTo(Source.MEMORY);
  }

  @Test
  void confirmedValueKeepsItsTags() {
    LayeredCache<String, String> cache = cache(p -> p.serveStaleOnError(ofHours(1)));
    cache.get("k", load -> load.tag("x", "y").etag("1").freshFor(ofMillis(1)).absent(ofMillis(1)));
    ticker.advance(ofSeconds(1));
    cache.get(
        "k",
        load -> {
          load.tag("x", "y").etag("1");
          return "v";
        });
    ticker.advance(ofSeconds(11));
    assertThat(cache.get("k", Load::notModified).tags()).containsExactly("x", "y");
    ticker.advance(ofSeconds(11));
    assertThat(cache.get("k", load -> load.tag("z").notModified()).tags()).containsExactly("z");
    ticker.advance(ofSeconds(11));
    caches.invalidateTag("z");
    assertThat(cache.get("k", load -> "previous: " + load.previous().isPresent()).value())
        .isEqualTo("previous: false");
  }

  @Test
  void readersOfBeforeGetTheLoadOfBeforeAndOthersDoNot() throws Exception {
    LayeredCache<String, String> cache = cache(p -> p.serveStaleFor(ofSeconds(5)));
    SlowLoad slow = new SlowLoad(cache, "k", () -> "old");
    cache.clear();
    assertThat(cache.getAll(List.of("k")).get("k").value()).isEqualTo("v1");
    assertThat(slow.finish().value()).isEqualTo("old");
    assertThat(cache.get("k").value()).isEqualTo("v1");
  }

  private LayeredCache<String, String> cache(Consumer<CachePolicy> policy) {
    return caches
        .cache("row", String.class)
        .key((String k) -> k)
        .policy(policy)
        .loaderWith(
            (key, load) -> {
              if (down) {
                throw new IllegalStateException("down");
              }
              load.tag("t");
              return "v" + loads.incrementAndGet();
            })
        .build();
  }

  /** A way to invalidate. */
  @FunctionalInterface
  interface How {
    Invalidation invalidate(CacheManager caches, LayeredCache<String, String> cache);
  }
}
