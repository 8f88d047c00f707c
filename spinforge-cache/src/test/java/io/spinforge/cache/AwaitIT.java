package io.spinforge.cache;

import static io.spinforge.cache.Caches.peer;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spinforge.cache.Caches.Database;
import io.spinforge.cache.Caches.Peer;
import io.spinforge.testkit.FaultProxy;
import io.spinforge.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What "all nodes" means: several managers on a real Redis, one of them cut off, one closed. */
class AwaitIT {
  private static final Duration LONG = ofSeconds(20);

  private final Database database = new Database();
  private RedisServer redis;
  private FaultProxy proxy;
  private Peer near;
  private Peer far; // through the proxy
  private Peer third;

  @BeforeEach
  void start() {
    redis = RedisServer.start();
    proxy = FaultProxy.to(redis.port());
    near = peer(layer(redis.port()), database);
    far = peer(layer(proxy.port()), database);
    third = peer(layer(redis.port()), database);
  }

  /** Until all have had the time to announce themselves, nobody can be said to be missing. */
  private void awaitThatAllAreKnown() {
    assertThat(near.cache().invalidate("k").await(Reach.ALL_NODES, LONG)).isTrue();
  }

  @AfterEach
  void stop() {
    third.close();
    far.close();
    near.close();
    proxy.close();
    redis.close();
  }

  @Test
  void whatIsAwaitedIsSeenByEveryNodeAtOnce() {
    awaitThatAllAreKnown();
    List<String> keys = IntStream.range(0, 6).mapToObj(i -> "k" + i).toList();
    for (int i = 0; i < 24; i++) {
      String value = "v" + i;
      readAll(keys);
      keys.forEach(key -> database.rows.put(key, value));
      Invalidation invalidation =
          switch (i % 4) {
            case 0 -> near.cache().invalidateAll(keys);
            case 1 -> near.caches().invalidateTag("*");
            case 2 -> near.cache().invalidateMatching("k*");
            default -> near.cache().clear();
          };
      assertThat(invalidation.await(Reach.ALL_NODES, LONG)).isTrue();
      for (Peer peer : List.of(near, far, third)) {
        keys.forEach(key -> assertThat(peer.cache().get(key).value()).isEqualTo(value));
      }
    }
  }

  @Test
  void nodeThatIsCutOffIsWaitedForUntilItBelievesItsMemoryNoMore() {
    readAll(List.of("k"));
    proxy.halfOpen();
    database.rows.put("k", "new");
    Invalidation invalidation = near.cache().invalidate("k");
    assertThat(invalidation.await(Reach.ALL_NODES, ofMillis(50))).isFalse();
    assertThat(third.cache().get("k").value()).isEqualTo("new");
    assertThat(invalidation.await(Reach.ALL_NODES, LONG)).isTrue();
    assertThat(far.cache().get("k").value()).isEqualTo("new");
  }

  @Test
  void closedNodeIsNotWaitedFor() {
    awaitThatAllAreKnown();
    readAll(List.of("k"));
    far.close();
    for (int i = 0; i < 20; i++) { // each within less than it could have believed its memory
      assertThat(near.cache().invalidate("k").await(Reach.ALL_NODES, ofMillis(700))).isTrue();
    }
  }

  @Test
  void queuedInvalidationIsAwaitedUntilRedisHasItAndThenEveryNode() throws Exception {
    readAll(List.of("k"));
    proxy.refuse();
    proxy.cut();
    database.rows.put("k", "new");
    Invalidation queued = far.cache().invalidate("k");
    assertThat(queued.reach()).isEqualTo(Reach.THIS_NODE);
    assertThat(queued.await(Reach.THIS_NODE, Duration.ZERO)).isTrue();
    assertThat(queued.await(Reach.REDIS, ofMillis(50))).isFalse();
    var all = queued.awaitAsync(Reach.ALL_NODES, LONG).toCompletableFuture();
    assertThat(near.cache().get("k").value()).isEqualTo("none"); // nobody could tell it
    proxy.heal();
    assertThat(queued.await(Reach.REDIS, LONG)).isTrue();
    assertThat(all.get(20, TimeUnit.SECONDS)).isTrue();
    assertThat(near.cache().get("k").value()).isEqualTo("new");
  }

  @Test
  void redisThatIsAwayIsNoErrorAndTimeAloneTells() {
    readAll(List.of("k"));
    database.rows.put("k", "new");
    Invalidation done = near.cache().invalidate("k");
    redis.stop();
    assertThat(done.await(Reach.ALL_NODES, ofMillis(20))).isFalse();
    assertThat(done.await(Reach.ALL_NODES, LONG)).isTrue();
    assertThat(far.cache().get("k").value()).isEqualTo("new");
    assertThat(third.cache().get("k").value()).isEqualTo("new");
  }

  @Test
  void restartedRedisDoesNotKnowItsNodesAndSaysSo() {
    redis.stop();
    redis.restart();
    Caches.awaitLive(near);
    Invalidation done = near.cache().invalidate("k");
    assertThat(done.await(Reach.ALL_NODES, LONG)).isTrue();
  }

  @Test
  void nobodyWaitsSoNothingIsSentAndWaitingCostsAFewTrips() {
    awaitThatAllAreKnown();
    near.cache().invalidate("k");
    long quiet = requests(far);
    near.cache().invalidate("k");
    near.cache().get("k");
    assertThat(requests(far)).isEqualTo(quiet);
    long before = requests(near);
    Invalidation done = near.cache().invalidate("k");
    assertThat(done.await(Reach.ALL_NODES, LONG)).isTrue();
    // The invalidation, who is there, the barrier, and who is missing before and after the wake-up.
    assertThat(requests(near) - before).isLessThanOrEqualTo(6);
    assertThat(requests(far) - quiet).isEqualTo(1);
  }

  @Test
  void badInputAndClosedManagersAreRefused() {
    Invalidation done = near.cache().invalidate("k");
    assertThatThrownBy(() -> done.await(Reach.ALL_NODES, ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("timeout: PT-0.001S (expected: not negative)");
    assertThat(new Invalidation(1, Reach.REDIS).await(Reach.ALL_NODES, LONG)).isFalse();
    near.close();
    assertThatThrownBy(() -> done.await(Reach.ALL_NODES, LONG))
        .isInstanceOf(IllegalStateException.class);
  }

  private static RedisLayer layer(int port) {
    return RedisLayer.of("redis://127.0.0.1:" + port)
        .partitions(4)
        .commandTimeout(ofMillis(500))
        .maxStaleness(ofMillis(1000));
  }

  private void readAll(List<String> keys) {
    for (Peer peer : List.of(near, far, third)) {
      keys.forEach(peer.cache()::get);
    }
  }

  private static long requests(Peer peer) {
    return peer.caches().stats().redis().orElseThrow().requests();
  }
}
