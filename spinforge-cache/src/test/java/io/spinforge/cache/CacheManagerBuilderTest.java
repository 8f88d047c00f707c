package io.spinforge.cache;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spinforge.cache.memory.BanMark;
import java.time.Duration;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Every setter's rule, and every combination that cannot be. */
class CacheManagerBuilderTest {
  private static final String MILLIS = " (expected: 1 ms to 315360000 s)";

  @Test
  void namesAreShortAndPlain() {
    refuses(
        () -> CacheManager.builder().name("a b"),
        "name: a b (expected: 1 to 64 of A-Z a-z 0-9 _ . -)");
    try (CacheManager caches = CacheManager.builder().build()) {
      refuses(
          () -> caches.cache("a:b", String.class),
          "cache: a:b (expected: 1 to 64 of A-Z a-z 0-9 _ . -)");
      refuses(() -> caches.cache("a", int.class), "type: int (expected: not a primitive)");
    }
  }

  @Test
  void memoryBoundsArePositive() {
    refuses(() -> memory().maximumBytes(0), "maximumBytes: 0 (expected: >= 1)");
    refuses(() -> memory().maximumEntries(-1), "maximumEntries: -1 (expected: >= 0)");
    refuses(() -> memory().timeToLive(Duration.ZERO), "timeToLive: PT0S" + MILLIS);
  }

  @Test
  void policyIsWithinReason() {
    refuses(() -> new CachePolicy().freshFor(Duration.ZERO), "freshFor: PT0S" + MILLIS);
    refuses(() -> new CachePolicy().freshFor(ofDays(4000)), "freshFor: PT96000H" + MILLIS);
    String lifetime = " (expected: 0, or 1 ms to 315360000 s)";
    refuses(
        () -> new CachePolicy().serveStaleFor(ofMillis(-1)), "serveStaleFor: PT-0.001S" + lifetime);
    refuses(
        () -> new CachePolicy().serveStaleOnError(Duration.ofNanos(1)),
        "serveStaleOnError: PT0.000000001S" + lifetime);
    refuses(
        () -> new CachePolicy().serveStaleOnError(ofDays(1), Duration.ZERO),
        "throttle: PT0S" + MILLIS);
    refuses(() -> new CachePolicy().jitter(-0.1), "jitter: -0.1 (expected: 0 to 0.9)");
    refuses(() -> new CachePolicy().jitter(Double.NaN), "jitter: NaN (expected: 0 to 0.9)");
  }

  @Test
  void loadIsWithinReason() {
    Load<String> load = new Load<>(ofSeconds(1), new BanMark(0, 0, 0), null);
    refuses(() -> load.tag(""), "tag:  (expected: 1 to 256 characters, not *)");
    refuses(() -> load.tag("*"), "tag: * (expected: 1 to 256 characters, not *)");
    String[] many = IntStream.range(0, 129).mapToObj(Integer::toString).toArray(String[]::new);
    refuses(() -> load.tag(many), "tag: 129 tags (expected: at most 128)");
    refuses(() -> load.freshFor(Duration.ZERO), "freshFor: PT0S" + MILLIS);
    refuses(() -> load.absent(ofMillis(-1)), "absent: PT-0.001S" + MILLIS);
  }

  @Test
  void redisLayerIsWithinReason() {
    refuses(
        () -> RedisLayer.of("http://secret@x"),
        "uri: not readable (expected: redis://, rediss:// or redis-sentinel://)");
    refuses(
        () -> layer().prefix("a{b"), "prefix: a{b (expected: at most 64 characters, no { or })");
    refuses(() -> layer().partitions(0), "partitions: 0 (expected: 1 to 256)");
    refuses(() -> layer().partitions(257), "partitions: 257 (expected: 1 to 256)");
    refuses(
        () -> layer().commandTimeout(Duration.ZERO),
        "commandTimeout: PT0S (expected: 1 ms to 60 s)");
    refuses(
        () -> layer().maxStaleness(ofMillis(699)),
        "maxStaleness: PT0.699S (expected: 700 ms to 3600 s)");
    refuses(
        () -> layer().leaseTimeToLive(ofMillis(9)),
        "leaseTimeToLive: PT0.009S (expected: 10 ms to 3600 s)");
    refuses(() -> layer().maximumQueued(0), "maximumQueued: 0 (expected: 1 to 10000000)");
  }

  @Test
  void nothingIsSetTwice() {
    twice(() -> CacheManager.builder().name("a").name("b"), "name: b");
    twice(() -> CacheManager.builder().redis(layer()).redis(layer()), "redis: ");
    twice(
        () -> CacheManager.builder().executor(Runnable::run).executor(Runnable::run), "executor: ");
    twice(() -> memory().maximumBytes(1).maximumBytes(2), "maximumBytes: 2");
    twice(() -> memory().maximumEntries(1).maximumEntries(2), "maximumEntries: 2");
    twice(() -> memory().timeToLive(ofSeconds(1)).timeToLive(ofSeconds(2)), "timeToLive: PT2S");
    twice(() -> new CachePolicy().freshFor(ofSeconds(1)).freshFor(ofSeconds(2)), "freshFor: PT2S");
    twice(() -> new CachePolicy().jitter(0).jitter(0.1), "jitter: 0.1");
    twice(() -> layer().prefix("a").prefix("b"), "prefix: b");
    twice(() -> layer().partitions(1).partitions(2), "partitions: 2");
    twice(
        () -> layer().commandTimeout(ofSeconds(1)).commandTimeout(ofSeconds(2)),
        "commandTimeout: PT2S");
    twice(
        () -> layer().maxStaleness(ofSeconds(1)).maxStaleness(ofSeconds(2)), "maxStaleness: PT2S");
    twice(
        () -> layer().leaseTimeToLive(ofSeconds(1)).leaseTimeToLive(ofSeconds(2)),
        "leaseTimeToLive: PT2S");
    twice(() -> layer().maximumQueued(1).maximumQueued(2), "maximumQueued: 2");
    twice(
        () -> layer().whenDetached(WhenDetached.LOAD).whenDetached(WhenDetached.LOAD),
        "whenDetached: LOAD");
  }

  @Test
  void nullsAreRefused() {
    CacheManager.Builder builder = CacheManager.builder();
    assertThatThrownBy(() -> builder.redis(null)).hasMessage("redis");
    assertThatThrownBy(() -> builder.executor(null)).hasMessage("executor");
    assertThatThrownBy(() -> builder.listener(null)).hasMessage("listener");
    assertThatThrownBy(() -> builder.ticker(null)).hasMessage("ticker");
    assertThatThrownBy(() -> builder.clock(null)).hasMessage("clock");
    assertThatThrownBy(() -> builder.random(null)).hasMessage("random");
  }

  @Test
  void wrongCombinationsAreReportedTogether() {
    assertThatThrownBy(
            () -> CacheManager.builder().memory(m -> m.maximumBytes(1).maximumEntries(1)).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("memory: maximumBytes and maximumEntries (expected: one of them)");
    try (CacheManager caches = CacheManager.builder().build()) {
      assertThatThrownBy(
              () ->
                  caches
                      .cache("row", Integer.class)
                      .key((String k) -> k)
                      .memory(m -> m.maximumBytes(1).maximumEntries(1))
                      .build())
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "cache row: memory: maximumBytes and maximumEntries (expected: one of them);"
                  + " codec: none (expected: one, to measure maximumBytes)");
    }
  }

  @Test
  void cacheNameIsTakenOnce() {
    try (CacheManager caches = CacheManager.builder().build()) {
      caches.cache("row", String.class).key((String k) -> k).build();
      assertThatThrownBy(() -> caches.cache("row", String.class).key((String k) -> k).build())
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("cache: row (expected: a name that this manager has not yet)");
    }
  }

  @Test
  void defaultsAreTheGuides() {
    assertThat(new CachePolicy().over(new CachePolicy()).freshFor()).isEqualTo(ofSeconds(300));
    assertThat(new MemoryLayer().over(new MemoryLayer(), true).timeToLiveNanos())
        .isEqualTo(ofSeconds(60).toNanos());
    assertThat(layer().settings("x").commandTimeout()).isEqualTo(ofMillis(250));
  }

  private static MemoryLayer memory() {
    return new MemoryLayer();
  }

  private static RedisLayer layer() {
    return RedisLayer.of("redis://127.0.0.1:1");
  }

  private static void refuses(ThrowingCallable setter, String message) {
    assertThatThrownBy(setter).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  private static void twice(ThrowingCallable setter, String start) {
    assertThatThrownBy(setter)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith(start)
        .hasMessageContaining("(expected: set once; it is ");
  }
}
