package io.spinforge.cache;

import static io.spinforge.cache.Caches.layer;
import static io.spinforge.cache.Caches.peer;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.KillArgs;
import io.spinforge.cache.Caches.Database;
import io.spinforge.cache.Caches.Peer;
import io.spinforge.testkit.FaultProxy;
import io.spinforge.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tags, patterns and clear across nodes, and what is left of them after every fault. */
class TagsIT {
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
  void tagIsInvalidatedHereAtOnceAndOnTheOtherNodeSoon() {
    assertThat(get(near, "a", "red")).isEqualTo("none");
    assertThat(get(far, "a", "red")).isEqualTo("none");
    get(near, "b", "blue");
    database.rows.put("a", "new");
    database.rows.put("b", "new");
    assertThat(near.caches().invalidateTag("red")).isEqualTo(new Invalidation(0, Reach.REDIS));
    assertThat(get(near, "a", "red")).isEqualTo("new");
    awaitValue(far, "a", "new");
    assertThat(get(far, "b", "blue")).isEqualTo("none");
    assertThat(get(near, "b", "blue")).isEqualTo("none");
  }

  @Test
  void tagWorksAgainAfterItWasInvalidated() {
    for (int i = 0; i < 5; i++) {
      get(near, "a", "red", "green");
      get(far, "a", "red", "green");
      database.rows.put("a", "v" + i);
      near.caches().invalidateTag(i % 2 == 0 ? "red" : "green");
      assertThat(get(near, "a", "red", "green")).isEqualTo("v" + i);
      awaitValue(far, "a", "v" + i);
    }
  }

  @Test
  void managersOfOtherNamesAndCachesOfOtherPrefixesKeepTheirOwnTags() {
    try (Peer other = peer(layer(redis.uri()).prefix("other:"), database)) {
      get(near, "a", "red");
      get(other, "a", "red");
      database.rows.put("a", "new");
      near.caches().invalidateTag("red");
      assertThat(get(near, "a", "red")).isEqualTo("new");
      assertThat(get(other, "a", "red")).isEqualTo("none");
    }
  }

  @Test
  void nodeThatStartsLaterServesNothingFromBeforeAndAllFromAfter() {
    get(near, "a", "red");
    get(near, "b", "blue");
    get(near, "c");
    database.rows.replaceAll((key, value) -> "new");
    near.caches().invalidateTag("red");
    try (Peer late = peer(layer(redis.uri()), database)) {
      assertThat(late.cache().get("b").source()).isEqualTo(Source.REDIS);
      assertThat(late.cache().get("a").source()).isEqualTo(Source.FRESH);
      assertThat(near.cache().get("a").source()).isEqualTo(Source.REDIS);
    }
    near.cache().clear();
    get(near, "c");
    try (Peer late = peer(layer(redis.uri()), database)) {
      assertThat(late.cache().get("b").source()).isEqualTo(Source.FRESH);
      assertThat(late.cache().get("c").source()).isEqualTo(Source.REDIS);
    }
  }

  @Test
  void patternAndClearReachTheOtherNode() {
    for (Peer peer : List.of(near, far)) {
      get(peer, "tenant:42:a");
      get(peer, "tenant:43:a");
    }
    database.rows.put("tenant:42:a", "new");
    database.rows.put("tenant:43:a", "new");
    near.cache().invalidateMatching("tenant:42:*");
    awaitValue(far, "tenant:42:a", "new");
    assertThat(get(far, "tenant:43:a")).isEqualTo("none");
    near.cache().clear();
    awaitValue(far, "tenant:43:a", "new");
  }

  @Test
  void starTagClearsEveryCacheOfTheManager() {
    get(near, "a");
    get(far, "a");
    database.rows.put("a", "new");
    near.caches().invalidateTag("*");
    assertThat(get(near, "a")).isEqualTo("new");
    awaitValue(far, "a", "new");
  }

  @Test
  void loadBegunBeforeOnAnotherNodeIsBelievedByNobody() throws Exception {
    CountDownLatch loading = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    var slow =
        Caches.inThread(
            () ->
                far.cache()
                    .get(
                        "a",
                        load -> {
                          load.tag("red");
                          loading.countDown();
                          go.await();
                          return "old";
                        }));
    assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();
    database.rows.put("a", "new");
    near.caches().invalidateTag("red");
    go.countDown();
    assertThat(slow.get(10, TimeUnit.SECONDS).value()).isEqualTo("old"); // asked before
    assertThat(get(near, "a", "red")).isEqualTo("new");
    awaitValue(far, "a", "new");
  }

  @Test
  void callIsOneTripAndLeavesNoIndexWhateverTheNumberOfEntries() {
    IntStream.range(0, 500).forEach(i -> get(near, "k" + i, "red", "blue", "tag" + i));
    long keys = Caches.onRedis(redis.uri(), c -> c.sync().dbsize());
    assertThat(keys).isBetween(500L, 520L); // entries, four partitions' states and logs, control
    long before = near.caches().stats().redis().orElseThrow().requests();
    near.caches().invalidateTag("red");
    near.cache().invalidateMatching("k*");
    near.cache().clear();
    assertThat(near.caches().stats().redis().orElseThrow().requests() - before).isEqualTo(3);
    assertThat(Caches.<Long>onRedis(redis.uri(), c -> c.sync().dbsize())).isBetween(keys, keys + 2);
  }

  @Test
  void whatThisNodeInvalidatedWhileCutOffIsReplayedBeforeAnythingIsRead() {
    get(near, "a", "red");
    get(far, "a", "red");
    get(near, "b");
    get(far, "b");
    proxy.refuse();
    proxy.cut();
    database.rows.put("a", "new");
    database.rows.put("b", "new");
    assertThat(far.caches().invalidateTag("red").reach()).isEqualTo(Reach.THIS_NODE);
    assertThat(far.cache().invalidateMatching("b").reach()).isEqualTo(Reach.THIS_NODE);
    assertThat(far.caches().health().queuedInvalidations()).isPositive();
    assertThat(get(far, "a", "red")).isEqualTo("new");
    assertThat(get(near, "a", "red")).isEqualTo("none"); // nobody could tell it
    proxy.heal();
    awaitValue(near, "a", "new");
    awaitValue(near, "b", "new");
    assertThat(get(far, "a", "red")).isEqualTo("new");
    assertThat(far.caches().health().queuedInvalidations()).isZero();
  }

  @Test
  void nothingIsMissedWhenClientsAreKilled() {
    for (int i = 0; i < 5; i++) {
      get(near, "a", "red");
      get(far, "a", "red");
      database.rows.put("a", "v" + i);
      Caches.onRedis(redis.uri(), c -> c.sync().clientKill(KillArgs.Builder.typeNormal()));
      near.caches().invalidateTag("red");
      awaitValue(near, "a", "v" + i);
      awaitValue(far, "a", "v" + i);
    }
  }

  @Test
  void flushAndRestartVoidWhatTheyForgot() {
    get(near, "a", "red");
    near.caches().invalidateTag("red");
    get(near, "a", "red");
    Caches.onRedis(redis.uri(), c -> c.sync().flushall());
    database.rows.put("a", "v1");
    awaitValue(far, "a", "v1");
    awaitValue(near, "a", "v1");
    redis.stop();
    redis.restart();
    Caches.awaitLive(near);
    Caches.awaitLive(far);
    database.rows.put("a", "v2");
    await().atMost(LONG).until(() -> near.caches().invalidateTag("red").reach() == Reach.REDIS);
    awaitValue(near, "a", "v2");
    awaitValue(far, "a", "v2");
  }

  @Test
  void entryIsAHitHoweverOftenOtherTagsWereInvalidatedSince() {
    get(near, "a", "red");
    get(far, "a", "red");
    List<String> others = IntStream.range(0, 3).mapToObj(i -> "tag" + i).toList();
    for (int i = 0; i < 1300; i++) {
      near.caches().invalidateTags(others);
    }
    assertThat(near.cache().get("a").source()).isEqualTo(Source.MEMORY);
    await().atMost(LONG).until(() -> far.cache().get("a").source() == Source.MEMORY);
    try (Peer late = peer(layer(redis.uri()), database)) { // reads the log in pages
      assertThat(late.cache().get("a").source()).isEqualTo(Source.REDIS);
      assertThat(late.caches().stats().forgotten()).isZero();
    }
    database.rows.put("a", "new");
    near.caches().invalidateTag("red");
    try (Peer late = peer(layer(redis.uri()), database)) {
      assertThat(get(late, "a", "red")).isEqualTo("new");
    }
  }

  @Test
  void entryOlderThanTheTagsThatAreKeptIsAMiss() {
    get(near, "a", "red");
    for (int i = 0; i < 100_000; i += 125) {
      near.caches().invalidateTags(IntStream.range(i, i + 125).mapToObj(n -> "tag" + n).toList());
    }
    near.caches().invalidateTag("one more");
    assertThat(near.cache().get("a").source()).isEqualTo(Source.FRESH);
    assertThat(near.caches().stats().forgotten()).isPositive();
  }

  @Test
  void nodeThatStartsWithATrimmedLogBelievesNothingFromBeforeItsFirstRecord() {
    get(near, "a", "red");
    near.caches().invalidateTag("blue");
    near.caches().invalidateTag("green");
    Caches.onRedis(redis.uri(), c -> c.sync().xtrim("{sf:test}:ctl", false, 1));
    get(near, "b", "red");
    try (Peer late = peer(layer(redis.uri()), database)) {
      assertThat(late.cache().get("b").source()).isEqualTo(Source.REDIS);
      assertThat(late.cache().get("a").source()).isEqualTo(Source.FRESH);
      assertThat(late.caches().stats().forgotten()).isPositive();
    }
    assertThat(near.cache().get("a").source()).isNotEqualTo(Source.FRESH);
  }

  private static String get(Peer peer, String key, String... tags) {
    return peer.cache()
        .get(
            key,
            load -> {
              load.tag(tags);
              return peer.database().find(key);
            })
        .value();
  }

  private static void awaitValue(Peer peer, String key, String value) {
    await()
        .atMost(LONG)
        .pollInterval(5, TimeUnit.MILLISECONDS)
        .until(() -> value.equals(get(peer, key, "red")));
  }
}
