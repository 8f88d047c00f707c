package io.spinforge.cache;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.spinforge.testkit.RedisServer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lifetimes, refreshes and reads of many keys beside tags, over a real Redis and two nodes. */
class TagLifetimesIT {
  private final List<AutoCloseable> open = new ArrayList<>();
  private final AtomicInteger version = new AtomicInteger();
  private final AtomicInteger bulkLoads = new AtomicInteger();
  private RedisServer redis;
  private volatile boolean down;
  private CompletableFuture<Cached<String>> reading = new CompletableFuture<>();

  @BeforeEach
  void start() throws Exception {
    redis = RedisServer.start();
    open.add(redis);
  }

  @AfterEach
  void close() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  @Test
  void coldNodeServesNoStaleValueOfRedisWhoseTagWasInvalidated() {
    Node one = node(p -> p.freshFor(ofMillis(50)).serveStaleFor(ofMinutes(1)));
    Node two = node(p -> p.freshFor(ofMillis(50)).serveStaleFor(ofMinutes(1)));
    one.cache.get("k");
    await().until(() -> one.cache.get("k").state() == State.STALE_REVALIDATING);
    down = true; // so that no refresh replaces it
    one.caches.invalidateTag("t");
    await()
        .atMost(ofSeconds(5))
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> two.cache.get("k"))
                    .isInstanceOf(LoadFailedException.class));
    assertThatThrownBy(() -> two.cache.getAll(List.of("k")))
        .isInstanceOf(LoadFailedException.class);
  }

  @Test
  void tagInvalidatedOnAnotherNodeDuringAFailingLoadTakesTheLastValueAway() throws Exception {
    Node one = node(p -> p.freshFor(ofMillis(50)).serveStaleOnError(ofMinutes(1)));
    Node two = node(p -> p.freshFor(ofMillis(50)).serveStaleOnError(ofMinutes(1)));
    one.cache.get("k");
    down = true;
    await().until(() -> one.cache.get("k").state() == State.STALE_ON_ERROR);
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    await().until(() -> !began.await(0, TimeUnit.SECONDS) && fails(one, began, go));
    CompletableFuture<Cached<String>> read = reading;
    two.caches.invalidateTag("t");
    await().atMost(ofSeconds(5)).until(() -> one.cache.stats().remoteInvalidations() > 0);
    go.countDown();
    assertThatThrownBy(() -> read.get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(LoadFailedException.class);
  }

  /** Begins a read whose load fails when it is told to; false while the throttle answers it. */
  private boolean fails(Node one, CountDownLatch began, CountDownLatch go) throws Exception {
    reading =
        Caches.inThread(
            () ->
                one.cache.get(
                    "k",
                    load -> {
                      began.countDown();
                      go.await();
                      throw new IllegalStateException("down");
                    }));
    return began.await(200, TimeUnit.MILLISECONDS);
  }

  @Test
  void manyKeysOfRedisWhoseTagWasInvalidatedAreLoadedAnewInOneCall() {
    Node one = node(p -> p.freshFor(ofMinutes(1)));
    List<String> keys = IntStream.range(0, 50).mapToObj(i -> "k" + i).toList();
    one.cache.getAll(keys);
    assertThat(bulkLoads).hasValue(1);
    one.caches.invalidateTag("t");
    Node two = node(p -> p.freshFor(ofMinutes(1)));
    version.set(7);
    Map<String, Cached<String>> read = two.cache.getAll(keys);
    assertThat(read.values()).allMatch(cached -> "7".equals(cached.value()));
    assertThat(bulkLoads).hasValue(2);
    Map<String, Cached<String>> there = one.cache.getAll(keys);
    assertThat(there.values()).allMatch(cached -> "7".equals(cached.value()));
    assertThat(there.values()).allMatch(cached -> cached.tags().equals(List.of("t")));
    assertThat(bulkLoads).hasValue(2);
  }

  @Test
  void refreshAheadThatBeganBeforeATagIsBelievedByNobody() throws Exception {
    Node one = node(p -> p.freshFor(ofMinutes(1)).refreshAhead(RefreshAhead.at(0.0001)));
    Node two = node(p -> p.freshFor(ofMinutes(1)));
    one.cache.get("k");
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    await()
        .until(
            () -> {
              one.cache.get(
                  "k",
                  load -> {
                    load.tag("t");
                    began.countDown();
                    go.await();
                    return "of before";
                  });
              return began.getCount() == 0;
            });
    two.caches.invalidateTag("t");
    version.set(9);
    go.countDown();
    assertThat(two.cache.get("k").value()).isEqualTo("9");
    await().atMost(ofSeconds(5)).until(() -> "9".equals(one.cache.get("k").value()));
    Node three = node(p -> p.freshFor(ofMinutes(1)));
    assertThat(three.cache.get("k").value()).isEqualTo("9");
  }

  private Node node(Consumer<CachePolicy> policy) {
    CacheManager caches =
        CacheManager.builder()
            .name("test")
            .redis(Caches.layer(redis.uri()))
            .defaults(p -> p.jitter(0))
            .build();
    open.add(caches);
    LayeredCache<String, String> cache =
        caches
            .cache("row", String.class)
            .key((String k) -> k)
            .policy(policy)
            .loaderWith((key, load) -> load(load))
            .bulkLoaderWith(this::loadAll)
            .build();
    return new Node(caches, cache);
  }

  private Map<String, String> loadAll(Set<String> keys, BulkLoad<String, String> loads) {
    bulkLoads.incrementAndGet();
    Map<String, String> values = new LinkedHashMap<>();
    keys.forEach(key -> values.put(key, load(loads.of(key))));
    return values;
  }

  private String load(Load<String> load) {
    if (down) {
      throw new IllegalStateException("down");
    }
    load.tag("t");
    return Integer.toString(version.get());
  }

  /** One node. */
  private record Node(CacheManager caches, LayeredCache<String, String> cache) {}
}
