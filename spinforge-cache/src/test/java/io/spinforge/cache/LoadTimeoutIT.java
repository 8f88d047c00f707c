package io.spinforge.cache;

import static io.spinforge.cache.LoadTimeout.hard;
import static io.spinforge.cache.LoadTimeout.soft;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.spinforge.cache.Caches.SlowLoad;
import io.spinforge.testkit.RedisServer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Time limits where Redis has its part in the time, and in what becomes of the load. */
@Timeout(60)
class LoadTimeoutIT {
  private final AtomicInteger loads = new AtomicInteger();
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private RedisServer redis;
  private CacheManager here;
  private CacheManager there;

  @BeforeEach
  void start() {
    redis = RedisServer.start();
    here = manager();
    there = manager();
  }

  @AfterEach
  void stop() {
    gate.countDown();
    redis.resume();
    here.close();
    there.close();
    redis.close();
  }

  @Test
  void loadThatWasTimedOutFillsRedisForTheOtherNodesToo() {
    LayeredCache<String, String> a = cache(here);
    LayeredCache<String, String> b = cache(there);
    gate = new CountDownLatch(1);
    assertThatThrownBy(() -> a.get("k")).isInstanceOf(LoadTimeoutException.class);
    gate.countDown();
    await().untilAsserted(() -> assertThat(b.peek("k")).isPresent());
    assertThat(b.get("k").value()).isEqualTo("v1");
    assertThat(loads).hasValue(1);
  }

  @Test
  void softTimeoutServesWhatMemoryKnowsWhileRedisHangs() {
    LayeredCache<String, String> a = cache(here);
    a.get("k");
    await().until(() -> a.get("k").source() == Source.REDIS); // memory's time to live is over
    await().pollDelay(ofMillis(150)).until(() -> true);
    redis.pause();
    long asked = System.nanoTime();
    Cached<String> read = a.get("k");
    assertThat(read.value()).isEqualTo("v1");
    assertThat(read.state()).isEqualTo(State.FRESH); // it is, only memory had to ask again
    assertThat(here.stats().caches().get("row").loadTimeouts()).isEqualTo(1);
    assertThat(System.nanoTime() - asked).isLessThan(ofSeconds(10).toNanos());
  }

  @Test
  void softTimeoutServesTheLastValueOfRedisOnAColdNode() {
    LayeredCache<String, String> a = cache(here);
    LayeredCache<String, String> b = cache(there);
    a.get("k", load -> load.freshFor(ofMillis(1)) == load ? "last" : "");
    await().until(() -> b.peek("k").isEmpty());
    gate = new CountDownLatch(1);
    Cached<String> read = b.get("k");
    assertThat(read.value()).isEqualTo("last");
    assertThat(read.state()).isEqualTo(State.STALE_REVALIDATING);
    gate.countDown();
    await().untilAsserted(() -> assertThat(b.get("k").value()).isEqualTo("v1"));
  }

  @Test
  void hardTimeoutHoldsWhileRedisHangs() {
    LayeredCache<String, String> a = cache(here);
    redis.pause();
    gate = new CountDownLatch(1);
    assertThatThrownBy(() -> a.get("new")).isInstanceOf(LoadTimeoutException.class);
  }

  @Test
  void redisThatStopsInTheMiddleOfALoadIsNoErrorOfTheRead() throws Exception {
    LayeredCache<String, String> plain =
        here.cache("plain", String.class).key((String k) -> k).build();
    SlowLoad slow = new SlowLoad(plain, "k", () -> "v");
    redis.stop();
    assertThat(slow.finish().value()).isEqualTo("v");
    assertThat(plain.get("k", load -> "again").value()).isIn("v", "again");
    redis.restart();
  }

  private CacheManager manager() {
    return CacheManager.builder()
        .name("test")
        .redis(RedisLayer.of(redis.uri()).partitions(4).commandTimeout(ofSeconds(1)))
        .memory(m -> m.timeToLive(ofMillis(100)))
        .build();
  }

  private LayeredCache<String, String> cache(CacheManager caches) {
    return caches
        .cache("row", String.class)
        .key((String k) -> k)
        .policy(
            p ->
                p.loadTimeout(soft(ofMillis(50)), hard(ofMillis(500)))
                    .serveStaleOnError(ofHours(1))
                    .jitter(0))
        .loader(
            k -> {
              int n = loads.incrementAndGet();
              gate.await();
              return "v" + n;
            })
        .build();
  }
}
