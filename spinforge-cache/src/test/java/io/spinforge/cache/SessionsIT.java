package io.spinforge.cache;

import static io.spinforge.cache.Caches.layer;
import static io.spinforge.cache.Caches.onRedis;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.spinforge.cache.codec.Codec;
import io.spinforge.testkit.RedisServer;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The sessions of stateless instances: Redis first, an hour from the last use. */
class SessionsIT {
  private static RedisServer redis;

  private CacheManager here;
  private CacheManager there;

  record Session(String user, int items) {}

  @BeforeAll
  static void startRedis() {
    redis = RedisServer.start();
  }

  @AfterAll
  static void stopRedis() {
    redis.close();
  }

  @BeforeEach
  void open() {
    onRedis(redis.uri(), c -> c.sync().flushall());
    here = manager();
    there = manager();
  }

  @AfterEach
  void close() {
    here.close();
    there.close();
  }

  @Test
  void everyInstanceSeesTheLastWriteAtOnce() {
    LayeredCache<String, Session> a = sessions(here);
    LayeredCache<String, Session> b = sessions(there);
    for (int i = 0; i < 50; i++) {
      a.put("s", new Session("ann", i));
      Cached<Session> read = b.peek("s").orElseThrow();
      assertThat(read.value()).isEqualTo(new Session("ann", i));
      assertThat(read.source()).isEqualTo(Source.REDIS);
    }
    b.invalidate("s");
    assertThat(a.peek("s")).isEmpty();
  }

  @Test
  void readStartsTheHourAnew() {
    LayeredCache<String, Session> a = sessions(here);
    a.put("s", new Session("ann", 1));
    a.put("t", new Session("bob", 1));
    a.put("u", new Session("eve", 1));
    for (String id : List.of("s", "t", "u")) {
      assertThat(ttl(id)).isBetween(3_590_000L, 3_600_000L);
      expireIn(id, 100_000);
    }
    assertThat(a.peek("s").orElseThrow().age()).isBetween(ofMinutes(58), ofMinutes(59));
    a.get("t", load -> load.absent(ofMinutes(1)));
    a.getAll(List.of("u"));
    for (String id : List.of("s", "t", "u")) {
      await().untilAsserted(() -> assertThat(ttl(id)).isBetween(3_590_000L, 3_600_000L));
    }
    assertThat(a.peek("s").orElseThrow().age()).isLessThan(ofMinutes(1));
  }

  @Test
  void readDoesNotBringAnEndedSessionBack() {
    LayeredCache<String, Session> a = sessions(here);
    LayeredCache<String, Session> b = sessions(there);
    a.put("s", new Session("ann", 1));
    expireIn("s", 100_000);
    a.peek("s");
    b.invalidate("s");
    assertThat(a.peek("s")).isEmpty();
    List<String> left = onRedis(redis.uri(), c -> c.sync().keys("*v:session:s"));
    assertThat(left).isEmpty();
  }

  @Test
  void sessionsNeedRedisAndNoMemory() {
    try (CacheManager bare = CacheManager.builder().build()) {
      assertThatThrownBy(
              () ->
                  bare.cache("session", String.class)
                      .key((String k) -> k)
                      .memory(m -> m.maximumEntries(5))
                      .sessions()
                      .build())
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "cache session: sessions: no Redis layer (expected: one, since they are kept nowhere"
                  + " else); sessions: memory is bounded (expected: no setting, it keeps none)");
    }
  }

  private static CacheManager manager() {
    return CacheManager.builder()
        .name("test")
        .redis(layer(redis.uri()))
        .defaults(p -> p.serveStaleOnError(ofHours(6)))
        .build();
  }

  private static LayeredCache<String, Session> sessions(CacheManager caches) {
    return caches
        .cache("session", Session.class)
        .key((String id) -> id)
        .codec(Codec.json(new ObjectMapper()))
        .bulkLoader((java.util.Set<String> ids) -> java.util.Map.of())
        .sessions()
        .build();
  }

  private static long ttl(String id) {
    return onRedis(redis.uri(), c -> c.sync().pttl(c.sync().keys("*v:session:" + id).get(0)));
  }

  private static void expireIn(String id, long millis) {
    onRedis(redis.uri(), c -> c.sync().pexpire(c.sync().keys("*v:session:" + id).get(0), millis));
  }
}
