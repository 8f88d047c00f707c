package io.spinforge.cache;

import static io.spinforge.cache.Caches.layer;
import static io.spinforge.cache.Caches.peer;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.SetArgs;
import io.spinforge.cache.Caches.Database;
import io.spinforge.cache.Caches.Peer;
import io.spinforge.cache.Caches.SlowLoad;
import io.spinforge.testkit.RedisServer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two nodes over one Redis: what one invalidates, the other never serves again. */
class InvalidationIT {
  private static RedisServer redis;

  private final Database database = new Database();
  private Peer a;
  private Peer b;

  @BeforeAll
  static void startRedis() {
    redis = RedisServer.start();
  }

  @AfterAll
  static void stopRedis() {
    redis.close();
  }

  @BeforeEach
  void startPeers() {
    Caches.onRedis(redis.uri(), c -> c.sync().flushall());
    a = peer(layer(redis.uri()), database);
    b = peer(layer(redis.uri()), database);
  }

  @AfterEach
  void closePeers() {
    a.close();
    b.close();
  }

  @Test
  void valueTravelsFromLoaderThroughRedisToMemory() {
    database.rows.put("k", "v1");
    assertThat(a.cache().get("k").source()).isEqualTo(Source.FRESH);
    assertThat(a.cache().get("k").source()).isEqualTo(Source.MEMORY);
    assertThat(b.cache().get("k").source()).isEqualTo(Source.REDIS);
    assertThat(b.cache().get("k").source()).isEqualTo(Source.MEMORY);
    assertThat(b.cache().get("k").value()).isEqualTo("v1");
    assertThat(database.loads).hasValue(1);
  }

  @Test
  void memoryHitReturnsTheStoredEntryItself() {
    a.cache().get("k");
    assertThat(a.cache().get("k")).isSameAs(a.cache().get("k"));
  }

  @Test
  void invalidationIsSeenOnTheOtherNode() {
    database.rows.put("k", "v1");
    a.cache().get("k");
    b.cache().get("k");
    database.rows.put("k", "v2");
    assertThat(a.cache().invalidate("k")).isEqualTo(new Invalidation(1, Reach.REDIS));
    assertThat(a.cache().get("k").value()).isEqualTo("v2");
    await()
        .atMost(ofSeconds(5))
        .pollInterval(ofMillis(1))
        .until(() -> b.cache().get("k").value().equals("v2"));
    await().atMost(ofSeconds(5)).until(() -> b.cache().stats().remoteInvalidations() == 1);
  }

  @Test
  void putIsSeenOnTheOtherNodeAndStaysInItsOwnMemory() {
    b.cache().get("k");
    a.cache().put("k", "put");
    await().atMost(ofSeconds(5)).until(() -> b.cache().get("k").value().equals("put"));
    await().atMost(ofSeconds(5)).until(() -> a.caches().stats().redis().get().logRecords() > 0);
    assertThat(a.cache().get("k").source()).isEqualTo(Source.MEMORY);
    assertThat(a.cache().get("k").value()).isEqualTo("put");
    assertThat(database.loads).hasValue(1);
  }

  @Test
  void invalidateAllReachesEveryPartition() {
    List<String> keys = IntStream.range(0, 1200).mapToObj(i -> "k" + i).toList();
    keys.forEach(key -> a.cache().put(key, "old"));
    assertThat(a.cache().invalidateAll(keys)).isEqualTo(new Invalidation(1200, Reach.REDIS));
    assertThat(keys).allSatisfy(key -> assertThat(a.cache().peek(key)).isEmpty());
  }

  @Test
  void staleFillAfterAnInvalidationOnAnotherNodeIsRefused() throws Exception {
    database.rows.put("k", "old");
    SlowLoad slow = new SlowLoad(a.cache(), "k", () -> database.find("k"));
    database.rows.put("k", "new");
    b.cache().invalidate("k");
    assertThat(slow.finish().value()).isEqualTo("old"); // it was asked for before
    assertThat(a.cache().get("k").value()).isEqualTo("new");
    assertThat(b.cache().get("k").value()).isEqualTo("new");
    assertThat(a.cache().stats().refusedFills()).isEqualTo(1);
  }

  @Test
  void readAfterAnInvalidationDoesNotJoinTheLoadFromBefore() throws Exception {
    database.rows.put("k", "old");
    SlowLoad slow = new SlowLoad(a.cache(), "k", () -> database.find("k"));
    database.rows.put("k", "new");
    a.cache().invalidate("k");
    assertThat(a.cache().get("k").value()).isEqualTo("new");
    slow.finish();
    assertThat(a.cache().get("k").value()).isEqualTo("new");
  }

  @Test
  void twoNodesLoadOneKeyOnceAndTheSecondIsWoken() throws Exception {
    SlowLoad first = new SlowLoad(a.cache(), "k", () -> database.find("k"));
    CompletableFuture<Cached<String>> second = Caches.inThread(() -> b.cache().get("k"));
    await()
        .atMost(ofSeconds(10))
        .until(
            () ->
                Caches.onRedis(redis.uri(), c -> c.sync().keys("*l:row:k")).stream()
                    .anyMatch(
                        lease ->
                            Caches.onRedis(redis.uri(), c -> c.sync().get(lease)).endsWith("w")));
    long asked = b.caches().stats().redis().get().requests();
    assertThat(first.finish().source()).isEqualTo(Source.FRESH);
    assertThat(second.get(9, TimeUnit.SECONDS).source()).isEqualTo(Source.REDIS);
    assertThat(database.loads).hasValue(1);
    assertThat(b.caches().stats().redis().get().requests()).isEqualTo(asked + 1); // no polling
  }

  @Test
  void deadLoadersLeaseEndsByItself() {
    for (int p = 0; p < 4; p++) {
      String lease = "{sf:test:" + p + "}:l:row:k";
      Caches.onRedis(redis.uri(), c -> c.sync().set(lease, "12345", SetArgs.Builder.px(1000)));
    }
    assertThat(a.cache().get("k").source()).isEqualTo(Source.FRESH);
    assertThat(b.cache().get("k").source()).isEqualTo(Source.REDIS);
  }

  @Test
  void heldKeyIsLoadedByEachAndKeptNowhere() {
    for (int p = 0; p < 4; p++) {
      int partition = p;
      Caches.onRedis(redis.uri(), c -> c.sync().set("{sf:test:" + partition + "}:l:row:k", "H"));
    }
    assertThat(a.cache().get("k").source()).isEqualTo(Source.FRESH);
    assertThat(a.cache().get("k").source()).isEqualTo(Source.FRESH);
    assertThat(b.cache().get("k").source()).isEqualTo(Source.FRESH);
  }
}
