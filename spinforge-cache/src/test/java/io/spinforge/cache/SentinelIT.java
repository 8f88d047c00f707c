package io.spinforge.cache;

import static io.spinforge.cache.Caches.layer;
import static io.spinforge.cache.Caches.onRedis;
import static io.spinforge.cache.Caches.peer;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.spinforge.cache.Caches.Database;
import io.spinforge.cache.Caches.Peer;
import io.spinforge.testkit.RedisSentinel;
import org.junit.jupiter.api.Test;

/** A master that dies: the nodes find the new one, and believe nothing of what was before it. */
class SentinelIT {
  private final Database database = new Database();

  @Test
  void failoverIsBridgedAndVoidsMemory() {
    try (RedisSentinel redis = RedisSentinel.start();
        Peer a = peer(layer(redis.uri()), database);
        Peer b = peer(layer(redis.uri()), database)) {
      database.rows.put("k", "v1");
      assertThat(a.cache().get("k").value()).isEqualTo("v1");
      assertThat(b.cache().get("k").source()).isEqualTo(Source.REDIS);

      try (StaleWatch watch = new StaleWatch(a, b, database, System.nanoTime())) {
        watch.awaitReadsAndChanges(50);
        watch.quietly(
            () -> {
              // What is acknowledged and not replicated, a failover may lose.
              onRedis(
                  "redis://127.0.0.1:" + redis.masterPort(),
                  c -> c.sync().waitForReplication(2, 5000));
              redis.failover();
            });
        assertThat(a.cache().get("cold").value()).isEqualTo("none");
        watch.awaitReadsAndChanges(50);
        assertThat(watch.stalest()).isLessThan(ofMillis(2500)); // maxStaleness, on a busy machine
        watch.awaitConverged();
      }
      database.rows.put("k", "v2");
      await().atMost(ofSeconds(30)).until(() -> a.cache().invalidate("k").reach() == Reach.REDIS);
      await().atMost(ofSeconds(30)).until(() -> b.cache().get("k").value().equals("v2"));
      await().atMost(ofSeconds(30)).until(() -> b.caches().health().state() == Health.State.LIVE);
      assertThat(b.caches().stats().redis().orElseThrow().logResets()).isPositive();
    }
  }
}
