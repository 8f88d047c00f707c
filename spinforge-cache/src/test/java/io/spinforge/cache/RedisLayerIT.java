package io.spinforge.cache;

import static io.spinforge.cache.Caches.layer;
import static io.spinforge.cache.Caches.onRedis;
import static io.spinforge.cache.Caches.peer;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lettuce.core.SetArgs;
import io.spinforge.cache.Caches.Database;
import io.spinforge.cache.Caches.Peer;
import io.spinforge.cache.codec.Codec;
import io.spinforge.testkit.ManualTicker;
import io.spinforge.testkit.RedisServer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One node and its Redis: what lies there, what it costs, and what foreign bytes do. */
class RedisLayerIT {
  private static RedisServer redis;

  private final Database database = new Database();

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
  void memoryAsksRedisAgainAfterItsTimeToLive() {
    ManualTicker ticker = new ManualTicker();
    // Staleness is measured with the same ticker: longer than the steps of this test.
    RedisLayer patient = RedisLayer.of(redis.uri()).partitions(4).maxStaleness(ofSeconds(3600));
    try (Peer peer =
        peer(CacheManager.builder().name("test").ticker(ticker).redis(patient), database)) {
      peer.cache().get("k");
      ticker.advance(ofSeconds(60).minusNanos(1));
      assertThat(peer.cache().get("k").source()).isEqualTo(Source.MEMORY);
      ticker.advance(ofSeconds(1));
      assertThat(peer.cache().get("k").source()).isEqualTo(Source.REDIS);
      assertThat(ttlOf("*v:row:k")).isBetween(200_000L, 300_000L);
    }
  }

  @Test
  void serversClockEndsTheFreshness() {
    try (Peer a = peer(layer(redis.uri()), database);
        Peer b = peer(layer(redis.uri()), database)) {
      a.cache().get("k");
      String key = onRedis(redis.uri(), c -> c.sync().keys("*v:row:k")).get(0);
      onRedis(redis.uri(), c -> c.sync().pexpire(key, 100_000));
      Cached<String> aged = b.cache().get("k");
      assertThat(aged.age()).isBetween(ofSeconds(200), ofSeconds(220));
      assertThat(aged.freshFor()).isEqualTo(ofSeconds(300));
    }
  }

  @Test
  void absenceIsCachedInRedisToo() {
    try (Peer a = peer(layer(redis.uri()), database);
        Peer b = peer(layer(redis.uri()), database)) {
      a.cache().get("k", load -> load.absent(ofSeconds(30)));
      Cached<String> absent = b.cache().get("k");
      assertThat(absent.state()).isEqualTo(State.NEGATIVE);
      assertThat(absent.source()).isEqualTo(Source.REDIS);
      assertThat(absent.value()).isNull();
    }
  }

  @Test
  void valueThatIsNotToBeCachedLeavesNeitherEntryNorLease() {
    try (Peer peer = peer(layer(redis.uri()), database)) {
      peer.cache().get("k", load -> load.doNotCache("once"));
      await()
          .atMost(ofSeconds(10))
          .until(() -> onRedis(redis.uri(), c -> c.sync().keys("*row:k")).isEmpty());
    }
  }

  @Test
  void failedLoadGivesItsLeaseBack() {
    try (Peer peer = peer(layer(redis.uri()), database)) {
      assertThatThrownBy(
              () ->
                  peer.cache()
                      .get(
                          "k",
                          load -> {
                            throw new IllegalStateException("db down");
                          }))
          .isInstanceOf(LoadFailedException.class);
      assertThat(peer.cache().get("k").source()).isEqualTo(Source.FRESH);
      assertThat(peer.cache().stats().refusedFills()).isZero();
    }
  }

  @Test
  void foreignAndCorruptBytesAreCountedMissesAndReplaced() {
    try (Peer peer = peer(layer(redis.uri()), database);
        Peer other = peer(layer(redis.uri()), database)) {
      List<String> foreign = List.of("", "x", "not an entry of this cache at all", "\u0000");
      for (int i = 0; i < foreign.size(); i++) {
        String key = "k" + i;
        peer.cache().put(key, "good");
        String redisKey = onRedis(redis.uri(), c -> c.sync().keys("*v:row:" + key)).get(0);
        String bytes = foreign.get(i);
        onRedis(redis.uri(), c -> c.sync().set(redisKey, bytes, SetArgs.Builder.px(60_000)));
        assertThat(other.cache().get(key).source()).isEqualTo(Source.FRESH);
        assertThat(other.cache().peek(key).orElseThrow().value()).isEqualTo("none");
      }
      long undecodable = other.cache().stats().undecodable();
      assertThat(undecodable).isBetween(1L, (long) foreign.size());
    }
  }

  @Test
  void keyOfAnotherTypeIsReplaced() {
    try (Peer peer = peer(layer(redis.uri()), database)) {
      peer.cache().put("k", "good");
      String redisKey = onRedis(redis.uri(), c -> c.sync().keys("*v:row:k")).get(0);
      peer.cache().invalidate("k");
      onRedis(redis.uri(), c -> c.sync().lpush(redisKey, "a", "list"));
      assertThat(peer.cache().get("k").source()).isEqualTo(Source.FRESH);
      String type = onRedis(redis.uri(), c -> c.sync().type(redisKey));
      assertThat(type).isEqualTo("string");
      assertThat(peer.caches().health().breaker()).isEqualTo(Health.Breaker.CLOSED);
    }
  }

  @Test
  void entryOfAnotherCodecIsACountedMiss() {
    try (Peer peer = peer(layer(redis.uri()), database);
        CacheManager caches =
            CacheManager.builder().name("test").redis(layer(redis.uri())).build()) {
      peer.cache().get("k");
      LayeredCache<String, String> latin =
          caches
              .cache("row", String.class)
              .key((String k) -> k)
              .codec(new Latin1())
              .loader(database::find)
              .build();
      assertThat(latin.get("k").source()).isEqualTo(Source.FRESH);
      assertThat(latin.stats().undecodable()).isEqualTo(1);
    }
  }

  @Test
  void jsonOfAnotherSchemaVersionOrShapeIsACountedMiss() {
    ObjectMapper mapper = new ObjectMapper();
    TypeReference<List<Integer>> lists = new TypeReference<>() {};
    TypeReference<Map<String, Integer>> maps = new TypeReference<>() {};
    try (CacheManager a = CacheManager.builder().name("test").redis(layer(redis.uri())).build();
        CacheManager b = CacheManager.builder().name("test").redis(layer(redis.uri())).build();
        CacheManager c = CacheManager.builder().name("test").redis(layer(redis.uri())).build()) {
      LayeredCache<String, List<Integer>> one =
          a.cache("n", Codec.json(mapper, lists))
              .key((String k) -> k)
              .loader(k -> List.of(1))
              .build();
      LayeredCache<String, List<Integer>> same =
          b.cache("n", Codec.json(mapper, lists)).key((String k) -> k).build();
      LayeredCache<String, List<Integer>> next =
          c.cache("n", Codec.json(mapper, lists).schema(2))
              .key((String k) -> k)
              .loader(k -> List.of(2))
              .build();
      one.get("k");
      assertThat(same.peek("k").orElseThrow().value()).containsExactly(1);
      assertThat(next.get("k").value()).containsExactly(2);
      assertThat(next.stats().undecodable()).isEqualTo(1);
      one.put("l", List.of(3));
      try (CacheManager d = CacheManager.builder().name("test").redis(layer(redis.uri())).build()) {
        LayeredCache<String, Map<String, Integer>> other =
            d.cache("n", Codec.json(mapper, maps)).key((String k) -> k).build();
        assertThat(other.get("l", load -> Map.of("x", 1)).value()).containsEntry("x", 1);
        assertThat(other.stats().undecodable()).isEqualTo(1);
      }
    }
  }

  @Test
  void valueThatTheCodecCannotWriteIsServedAndNotKept() {
    try (Peer peer = peer(layer(redis.uri()), database)) {
      assertThat(peer.cache().get("k", load -> "\ud800").source()).isEqualTo(Source.FRESH);
      assertThat(peer.cache().get("k").value()).isEqualTo("none");
      assertThat(peer.cache().stats().codecFailures()).isEqualTo(1);
    }
  }

  @Test
  void largeValueIsCompressedInRedis() {
    try (Peer a = peer(layer(redis.uri()), database);
        Peer b = peer(layer(redis.uri()), database)) {
      String large = "spinforge ".repeat(10_000);
      a.cache().put("k", large);
      String key = onRedis(redis.uri(), c -> c.sync().keys("*v:row:k")).get(0);
      long length = onRedis(redis.uri(), c -> c.sync().strlen(key));
      assertThat(length).isLessThan(2000);
      assertThat(b.cache().get("k").value()).isEqualTo(large);
    }
  }

  @Test
  void roundTripsAreOneForAHitTwoForAMissOneForAnInvalidationNoneForMemory() {
    try (Peer peer = peer(layer(redis.uri()), database);
        Peer other = peer(layer(redis.uri()), database)) {
      peer.cache().get("warm");
      assertThat(requestsOf(peer, () -> peer.cache().get("k"))).isEqualTo(2);
      assertThat(requestsOf(peer, () -> peer.cache().get("k"))).isZero();
      assertThat(requestsOf(other, () -> other.cache().get("k"))).isEqualTo(1);
      assertThat(requestsOf(peer, () -> peer.cache().invalidate("k"))).isEqualTo(1);
      assertThat(requestsOf(peer, () -> peer.cache().put("k", "v"))).isEqualTo(1);
    }
  }

  @Test
  void loadSendsNoMessageToTheOtherNodes() {
    try (Peer peer = peer(layer(redis.uri()), database)) {
      peer.cache().get("warm");
      long before = commands("xadd");
      for (int i = 0; i < 20; i++) {
        peer.cache().get("k" + i);
      }
      assertThat(commands("xadd")).isEqualTo(before);
    }
  }

  @Test
  void fiftyThreadsOnTwoNodesLoadAColdKeyOnce() throws Exception {
    try (Peer a = peer(layer(redis.uri()).leaseTimeToLive(ofSeconds(60)), database);
        Peer b = peer(layer(redis.uri()).leaseTimeToLive(ofSeconds(60)), database)) {
      ExecutorService pool = Executors.newFixedThreadPool(50);
      CountDownLatch go = new CountDownLatch(1);
      try {
        List<Future<Cached<String>>> reads = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
          Peer peer = i % 2 == 0 ? a : b;
          reads.add(
              pool.submit(
                  () ->
                      peer.cache()
                          .get(
                              "k",
                              load -> {
                                go.await();
                                return database.find("k");
                              })));
        }
        await()
            .atMost(ofSeconds(20))
            .until(() -> a.cache().stats().coalesced() + b.cache().stats().coalesced() == 48);
        go.countDown();
        for (Future<Cached<String>> read : reads) {
          assertThat(read.get(30, TimeUnit.SECONDS).value()).isEqualTo("none");
        }
        assertThat(database.loads).hasValue(1);
      } finally {
        pool.shutdownNow();
      }
    }
  }

  @Test
  void slowLoadLosesItsLeaseAndIsServedButNotCached() {
    try (Peer peer =
        peer(layer(redis.uri()).leaseTimeToLive(java.time.Duration.ofMillis(10)), database)) {
      Cached<String> slow =
          peer.cache()
              .get(
                  "k",
                  load -> {
                    await()
                        .atMost(ofSeconds(10))
                        .until(
                            () -> onRedis(redis.uri(), c -> c.sync().keys("*l:row:k")).isEmpty());
                    return "slow";
                  });
      assertThat(slow.value()).isEqualTo("slow");
      assertThat(peer.cache().stats().refusedFills()).isEqualTo(1);
      assertThat(peer.cache().peek("k")).isEmpty();
    }
  }

  @Test
  void invalidationLagIsMeasuredAndTold() {
    List<java.time.Duration> lags = new java.util.concurrent.CopyOnWriteArrayList<>();
    CacheListener listener =
        new CacheListener() {
          @Override
          public void onInvalidationLag(java.time.Duration lag) {
            lags.add(lag);
          }
        };
    try (Peer peer =
        peer(
            CacheManager.builder().name("test").listener(listener).redis(layer(redis.uri())),
            database)) {
      peer.cache().invalidate("k");
      await().atMost(ofSeconds(10)).until(() -> !lags.isEmpty());
      assertThat(peer.caches().stats().redis().get().lag()).isEqualTo(lags.get(0));
    }
  }

  @Test
  void nodesMustAgreeOnTheNumberOfPartitions() {
    try (Peer peer = peer(layer(redis.uri()), database)) {
      assertThatThrownBy(() -> peer(RedisLayer.of(redis.uri()).partitions(8), database))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("partitions: 8 (expected: 4, which the nodes before used;");
      assertThat(peer.caches().health().state()).isEqualTo(Health.State.LIVE);
    }
  }

  @Test
  void cacheOverRedisNeedsACodec() {
    try (CacheManager caches =
        CacheManager.builder().name("test").redis(layer(redis.uri())).build()) {
      assertThatThrownBy(() -> caches.cache("n", Integer.class).key((String k) -> k).build())
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("cache n: codec: none (expected: one, for the Redis layer)");
    }
  }

  private static long requestsOf(Peer peer, Runnable work) {
    long before = peer.caches().stats().redis().get().requests();
    work.run();
    return peer.caches().stats().redis().get().requests() - before;
  }

  private static long commands(String name) {
    String stats = onRedis(redis.uri(), c -> c.sync().info("commandstats"));
    Matcher calls = Pattern.compile("cmdstat_" + name + ":calls=(\\d+)").matcher(stats);
    return calls.find() ? Long.parseLong(calls.group(1)) : 0;
  }

  private static long ttlOf(String pattern) {
    return onRedis(redis.uri(), c -> c.sync().pttl(c.sync().keys(pattern).get(0)));
  }

  private static final class Latin1 implements Codec<String> {
    @Override
    public int id() {
      return 100;
    }

    @Override
    public byte[] encode(String value) {
      return value.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public String decode(byte[] bytes) {
      return new String(bytes, StandardCharsets.ISO_8859_1);
    }
  }
}
