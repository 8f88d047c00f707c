package io.spinforge.cache;

import static io.spinforge.cache.Caches.layer;
import static io.spinforge.cache.Caches.peer;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisURI;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.cluster.RedisClusterClient;
import io.spinforge.cache.Caches.Database;
import io.spinforge.cache.Caches.Peer;
import io.spinforge.testkit.RedisCluster;
import io.spinforge.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Entries that were invalidated otherwise than by key leave Redis, and no others. */
class ReclaimIT {
  private static final Duration LONG = ofSeconds(30);

  private final Database database = new Database();

  @Test
  void whatWasInvalidatedGoesAndWhatIsValidStays() {
    try (RedisServer redis = RedisServer.start();
        Peer one = peer(reclaiming(layer(redis.uri())), database);
        Peer two = peer(reclaiming(layer(redis.uri())), database);
        Peer other = peer(layer(redis.uri()).prefix("s*:"), database)) {
      IntStream.range(0, 300).forEach(i -> get(one, "red" + i, "red", "all"));
      IntStream.range(0, 100).forEach(i -> get(one, "blue" + i, "blue", "all"));
      IntStream.range(0, 20).forEach(i -> get(other, "red" + i, "red"));
      one.caches().invalidateTag("red");
      get(one, "red7", "red"); // loaded again: valid
      await().atMost(LONG).until(() -> entries(redis, "{sf:test:*}:v:*") == 101);
      assertThat(entries(redis, "{s\\*:test:*}:v:*")).isEqualTo(20);
      assertThat(two.cache().get("blue1").source()).isEqualTo(Source.REDIS);
      assertThat(two.cache().get("red7").source()).isEqualTo(Source.REDIS);
      one.cache().invalidateMatching("blue1?");
      await().atMost(LONG).until(() -> entries(redis, "{sf:test:*}:v:*") == 91);
      two.cache().clear();
      await().atMost(LONG).until(() -> entries(redis, "{sf:test:*}:v:*") == 0);
      other.cache().clear();
      await().atMost(LONG).until(() -> entries(redis, "{s\\*:test:*}:v:*") == 0);
    }
  }

  @Test
  void itCanBeSwitchedOff() {
    try (RedisServer redis = RedisServer.start();
        Peer off = peer(layer(redis.uri()).reclaimRest(ofMillis(1)).reclaimPerSecond(0), database);
        Peer on = peer(reclaiming(layer(redis.uri())).prefix("on:"), database)) {
      get(off, "a", "red");
      get(on, "a", "red");
      off.caches().invalidateTag("red");
      on.caches().invalidateTag("red");
      await().atMost(LONG).until(() -> entries(redis, "{on:test:*}:v:*") == 0);
      assertThat(entries(redis, "{sf:test:*}:v:*")).isEqualTo(1);
    }
  }

  @Test
  void everyMasterOfAClusterIsSwept() {
    try (RedisCluster cluster = RedisCluster.start()) {
      RedisClusterClient client =
          RedisClusterClient.create(cluster.uris().stream().map(RedisURI::create).toList());
      try (Peer peer = peer(reclaiming(RedisLayer.of(client).partitions(8)), database);
          Peer other = peer(RedisLayer.of(client).partitions(8), database)) {
        IntStream.range(0, 100).forEach(i -> get(peer, "red" + i, "red"));
        IntStream.range(0, 30).forEach(i -> get(peer, "blue" + i, "blue"));
        List<String> keys = IntStream.range(0, 100).mapToObj(i -> "red" + i).toList();
        keys.forEach(key -> get(other, key, "red"));
        Invalidation some = peer.cache().invalidateAll(keys);
        assertThat(some.await(Reach.ALL_NODES, LONG)).isTrue();
        keys.forEach(key -> assertThat(other.cache().peek(key)).isEmpty());
        peer.caches().invalidateTag("red");
        try (var connection = client.connect()) {
          await().atMost(LONG).until(() -> connection.sync().keys("*:v:*").size() == 30);
        }
      } finally {
        client.shutdown(Duration.ZERO, ofSeconds(2));
      }
    }
  }

  private static RedisLayer reclaiming(RedisLayer layer) {
    return layer.reclaimRest(ofMillis(50)).reclaimPerSecond(100_000);
  }

  private static void get(Peer peer, String key, String... tags) {
    peer.cache()
        .get(
            key,
            load -> {
              load.tag(tags);
              return "value";
            });
  }

  private static long entries(RedisServer redis, String pattern) {
    return Caches.onRedis(
        redis.uri(),
        c ->
            ScanIterator.scan(c.sync(), ScanArgs.Builder.limit(1000).match(pattern)).stream()
                .count());
  }
}
