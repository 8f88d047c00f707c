package io.spinforge.cache;

import static io.spinforge.cache.Caches.layer;
import static io.spinforge.cache.Caches.peer;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.spinforge.cache.Caches.Database;
import io.spinforge.cache.Caches.Peer;
import io.spinforge.cache.Caches.SlowLoad;
import io.spinforge.testkit.FaultProxy;
import io.spinforge.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Invalidations before the commit: what is read until then is kept by nobody. */
class HoldIT {
  private static final Duration LONG = ofSeconds(20);

  private final Database database = new Database();
  private RedisServer redis;
  private FaultProxy proxy;
  private Peer near;
  private Peer far; // through the proxy

  @BeforeEach
  void start() {
    redis = RedisServer.start();
    proxy = FaultProxy.to(redis.port());
    near = peer(layer(redis.uri()), database);
    far = peer(layer("redis://127.0.0.1:" + proxy.port()), database);
  }

  @AfterEach
  void stop() {
    far.close();
    near.close();
    proxy.close();
    redis.close();
  }

  @Test
  void whatIsReadMeanwhileIsServedToWhoAsksThenAndKeptByNobody() {
    near.cache().get("k");
    far.cache().get("k");
    assertThat(near.cache().holdFor(ofSeconds(60), "k"))
        .isEqualTo(new Invalidation(1, Reach.REDIS));
    await().atMost(LONG).until(() -> far.cache().get("k").source() == Source.FRESH);
    for (Peer peer : List.of(near, far, near, far)) {
      assertThat(peer.cache().get("k").source()).isEqualTo(Source.FRESH);
      assertThat(peer.cache().getAll(List.of("k")).get("k").source()).isEqualTo(Source.FRESH);
      assertThat(peer.cache().peek("k")).isEmpty();
    }
  }

  @Test
  void whatIsReadAfterwardsIsCachedAgain() {
    near.cache().get("k");
    far.cache().get("k");
    near.cache().holdFor(ofMillis(200), "k");
    database.rows.put("k", "committed");
    for (Peer peer : List.of(near, far)) {
      await()
          .atMost(LONG)
          .until(
              () -> {
                Cached<String> read = peer.cache().get("k");
                return read.value().equals("committed") && read.source() == Source.MEMORY;
              });
    }
  }

  @Test
  void loadThatBeganMeanwhileDoesNotOutliveTheHold() throws Exception {
    near.cache().holdFor(ofSeconds(2), "k");
    SlowLoad slow = new SlowLoad(far.cache(), "k", () -> "old");
    database.rows.put("k", "committed");
    await().atMost(LONG).until(() -> near.cache().get("k").source() == Source.MEMORY);
    var joined = Caches.inThread(() -> far.cache().get("k").value());
    assertThat(joined.get(20, TimeUnit.SECONDS)).isEqualTo("committed");
    assertThat(slow.finish().value()).isEqualTo("old"); // asked before
    assertThat(far.cache().get("k").value()).isEqualTo("committed");
  }

  @Test
  void holdIsNeitherEndedByAnInvalidationNorFilledByAPut() {
    near.cache().holdFor(ofSeconds(60), "k");
    far.cache().invalidate("k");
    far.cache().invalidateAll(List.of("k", "other"));
    far.cache().holdFor(ofMillis(1), "k"); // shorter than what is left
    far.cache().put("k", "put");
    assertThat(far.cache().peek("k")).isEmpty();
    for (Peer peer : List.of(near, far, near, far)) {
      assertThat(peer.cache().get("k").value()).isEqualTo("none");
      assertThat(peer.cache().get("k").source()).isEqualTo(Source.FRESH);
    }
    assertThat(Caches.<String>onRedis(redis.uri(), c -> c.sync().get(leaseOf("k")))).isEqualTo("H");
  }

  @Test
  void nodeThatHeardOfAHoldKeepsNothingWhileRedisIsAwayEither() {
    near.cache().holdFor(ofSeconds(60), "k");
    await().atMost(LONG).until(() -> far.cache().stats().remoteInvalidations() == 1);
    proxy.refuse();
    proxy.cut();
    assertThat(far.cache().get("k").value()).isEqualTo("none");
    database.rows.put("k", "committed");
    assertThat(far.cache().get("k").value()).isEqualTo("committed");
  }

  @Test
  void nodeThatDidNotHearOfAHoldKeepsNothingWhileRedisIsAwayEither() {
    near.cache().holdFor(ofSeconds(60), "k");
    try (Peer late = peer(layer("redis://127.0.0.1:" + proxy.port()), database)) {
      await().atMost(LONG).until(() -> late.caches().health().state() == Health.State.LIVE);
      proxy.refuse();
      proxy.cut();
      assertThat(late.cache().get("k").value()).isEqualTo("none");
      database.rows.put("k", "committed");
      assertThat(late.cache().get("k").value()).isEqualTo("committed");
    }
  }

  @Test
  void holdMadeWhileRedisIsAwayIsSentWithWhatIsLeftOfIt() {
    near.cache().get("k");
    proxy.refuse();
    proxy.cut();
    assertThat(far.cache().holdFor(ofSeconds(60), "k").reach()).isEqualTo(Reach.THIS_NODE);
    assertThat(far.cache().get("k").source()).isEqualTo(Source.FRESH);
    assertThat(far.cache().get("k").source()).isEqualTo(Source.FRESH);
    proxy.heal();
    await().atMost(LONG).until(() -> near.cache().get("k").source() == Source.FRESH);
    assertThat(near.cache().get("k").source()).isEqualTo(Source.FRESH);
    long left = Caches.onRedis(redis.uri(), c -> c.sync().pttl(leaseOf("k")));
    assertThat(left).isBetween(1L, 60_000L);
  }

  private static String leaseOf(String key) {
    String full = "row:" + key;
    java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
    crc.update(full.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    return "{sf:test:" + crc.getValue() % 4 + "}:l:" + full;
  }
}
