package io.spinforge.cache;

import static io.spinforge.cache.Caches.onRedis;
import static io.spinforge.cache.Caches.peer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.spinforge.cache.Caches.Database;
import io.spinforge.cache.Caches.Peer;
import io.spinforge.testkit.RedisCluster;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A Cluster whose slots move and whose masters die while one node writes and another reads. */
class ClusterFaultsIT {
  private static final int PARTITIONS = 16;
  private static final Duration MAX_STALENESS = ofSeconds(2);

  /** For a machine so busy that the reader is not scheduled between its look at the time and it. */
  private static final Duration SLACK = ofMillis(500);

  private final Database database = new Database();
  private final long seed = Long.getLong("spinforge.seed", System.nanoTime());
  private final RedisCluster redis =
      RedisCluster.startWithReplicas(
          "cluster-node-timeout 3000", "cluster-require-full-coverage no");
  private final RedisClusterClient client =
      RedisClusterClient.create(redis.uris().stream().map(RedisURI::create).toList());

  @AfterEach
  void stop() {
    client.shutdown(Duration.ZERO, ofSeconds(2));
    redis.close();
  }

  @Test
  void slotsMoveWhileTheyAreReadAndInvalidatedAndNothingIsMissed() {
    try (Peer a = peer(layer(), database);
        Peer b = peer(layer(), database)) {
      awaitLive(a, b);
      try (StaleWatch watch = new StaleWatch(a, b, database, seed)) {
        for (int p = 0; p < 6; p++) {
          int slot = slot(p);
          redis.moveSlot(slot, (redis.ownerOf(slot) + 1) % 3, () -> pause(ofMillis(100)));
        }
        int control = SlotHash.getSlot("{sf:test}");
        redis.moveSlot(control, (redis.ownerOf(control) + 1) % 3, () -> pause(ofMillis(100)));
        awaitLive(a, b);
        watch.awaitReadsAndChanges(100);
        assertThat(watch.stalest()).as("seed %d", seed).isLessThan(MAX_STALENESS.plus(SLACK));
        watch.awaitConverged();
      }
      assertThat(b.caches().stats().caches().get("row").errors()).isZero();
    }
  }

  @Test
  void deadMasterTakesNobodysKeysButItsOwnAndItsReplicaBringsThemBack() {
    try (Peer a = peer(layer(), database);
        Peer b = peer(layer(), database)) {
      awaitLive(a, b);
      try (StaleWatch watch = new StaleWatch(a, b, database, seed)) {
        int dead = (redis.ownerOf(SlotHash.getSlot("{sf:test}")) + 1) % 3;
        String uri = redis.uris().get(dead);
        Set<Integer> gone = new TreeSet<>();
        for (int p = 0; p < PARTITIONS; p++) {
          if (redis.ownerOf(slot(p)) == dead) {
            gone.add(p);
          }
        }
        List<String> others = coldKeys(p -> !gone.contains(p));
        List<String> its = coldKeys(gone::contains);
        others.forEach(key -> a.cache().get(key));
        watch.quietly(
            () -> {
              onRedis(uri, c -> c.sync().waitForReplication(1, 5000));
              redis.failover(dead, () -> othersGoOn(b, its, others));
            });
        awaitLive(a, b);
        watch.awaitReadsAndChanges(100);
        assertThat(watch.stalest()).as("seed %d", seed).isLessThan(MAX_STALENESS.plus(SLACK));
        watch.awaitConverged();
      }
      assertThat(b.caches().stats().caches().get("row").errors()).isZero();
    }
  }

  /** While a master is dead, the keys of the others are Redis hits. */
  private static void othersGoOn(Peer peer, List<String> its, List<String> others) {
    its.stream().limit(6).forEach(key -> Caches.inThread(() -> peer.cache().get(key)));
    await()
        .atMost(ofSeconds(20))
        .until(() -> peer.caches().health().breaker() == Health.Breaker.HALF_OPEN);
    assertThat(peer.caches().health().state()).isEqualTo(Health.State.SUSPECT);
    Iterator<String> next = others.iterator();
    AtomicInteger hits = new AtomicInteger(); // a busy machine may be too late for some
    await()
        .until(
            () ->
                peer.cache().get(next.next()).source() == Source.REDIS
                    && hits.incrementAndGet() == 20);
  }

  private List<String> coldKeys(IntPredicate inPartition) {
    return IntStream.range(0, 400)
        .mapToObj(i -> "cold" + i)
        .filter(key -> inPartition.test(partitionOf("row:" + key)))
        .limit(100)
        .toList();
  }

  private static int partitionOf(String fullKey) {
    CRC32C crc = new CRC32C();
    crc.update(fullKey.getBytes(UTF_8));
    return (int) (crc.getValue() % PARTITIONS);
  }

  private RedisLayer layer() {
    return RedisLayer.of(client)
        .partitions(PARTITIONS)
        .commandTimeout(ofMillis(500))
        .maxStaleness(MAX_STALENESS);
  }

  private static int slot(int partition) {
    return SlotHash.getSlot("{sf:test:" + partition + "}");
  }

  private static void awaitLive(Peer... peers) {
    for (Peer peer : peers) {
      await()
          .atMost(ofSeconds(30))
          .until(() -> peer.caches().health().state() == Health.State.LIVE);
    }
  }

  private static void pause(Duration duration) {
    LockSupport.parkNanos(duration.toNanos());
  }
}
