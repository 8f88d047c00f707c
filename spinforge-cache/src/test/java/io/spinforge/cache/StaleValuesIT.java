package io.spinforge.cache;

import static io.spinforge.cache.Caches.layer;
import static io.spinforge.cache.Caches.onRedis;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.spinforge.cache.Caches.Peer;
import io.spinforge.cache.Caches.SlowLoad;
import io.spinforge.testkit.FaultProxy;
import io.spinforge.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Stale values over Redis: what lies there, one refresh in the cluster, and invalidations. */
class StaleValuesIT {
  private static RedisServer redis;

  private final AtomicInteger loads = new AtomicInteger();
  private final AtomicInteger version = new AtomicInteger(1);
  private volatile boolean down;
  private volatile CountDownLatch gate = new CountDownLatch(0);

  @BeforeAll
  static void startRedis() {
    redis = RedisServer.start();
  }

  @AfterAll
  static void stopRedis() {
    redis.close();
  }

  @BeforeEach
  void flush() {
    onRedis(redis.uri(), c -> c.sync().flushall());
  }

  @Test
  void redisKeepsAValueForAllItsLifetimes() {
    try (Peer peer =
        peer(
            p ->
                p.freshFor(ofSeconds(10))
                    .serveStaleFor(ofSeconds(20))
                    .serveStaleOnError(ofSeconds(30)))) {
      peer.cache().get("k");
      assertThat(ttl()).isBetween(55_000L, 60_000L);
      peer.cache().put("k", "v");
      assertThat(ttl()).isBetween(55_000L, 60_000L);
      peer.cache().get("absent", load -> load.absent(ofSeconds(5)));
      long absent = onRedis(redis.uri(), c -> c.sync().pttl(c.sync().keys("*v:row:absent").get(0)));
      assertThat(absent).isLessThanOrEqualTo(5000);
    }
  }

  @Test
  void coldNodeServesTheStaleValueOfRedisAndRefreshesIt() {
    Consumer<CachePolicy> policy = p -> p.freshFor(ofSeconds(10)).serveStaleFor(ofSeconds(20));
    try (Peer warm = peer(policy);
        Peer cold = peer(policy)) {
      warm.cache().get("k");
      age(ofSeconds(15), ofSeconds(30));
      version.set(2);
      Cached<String> stale = cold.cache().get("k");
      assertThat(stale.value()).isEqualTo("1");
      assertThat(stale.state()).isEqualTo(State.STALE_REVALIDATING);
      assertThat(stale.source()).isEqualTo(Source.REDIS);
      await().untilAsserted(() -> assertThat(cold.cache().get("k").value()).isEqualTo("2"));
      assertThat(loads).hasValue(2);
      assertThat(cold.cache().stats().refreshes()).isEqualTo(1);
    }
  }

  @Test
  void coldNodeServesTheLastValueOfRedisIfTheLoadFails() {
    Consumer<CachePolicy> policy =
        p -> p.freshFor(ofSeconds(10)).serveStaleOnError(ofSeconds(50), ofSeconds(30));
    try (Peer warm = peer(policy);
        Peer cold = peer(policy)) {
      warm.cache().get("k");
      age(ofSeconds(40), ofSeconds(60));
      down = true;
      for (int i = 0; i < 3; i++) {
        Cached<String> last = cold.cache().get("k");
        assertThat(last.value()).isEqualTo("1");
        assertThat(last.state()).isEqualTo(State.STALE_ON_ERROR);
        assertThat(last.age()).isBetween(ofSeconds(40), ofSeconds(59));
      }
      assertThat(loads).hasValue(2);
      warm.cache().invalidate("k");
      await()
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> cold.cache().get("k"))
                      .isInstanceOf(LoadFailedException.class));
    }
  }

  @Test
  void revalidationExtendsTheEntryInRedisWithItsTag() {
    Consumer<CachePolicy> policy = p -> p.freshFor(ofSeconds(10)).serveStaleOnError(ofSeconds(50));
    try (Peer warm = peer(policy);
        Peer cold = peer(policy);
        Peer third = peer(policy)) {
      warm.cache().get("k", load -> load.etag("\"1\"") == load ? "v" : "");
      age(ofSeconds(40), ofSeconds(60));
      Cached<String> again = cold.cache().get("k", Load::notModified);
      assertThat(again.value()).isEqualTo("v");
      assertThat(again.source()).isEqualTo(Source.FRESH);
      assertThat(ttl()).isBetween(55_000L, 60_000L);
      Cached<String> read = third.cache().get("k");
      assertThat(read.etag()).isEqualTo("\"1\"");
      assertThat(read.state()).isEqualTo(State.FRESH);
      assertThat(read.source()).isEqualTo(Source.REDIS);
    }
  }

  @Test
  void nodeWithoutMemoryServesTheLastValueOfRedisToo() {
    Consumer<CachePolicy> policy = p -> p.freshFor(ofSeconds(10)).serveStaleOnError(ofSeconds(50));
    try (Peer bare = peer(CacheManager.builder().memory(m -> m.maximumEntries(0)), policy)) {
      bare.cache().get("k");
      age(ofSeconds(40), ofSeconds(60));
      down = true;
      assertThat(bare.cache().get("k").state()).isEqualTo(State.STALE_ON_ERROR);
    }
  }

  @Test
  void lastValueIsServedWhileRedisIsAwayToo() throws Exception {
    try (RedisServer own = RedisServer.start();
        Peer peer =
            peer(
                CacheManager.builder(),
                own,
                p -> p.freshFor(ofMillis(50)).serveStaleOnError(ofHours(1)))) {
      peer.cache().get("k");
      own.stop();
      down = true;
      await()
          .untilAsserted(
              () -> assertThat(peer.cache().get("k").state()).isEqualTo(State.STALE_ON_ERROR));
      // Unproven for longer than maxStaleness, it may have been invalidated: not served any more.
      await()
          .atMost(ofSeconds(20))
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> peer.cache().get("k"))
                      .isInstanceOf(LoadFailedException.class));
    }
  }

  @Test
  void oneNodeRefreshesAheadAndTheOthersKeepWhatTheyHave() throws Exception {
    Consumer<CachePolicy> policy =
        p -> p.freshFor(ofSeconds(100)).refreshAhead(RefreshAhead.at(0.5));
    try (Peer a = peer(policy);
        Peer b = peer(policy)) {
      a.cache().get("k");
      age(ofSeconds(60), ofSeconds(100));
      a.cache().invalidate("other");
      try (Peer c = peer(policy)) {
        gate = new CountDownLatch(1);
        b.cache().get("k"); // from Redis, past its half
        c.cache().get("k");
        b.cache().get("k"); // start refreshes
        c.cache().get("k");
        await().until(() -> loads.get() == 2);
        for (int i = 0; i < 50; i++) {
          assertThat(b.cache().get("k").value()).isEqualTo("1");
          assertThat(c.cache().get("k").value()).isEqualTo("1");
        }
        version.set(2);
        gate.countDown();
        await()
            .untilAsserted(
                () -> {
                  assertThat(b.cache().get("k").value()).isEqualTo(c.cache().get("k").value());
                  assertThat(b.cache().get("k").age()).isLessThan(ofSeconds(30));
                  assertThat(c.cache().get("k").age()).isLessThan(ofSeconds(30));
                });
        assertThat(loads).hasValue(2);
      }
    }
  }

  @Test
  void invalidationOnAnotherNodeDuringAFailingLoadTakesTheLastValueAway() throws Exception {
    Consumer<CachePolicy> policy = p -> p.freshFor(ofMillis(20)).serveStaleOnError(ofHours(1));
    try (Peer a = peer(policy);
        Peer b = peer(policy)) {
      a.cache().get("k");
      await().until(() -> a.cache().peek("k").isEmpty());
      SlowLoad slow = new SlowLoad(a.cache(), "k", () -> null);
      b.cache().invalidate("k");
      await().until(() -> a.cache().stats().remoteInvalidations() > 0);
      assertThatThrownBy(slow::finish).hasRootCauseInstanceOf(NullPointerException.class);
    }
  }

  /** A refresh under way may answer with what memory has, for as long as that is proven. */
  @Test
  void refreshOfANodeThatIsCutOffAnswersNobodyWhoCameAfterAllOthersHeard() throws Exception {
    Consumer<CachePolicy> policy = p -> p.freshFor(ofMillis(50)).serveStaleFor(ofHours(1));
    try (FaultProxy proxy = FaultProxy.to(redis.port());
        Peer near = peer(CacheManager.builder(), patient(redis.port()), policy);
        Peer far = peer(CacheManager.builder(), patient(proxy.port()), policy)) {
      far.cache().get("k");
      near.cache().get("k");
      await().until(() -> far.cache().peek("k").isEmpty());
      proxy.delay(ofMillis(1500));
      version.set(2);
      Invalidation invalidation = near.cache().invalidate("k");
      CountDownLatch loading = new CountDownLatch(1);
      gate = loading;
      CompletableFuture<Cached<String>> load = Caches.inThread(() -> near.cache().get("k"));
      await().until(() -> loads.get() == 2);
      gate = new CountDownLatch(0);
      far.cache().get("k"); // begins a refresh, which hears late that another node loads
      assertThat(invalidation.await(Reach.ALL_NODES, ofSeconds(20))).isTrue();
      assertThat(far.cache().get("k").value()).isEqualTo("2");
      proxy.delay(Duration.ZERO);
      loading.countDown();
      assertThat(load.get(20, TimeUnit.SECONDS).value()).isEqualTo("2");
    }
  }

  /** Every read that starts after an invalidation on its node sees that version or a newer one. */
  @Test
  void staleReadsRespectInvalidationsWhileLoadsFail() throws Exception {
    Consumer<CachePolicy> policy =
        p ->
            p.freshFor(ofMillis(15))
                .serveStaleFor(ofMillis(20))
                .serveStaleOnError(ofSeconds(60), ofMillis(10))
                .refreshAhead(RefreshAhead.at(0.6));
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger respected = new AtomicInteger(1);
    try (Peer a = peer(policy);
        Peer b = peer(policy)) {
      List<CompletableFuture<Long>> readers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        readers.add(
            Caches.inThread(
                () -> {
                  long stale = 0;
                  while (!stop.get()) {
                    int oldest = respected.get();
                    stale += readAtLeast(a, oldest);
                  }
                  return stale;
                }));
      }
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
      while (System.nanoTime() < end) {
        int next = version.incrementAndGet();
        a.cache().invalidate("k");
        respected.set(next);
        readAtLeast(b, 0); // another node loads and refreshes too
      }
      stop.set(true);
      long stale = 0;
      for (CompletableFuture<Long> reader : readers) {
        stale += reader.get(20, TimeUnit.SECONDS);
      }
      assertThat(stale + a.cache().stats().refreshes()).isPositive();
    }
  }

  private long readAtLeast(Peer peer, int oldest) {
    try {
      Cached<String> read =
          peer.cache()
              .get(
                  "k",
                  load -> {
                    String now = Integer.toString(version.get());
                    if (ThreadLocalRandom.current().nextInt(3) > 0) {
                      throw new IllegalStateException("down");
                    }
                    return now;
                  });
      assertThat(Integer.parseInt(read.value())).isGreaterThanOrEqualTo(oldest);
      return read.state() == State.FRESH ? 0 : 1;
    } catch (LoadFailedException e) {
      return 0;
    }
  }

  /** Makes the entry as old as it would be, by what is left of all it is kept for. */
  private static void age(Duration age, Duration total) {
    onRedis(
        redis.uri(),
        c -> c.sync().pexpire(c.sync().keys("*v:row:k").get(0), total.minus(age).toMillis()));
  }

  private static long ttl() {
    return onRedis(redis.uri(), c -> c.sync().pttl(c.sync().keys("*v:row:k").get(0)));
  }

  /** A node that hears late rather than not at all. */
  private static RedisLayer patient(int port) {
    return RedisLayer.of("redis://127.0.0.1:" + port)
        .partitions(4)
        .commandTimeout(ofSeconds(5))
        .maxStaleness(ofSeconds(1));
  }

  private Peer peer(Consumer<CachePolicy> policy) {
    return peer(CacheManager.builder(), policy);
  }

  private Peer peer(CacheManager.Builder builder, Consumer<CachePolicy> policy) {
    return peer(builder, redis, policy);
  }

  private Peer peer(
      CacheManager.Builder builder, RedisServer server, Consumer<CachePolicy> policy) {
    return peer(builder, layer(server.uri()), policy);
  }

  private Peer peer(CacheManager.Builder builder, RedisLayer layer, Consumer<CachePolicy> policy) {
    CacheManager caches = builder.name("test").redis(layer).defaults(p -> p.jitter(0)).build();
    LayeredCache<String, String> cache =
        caches
            .cache("row", String.class)
            .key((String k) -> k)
            .policy(policy)
            .loader(this::load)
            .build();
    return new Peer(caches, cache, new Caches.Database());
  }

  private String load(String key) throws InterruptedException {
    loads.incrementAndGet();
    String read = Integer.toString(version.get());
    gate.await();
    if (down) {
      throw new IllegalStateException("down");
    }
    return read;
  }
}
