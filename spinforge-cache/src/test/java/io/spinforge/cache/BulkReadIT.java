package io.spinforge.cache;

import static io.spinforge.cache.Caches.layer;
import static io.spinforge.cache.Caches.onRedis;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisURI;
import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.RedisClusterClient;
import io.spinforge.cache.Caches.SlowLoad;
import io.spinforge.testkit.RedisCluster;
import io.spinforge.testkit.RedisServer;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reads and invalidations of many keys over Redis: what they cost, and that they keep leases. */
class BulkReadIT {
  private final List<Set<String>> calls = new CopyOnWriteArrayList<>();
  private volatile boolean down;
  private RedisServer redis;

  @BeforeEach
  void start() {
    redis = RedisServer.start();
  }

  @AfterEach
  void stop() {
    redis.close();
  }

  @Test
  void thousandKeysAreOneCommandToReadOneToFillAndOneCallOfTheLoader() {
    List<String> keys = keys(1000);
    try (Node a = node(layer(redis.uri()), p -> {});
        Node b = node(layer(redis.uri()), p -> {})) {
      a.cache.getAll(List.of("warm")); // the server learns the scripts
      Cost cost = new Cost(a, redis.uri());
      Map<String, Cached<String>> read = a.cache.getAll(keys);
      cost.is(2);
      assertThat(read.keySet()).containsExactlyElementsOf(keys);
      assertThat(calls).hasSize(2).last().isEqualTo(new HashSet<>(keys));

      cost = new Cost(b, redis.uri());
      assertThat(b.cache.getAll(keys).values()).allMatch(c -> c.source() == Source.REDIS);
      cost.is(1);
      assertThat(b.cache.getAll(keys).values()).allMatch(c -> c.source() == Source.MEMORY);
      assertThat(calls).hasSize(2);

      cost = new Cost(a, redis.uri());
      assertThat(a.cache.invalidateAll(keys)).isEqualTo(new Invalidation(1000, Reach.REDIS));
      cost.is(4); // a command for each partition, all of them in one trip
      await().until(() -> b.cache.stats().remoteInvalidations() >= 1000);
      b.cache.getAll(keys);
      assertThat(calls).hasSize(3);
    }
  }

  @Test
  void clusterIsAskedOncePerPartitionAndNotPerKey() {
    try (RedisCluster cluster = RedisCluster.start()) {
      List<RedisURI> seeds = cluster.uris().stream().map(RedisURI::create).toList();
      RedisClusterClient client = RedisClusterClient.create(seeds);
      try (Node a = node(RedisLayer.of(client).commandTimeout(ofSeconds(1)), p -> {});
          Node b = node(RedisLayer.of(client).commandTimeout(ofSeconds(1)), p -> {})) {
        await().atMost(ofSeconds(20)).until(() -> b.caches.health().state() == Health.State.LIVE);
        List<String> keys = keys(1000);
        a.cache.getAll(keys(64)); // the servers learn the scripts
        a.cache.invalidateAll(keys(64));
        String[] uris = cluster.uris().toArray(String[]::new);
        Cost cost = new Cost(a, uris);
        assertThat(a.cache.getAll(keys)).hasSize(1000);
        cost.is(2 * 16); // lease and fill for each partition, each in one trip
        assertThat(calls).hasSize(2);
        cost = new Cost(b, uris);
        assertThat(b.cache.getAll(keys).values()).allMatch(c -> c.source() == Source.REDIS);
        cost.is(16);
        a.cache.invalidateAll(keys);
        await()
            .atMost(ofSeconds(20))
            .until(() -> keys.stream().noneMatch(k -> b.cache.peek(k).isPresent()));
      } finally {
        client.shutdown(Duration.ZERO, ofSeconds(2));
      }
    }
  }

  @Test
  void keyThatAnotherNodeLoadsIsWaitedForAndNotLoadedTwice() throws Exception {
    try (Node a = node(layer(redis.uri()), p -> {});
        Node b = node(layer(redis.uri()), p -> {})) {
      SlowLoad slow = new SlowLoad(a.cache, "k1", () -> "slow");
      CompletableFuture<Map<String, Cached<String>>> read =
          Caches.inThread(() -> b.cache.getAll(keys(3)));
      await().until(() -> !calls.isEmpty());
      assertThat(calls).containsExactly(Set.of("k0", "k2"));
      await().until(() -> b.cache.peek("k0").isPresent());
      assertThat(read).isNotDone();
      slow.finish();
      assertThat(read.get(10, TimeUnit.SECONDS).get("k1").value()).isEqualTo("slow");
      assertThat(calls).hasSize(1);
    }
  }

  @Test
  void invalidationOnAnotherNodeDuringABulkLoadIsRespected() throws Exception {
    try (Node a = node(layer(redis.uri()), p -> {});
        Node b = node(layer(redis.uri()), p -> {})) {
      LayeredCache<String, String> invalidating =
          a.caches
              .cache("other", String.class)
              .key((String k) -> k)
              .bulkLoader(
                  (Set<String> keys) -> {
                    b.caches
                        .cache("other", String.class)
                        .key((String k) -> k)
                        .build()
                        .invalidate("k1");
                    return loadAll(keys);
                  })
              .build();
      assertThat(invalidating.getAll(keys(3))).hasSize(3);
      assertThat(invalidating.stats().refusedFills()).isEqualTo(1);
      assertThat(invalidating.peek("k1")).isEmpty();
      assertThat(invalidating.peek("k2")).isPresent();
    }
  }

  @Test
  void failedBulkLoadGivesItsLeasesBackAndExpiredEntriesAreReplacedInOneCall() {
    try (Node a =
        node(
            layer(redis.uri()),
            p -> p.freshFor(ofSeconds(10)).serveStaleOnError(ofHours(1), ofSeconds(1)))) {
      a.cache.getAll(keys(20));
      expire();
      try (Node cold =
          node(
              layer(redis.uri()),
              p -> p.freshFor(ofSeconds(10)).serveStaleOnError(ofHours(1), ofSeconds(1)))) {
        down = true;
        assertThat(cold.cache.getAll(keys(20)).values())
            .allMatch(c -> c.state() == State.STALE_ON_ERROR);
        down = false;
        calls.clear();
        await()
            .untilAsserted(
                () ->
                    assertThat(cold.cache.getAll(keys(20)).values())
                        .allMatch(c -> c.source() != Source.REDIS && c.state() == State.FRESH));
        assertThat(calls).containsExactly(new HashSet<>(keys(20)));
        assertThat(cold.cache.stats().refusedFills()).isZero();
      }
    }
  }

  @Test
  void corruptEntriesAreReplacedInBulkToo() {
    try (Node a = node(layer(redis.uri()), p -> {});
        Node b = node(layer(redis.uri()), p -> {})) {
      a.cache.getAll(keys(3));
      String key = onRedis(redis.uri(), c -> c.sync().keys("*v:row:k1")).get(0);
      onRedis(redis.uri(), c -> c.sync().set(key, "rubbish", SetArgs.Builder.px(60_000)));
      assertThat(b.cache.getAll(keys(3))).hasSize(3);
      assertThat(b.cache.stats().undecodable()).isPositive();
      assertThat(b.cache.peek("k1").orElseThrow().value()).isEqualTo("value of k1");
    }
  }

  @Test
  void bulkReadGoesOnWithoutRedis() {
    try (Node a = node(layer(redis.uri()), p -> {})) {
      redis.stop();
      assertThat(a.cache.getAll(keys(100))).hasSize(100);
      assertThat(calls).hasSize(1);
      assertThat(a.cache.invalidateAll(keys(100)).reach()).isEqualTo(Reach.THIS_NODE);
    }
  }

  /** Lets every entry's freshness end, by what is left of all it is kept for. */
  private void expire() {
    onRedis(
        redis.uri(),
        c -> {
          for (String key : c.sync().keys("*v:row:*")) {
            c.sync().pexpire(key, ofHours(1).minusSeconds(5).toMillis());
          }
          return null;
        });
  }

  private static List<String> keys(int n) {
    return IntStream.range(0, n).mapToObj(i -> "k" + i).toList();
  }

  /** What is sent from now on, as the node and as the servers count it. */
  private static final class Cost {
    private static final Pattern CALLS = Pattern.compile("cmdstat_eval(?:sha)?:calls=(\\d+)");

    private final Node node;
    private final String[] uris;
    private final long requests;
    private final long evals;

    Cost(Node node, String... uris) {
      this.node = node;
      this.uris = uris;
      this.requests = requests();
      this.evals = evals();
    }

    /** Compares; the servers also count what the nodes' log readers ask every half a second. */
    void is(long commands) {
      assertThat(requests() - requests).isEqualTo(commands);
      assertThat(evals() - evals).isBetween(commands, commands + 150);
    }

    private long requests() {
      return node.caches.stats().redis().orElseThrow().requests();
    }

    private long evals() {
      long all = 0;
      for (String uri : uris) {
        Matcher calls = CALLS.matcher(onRedis(uri, c -> c.sync().info("commandstats")));
        while (calls.find()) {
          all += Long.parseLong(calls.group(1));
        }
      }
      return all;
    }
  }

  private Node node(RedisLayer layer, Consumer<CachePolicy> policy) {
    CacheManager caches =
        CacheManager.builder().name("test").redis(layer).defaults(p -> p.jitter(0)).build();
    return new Node(
        caches,
        caches
            .cache("row", String.class)
            .key((String k) -> k)
            .policy(policy)
            .bulkLoader(this::loadAll)
            .build());
  }

  private Map<String, String> loadAll(Set<String> keys) {
    calls.add(Set.copyOf(keys));
    if (down) {
      throw new IllegalStateException("down");
    }
    Map<String, String> values = new HashMap<>();
    keys.forEach(key -> values.put(key, "value of " + key));
    return values;
  }

  private record Node(CacheManager caches, LayeredCache<String, String> cache)
      implements AutoCloseable {
    @Override
    public void close() {
      caches.close();
    }
  }
}
