package io.spinforge.cache;

import static io.spinforge.cache.Caches.peer;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import io.spinforge.cache.Caches.Database;
import io.spinforge.cache.Caches.Peer;
import io.spinforge.testkit.RedisCluster;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Three masters: the same promises, partitions spread over them. */
class ClusterIT {
  private final Database database = new Database();

  @Test
  void clusterCachesPutsAndInvalidatesAcrossNodes() {
    try (RedisCluster redis = RedisCluster.start()) {
      List<RedisURI> seeds = redis.uris().stream().map(RedisURI::create).toList();
      RedisClusterClient client = RedisClusterClient.create(seeds);
      try (Peer a = peer(RedisLayer.of(client).commandTimeout(ofSeconds(1)), database);
          Peer b = peer(RedisLayer.of(client).commandTimeout(ofSeconds(1)), database)) {
        await().atMost(ofSeconds(20)).until(() -> b.caches().health().state() == Health.State.LIVE);
        List<String> keys = IntStream.range(0, 100).mapToObj(i -> "k" + i).toList();
        keys.forEach(key -> assertThat(a.cache().get(key).source()).isEqualTo(Source.FRESH));
        keys.forEach(key -> assertThat(b.cache().get(key).source()).isEqualTo(Source.REDIS));
        assertThat(database.loads).hasValue(100);

        keys.forEach(key -> database.rows.put(key, "v2"));
        assertThat(a.cache().invalidateAll(keys)).isEqualTo(new Invalidation(100, Reach.REDIS));
        awaitAll(b, keys, "v2");

        keys.forEach(key -> b.cache().put(key, "v3"));
        awaitAll(a, keys, "v3");
        tagPatternAndClearReachEveryMaster(a, b, keys);
        assertThat(a.caches().stats().redis().get().logResets()).isZero();
      } finally {
        client.shutdown(Duration.ZERO, ofSeconds(2));
      }
    }
  }

  private void tagPatternAndClearReachEveryMaster(Peer a, Peer b, List<String> keys) {
    keys.forEach(key -> a.cache().invalidate(key));
    for (String key : keys) {
      a.cache().get(key, load -> load.tag("all").absent(ofSeconds(60)));
    }
    keys.forEach(key -> database.rows.put(key, "v4"));
    a.caches().invalidateTag("all");
    awaitAll(b, keys, "v4");
    keys.forEach(key -> database.rows.put(key, "v5"));
    a.cache().invalidateMatching("k*");
    awaitAll(b, keys, "v5");
    keys.forEach(key -> database.rows.put(key, "v6"));
    b.cache().clear();
    awaitAll(a, keys, "v6");
  }

  private static void awaitAll(Peer peer, List<String> keys, String value) {
    await()
        .atMost(ofSeconds(20))
        .until(() -> keys.stream().allMatch(key -> value.equals(peer.cache().get(key).value())));
  }
}
