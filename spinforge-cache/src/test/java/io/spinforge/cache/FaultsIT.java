package io.spinforge.cache;

import static io.spinforge.cache.Caches.layer;
import static io.spinforge.cache.Caches.peer;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.spinforge.cache.Caches.Database;
import io.spinforge.cache.Caches.Peer;
import io.spinforge.testkit.FaultProxy;
import io.spinforge.testkit.RedisServer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Redis cut, killed, flushed, restarted, frozen: a read always ends well, and nothing stays old.
 */
class FaultsIT {
  private static final Duration LONG = ofSeconds(20);

  private final Database database = new Database();
  private RedisServer redis;
  private FaultProxy proxy;
  private Peer near; // talks to Redis itself
  private Peer far; // through the proxy

  @BeforeEach
  void start() {
    redis = RedisServer.start();
    proxy = FaultProxy.to(redis.port());
    near = peer(layer(redis.uri()), database);
    far = peer(layer("redis://127.0.0.1:" + proxy.port()), database);
    database.rows.put("k", "v1");
    near.cache().get("k");
    far.cache().get("k");
  }

  @AfterEach
  void stop() {
    far.close();
    near.close();
    proxy.close();
    redis.close();
  }

  @Test
  void cutNodeIsNeverStalerThanTheBoundAndConvergesAfter() {
    proxy.halfOpen(); // nothing is refused or closed: the far node has to notice by itself
    proxy.refuse();
    change("v2");
    long invalidated = System.nanoTime();
    Duration bound = ofSeconds(2).plus(ofMillis(500)); // half a second for a busy machine
    boolean stale = true;
    while (stale) {
      long asked = System.nanoTime();
      stale = far.cache().get("k").value().equals("v1");
      if (stale) {
        assertThat(Duration.ofNanos(asked - invalidated)).isLessThan(bound);
      }
    }
    proxy.heal();
    proxy.cut();
    awaitLive(far);
    assertThat(far.cache().get("k").value()).isEqualTo("v2");
    change("v3");
    awaitValue(far, "v3");
  }

  @Test
  void cutConnectionsAreReplacedAndMemoryIsKept() {
    IntStream.range(0, 200).forEach(i -> far.cache().put("other" + i, "x"));
    for (int i = 0; i < 5; i++) {
      proxy.cut();
      change("after cut " + i);
      awaitLive(far);
      awaitValue(far, "after cut " + i);
    }
    long kept =
        IntStream.range(0, 200)
            .filter(i -> far.cache().get("other" + i).source() == Source.MEMORY)
            .count();
    assertThat(kept).isGreaterThanOrEqualTo(198);
    assertThat(far.caches().stats().redis().get().logResets()).isZero();
  }

  @Test
  void killedClientsComeBackAndMissNothing() {
    Caches.onRedis(
        redis.uri(), c -> c.sync().clientKill(io.lettuce.core.KillArgs.Builder.typeNormal()));
    change("v2");
    awaitValue(far, "v2");
    awaitValue(near, "v2");
  }

  @Test
  void flushedRedisVoidsMemory() {
    Caches.onRedis(redis.uri(), c -> c.sync().flushall());
    database.rows.put("k", "v2"); // and nobody invalidates it
    awaitValue(far, "v2");
    awaitValue(near, "v2");
    assertThat(near.caches().stats().redis().get().logResets()).isPositive();
  }

  @Test
  void putRightAfterAFlushIsStored() {
    Caches.onRedis(redis.uri(), c -> c.sync().flushall());
    near.cache().put("k", "put");
    awaitValue(far, "put");
    assertThat(near.cache().get("k").value()).isEqualTo("put");
    assertThat(database.loads).hasValue(1);
  }

  @Test
  void stoppedRedisIsBridgedAndAfterARestartAllConverges() {
    redis.stop();
    for (int i = 0; i < 50; i++) {
      assertThat(near.cache().get("cold" + i).value()).isEqualTo("none");
      assertThat(near.cache().get("k").value()).isEqualTo("v1");
    }
    await().atMost(LONG).until(() -> near.caches().health().state() == Health.State.DETACHED);
    database.rows.put("k", "v2");
    assertThat(near.cache().invalidate("k").reach()).isEqualTo(Reach.THIS_NODE);
    assertThat(near.cache().get("k").value()).isEqualTo("v2");
    redis.restart();
    awaitLive(near);
    awaitLive(far);
    awaitValue(far, "v2");
    assertThat(near.caches().health().queuedInvalidations()).isZero();
    change("v3");
    awaitValue(far, "v3");
  }

  @Test
  void ownInvalidationWhileCutOffIsReplayedBeforeAnythingIsRead() {
    proxy.refuse();
    proxy.cut();
    database.rows.put("k", "v2");
    assertThat(far.cache().invalidate("k").reach()).isEqualTo(Reach.THIS_NODE);
    assertThat(far.cache().get("k").value()).isEqualTo("v2");
    assertThat(near.cache().get("k").value()).isEqualTo("v1"); // nobody could tell it
    proxy.heal();
    awaitValue(near, "v2");
    assertThat(far.cache().get("k").value()).isEqualTo("v2");
    assertThat(far.caches().stats().redis().get().replayedInvalidations()).isPositive();
  }

  @Test
  void tooManyQueuedInvalidationsBecomeAClearingAndNoneIsForgotten() {
    try (Peer small =
        peer(layer("redis://127.0.0.1:" + proxy.port()).maximumQueued(10), database)) {
      IntStream.range(0, 100).forEach(i -> near.cache().put("n" + i, "old"));
      proxy.refuse();
      proxy.cut();
      IntStream.range(0, 100).forEach(i -> small.cache().invalidate("n" + i));
      assertThat(small.caches().health().queuedInvalidations()).isLessThanOrEqualTo(10);
      proxy.heal();
      await()
          .atMost(LONG)
          .until(() -> IntStream.range(0, 100).allMatch(i -> near.cache().peek("n" + i).isEmpty()));
    }
  }

  @Test
  void frozenRedisCostsABoundedTime() {
    redis.pause();
    try {
      long worst = 0;
      for (int i = 0; i < 30; i++) {
        long started = System.nanoTime();
        assertThat(near.cache().get("cold" + i).value()).isEqualTo("none");
        worst = Math.max(worst, System.nanoTime() - started);
      }
      assertThat(Duration.ofNanos(worst)).isLessThan(ofSeconds(3)); // 500 ms and a busy machine
      assertThat(near.caches().stats().redis().get().breakerOpened()).isEqualTo(1);
    } finally {
      redis.resume();
    }
    awaitLive(near);
    change("v2");
    awaitValue(near, "v2");
  }

  @Test
  void detachedNodeServesStaleMarkedIfToldTo() {
    try (Peer stale =
        peer(
            RedisLayer.of("redis://127.0.0.1:" + proxy.port())
                .partitions(4)
                .maxStaleness(ofMillis(700))
                .whenDetached(WhenDetached.SERVE_STALE),
            database)) {
      stale.cache().get("k");
      proxy.refuse();
      proxy.cut();
      database.rows.put("k", "v2");
      await().atMost(LONG).until(() -> stale.cache().get("k").state() == State.STALE_PARTITIONED);
      assertThat(stale.cache().get("k").value()).isEqualTo("v1");
      assertThat(stale.cache().stats().staleMemoryHits()).isPositive();
    }
  }

  @Test
  void managerStartsWithoutRedisAndFindsItLater() {
    redis.stop();
    try (Peer late = peer(layer(redis.uri()).prefix("late:"), database)) {
      assertThat(late.cache().get("k").value()).isEqualTo("v1");
      assertThat(late.caches().health().state()).isEqualTo(Health.State.DETACHED);
      redis.restart();
      awaitLive(late);
      assertThat(late.cache().get("k").value()).isEqualTo("v1");
    }
  }

  @Test
  void hostsClientIsUsedAndStaysOpen() {
    RedisClient client = RedisClient.create(redis.uri());
    try {
      try (Peer hosted = peer(RedisLayer.of(client).partitions(4), database)) {
        assertThat(hosted.cache().get("k").source()).isEqualTo(Source.REDIS);
      }
      assertThat(client.connect().sync().ping()).isEqualTo("PONG");
    } finally {
      client.shutdown(Duration.ZERO, ofSeconds(2));
    }
  }

  private void change(String value) {
    database.rows.put("k", value);
    await().atMost(LONG).until(() -> near.cache().invalidate("k").reach() == Reach.REDIS);
  }

  private static void awaitLive(Peer peer) {
    await()
        .atMost(LONG)
        .pollInterval(10, TimeUnit.MILLISECONDS)
        .until(() -> peer.caches().health().state() == Health.State.LIVE);
  }

  private static void awaitValue(Peer peer, String value) {
    await()
        .atMost(LONG)
        .pollInterval(5, TimeUnit.MILLISECONDS)
        .until(() -> value.equals(peer.cache().get("k").value()));
  }
}
