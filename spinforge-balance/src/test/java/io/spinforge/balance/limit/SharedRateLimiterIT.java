package io.spinforge.balance.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.cluster.RedisClusterClient;
import io.spinforge.testkit.FaultProxy;
import io.spinforge.testkit.RedisCluster;
import io.spinforge.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Limits shared in a real Redis, and what is left of them when it goes. */
@Timeout(120)
class SharedRateLimiterIT {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static RedisServer redis;
  private static FaultProxy proxy;
  private static RedisClient direct;

  private final List<AutoCloseable> open = new ArrayList<>();

  @BeforeAll
  static void start() {
    redis = RedisServer.start();
    proxy = FaultProxy.to(redis.port());
    direct = RedisClient.create(redis.uri());
  }

  @AfterAll
  static void stop() {
    direct.shutdown(0, 5, TimeUnit.SECONDS);
    proxy.close();
    redis.close();
  }

  @AfterEach
  void close() throws Exception {
    proxy.heal();
    for (AutoCloseable each : open) {
      each.close();
    }
    try (var connection = direct.connect()) {
      connection.sync().flushall();
    }
  }

  /** Patient: on a busy machine even the first connection may take seconds. */
  private RateLimiterBuilder builder(int limit) {
    return RateLimiter.builder().limit(limit, MINUTE).timeout(Duration.ofSeconds(30));
  }

  /** For those whose Redis goes: what was sent into a dying connection is not waited for long. */
  private RateLimiterBuilder mortal(int limit) {
    return RateLimiter.builder().limit(limit, MINUTE).timeout(Duration.ofSeconds(2));
  }

  private static void awaitShared(RateLimiter limiter) {
    await().atMost(Duration.ofSeconds(30)).until(() -> limiter.acquire("warm").shared());
  }

  private RateLimiter shared(RateLimiterBuilder builder) {
    RateLimiter limiter = builder.build();
    open.add(limiter);
    return limiter;
  }

  private static int allowed(RateLimiter limiter, String key, int requests) {
    int allowed = 0;
    for (int i = 0; i < requests; i++) {
      allowed += limiter.tryAcquire(key) ? 1 : 0;
    }
    return allowed;
  }

  @Test
  void severalInstancesShareOneLimit() {
    RateLimiter one = shared(builder(30).redis(direct));
    RateLimiter two = shared(builder(30).redis(redis.uri()));
    assertThat(allowed(one, "client", 10)).isEqualTo(10);
    List<CompletableFuture<RateDecision>> answers = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      answers.add((i % 2 == 0 ? one : two).acquireAsync("client"));
    }
    assertThat(answers.stream().filter(answer -> answer.join().allowed())).hasSize(20);
    assertThat(two.tryAcquire("another")).isTrue();
    RateDecision last = two.acquire("client");
    assertThat(last.shared()).isTrue();
    assertThat(last.remaining()).isZero();
    assertThat(last.reset()).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(62));
    assertThat(one.stats().local() + two.stats().local()).isZero();
    assertThat(one.stats().away()).isFalse();
  }

  @Test
  void limitsOfOtherNamesAreOtherLimits() {
    RateLimiter one = shared(builder(1).name("login").redis(direct));
    RateLimiter two = shared(builder(1).name("search").redis(direct));
    assertThat(one.tryAcquire("client")).isTrue();
    assertThat(one.tryAcquire("client")).isFalse();
    assertThat(two.tryAcquire("client")).isTrue();
  }

  @Test
  void theWindowSlidesByTheServersClockAndLeavesNothingBehind() {
    RateLimiter limiter =
        shared(
            RateLimiter.builder()
                .limit(3, Duration.ofMillis(600))
                .timeout(Duration.ofSeconds(30))
                .redis(direct));
    awaitShared(limiter);
    int allowed;
    RateDecision refused;
    String client;
    long took;
    int clients = 0;
    do { // until six requests fit into a window: the machine may stop for longer than that
      client = "client " + clients++;
      long start = System.nanoTime();
      allowed = allowed(limiter, client, 5);
      refused = limiter.acquire(client);
      took = System.nanoTime() - start;
    } while (took > TimeUnit.MILLISECONDS.toNanos(500));
    assertThat(allowed).isEqualTo(3);
    assertThat(refused.allowed()).isFalse();
    assertThat(refused.reset()).isLessThanOrEqualTo(Duration.ofMillis(620));
    String again = client;
    await().until(() -> limiter.tryAcquire(again));
    try (var connection = direct.connect()) {
      String key = "spinforge:rate:default:of:" + again;
      await() // it may be gone before one looks
          .untilAsserted(
              () -> {
                limiter.tryAcquire(again);
                assertThat(connection.sync().pttl(key)).isBetween(1L, 620L);
              });
      await().until(() -> connection.sync().exists(key) == 0);
    }
  }

  @Test
  void redisForgettingTheScriptIsNotNoticed() {
    RateLimiter limiter = shared(builder(10).redis(direct));
    limiter.tryAcquire("client");
    try (var connection = direct.connect()) {
      connection.sync().scriptFlush();
    }
    assertThat(allowed(limiter, "client", 20)).isEqualTo(9);
    assertThat(limiter.stats().local()).isZero();
  }

  @Test
  void aKnownScriptIsOneTrip() {
    try (RedisServer own = RedisServer.start()) { // others' limiters may still be saying goodbye
      RateLimiter limiter = shared(builder(10).instances(1).redis(own.uri()));
      limiter.tryAcquire("client");
      RedisClient client = RedisClient.create(own.uri());
      open.add(client);
      try (var connection = client.connect()) {
        connection.sync().configResetstat();
        allowed(limiter, "client", 5);
        assertThat(connection.sync().info("commandstats"))
            .contains("cmdstat_evalsha:calls=5,")
            .doesNotContain("cmdstat_eval:");
      }
    }
  }

  @Test
  void whileRedisIsAwayEachInstanceHasItsShareLessWhatItUsed() {
    RedisClient client = RedisClient.create("redis://127.0.0.1:" + proxy.port());
    open.add(client);
    RateLimiter one = shared(mortal(20).instances(2).redis(client));
    RateLimiter two = shared(mortal(20).instances(2).redis(client));
    awaitShared(one);
    awaitShared(two);
    assertThat(allowed(one, "client", 4)).isEqualTo(4);
    assertThat(allowed(two, "client", 1)).isEqualTo(1);
    proxy.refuse();
    proxy.cut();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> !one.acquire("other").shared() && !two.acquire("other").shared());
    assertThat(allowed(one, "client", 20)).as("of 10, 4 are used").isEqualTo(6);
    assertThat(allowed(two, "client", 20)).as("of 10, 1 is used").isEqualTo(9);
    assertThat(one.stats().away()).isTrue();
    assertThat(one.stats().local()).isPositive();
    proxy.heal();
    await().atMost(Duration.ofSeconds(30)).until(() -> one.acquire("later").shared());
    assertThat(one.stats().away()).isFalse();
  }

  @Test
  void theShareIsByTheInstancesThatRedisLastToldOf() {
    RedisClient client = RedisClient.create("redis://127.0.0.1:" + proxy.port());
    open.add(client);
    RateLimiter one = shared(builder(30).redis(direct));
    RateLimiter two = shared(builder(30).redis(direct));
    one.tryAcquire("x");
    two.tryAcquire("x");
    await().until(() -> two.stats().instances() == 2);
    RateLimiter three = shared(mortal(30).redis(client));
    awaitShared(three); // whoever asks Redis also tells it that they live
    await().until(() -> three.stats().instances() == 3);
    proxy.refuse();
    proxy.cut();
    await().atMost(Duration.ofSeconds(30)).until(() -> !three.acquire("other").shared());
    assertThat(allowed(three, "client", 30)).isEqualTo(10);
  }

  @Test
  void instancesThatCloseAreNotCounted() {
    RateLimiter one = builder(30).redis(direct).build();
    one.tryAcquire("x");
    await().until(() -> one.stats().instances() == 1);
    one.close();
    one.close();
    try (var connection = direct.connect()) {
      await().until(() -> connection.sync().zcard("spinforge:rate:default:instances") == 0);
    }
    assertThat(one.tryAcquire("x")).as("in memory").isTrue();
  }

  @Test
  void aSilentRedisCostsAtMostTheTimeoutAndNoThreadOfItsClient() {
    RedisClient client = RedisClient.create("redis://127.0.0.1:" + proxy.port());
    open.add(client);
    RateLimiter limiter =
        shared(
            RateLimiter.builder()
                .limit(100, MINUTE)
                .instances(1)
                .timeout(Duration.ofMillis(200))
                .redis(client));
    awaitShared(limiter);
    proxy.halfOpen();
    List<CompletableFuture<RateDecision>> answers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      answers.add(limiter.acquireAsync("client"));
    }
    assertThat(answers)
        .allSatisfy(
            answer ->
                assertThat(answer)
                    .succeedsWithin(Duration.ofSeconds(10))
                    .matches(decision -> !decision.shared() && decision.allowed()));
    assertThat(limiter.stats().away()).as("three answers did not come").isTrue();
    assertThat(limiter.acquireAsync("client")).as("nobody asks any more").isCompleted();
    proxy.heal();
    await().atMost(Duration.ofSeconds(30)).until(() -> limiter.acquire("client").shared());
  }

  /** Lettuce sends the question again, and puts the new reply behind the half of the old one. */
  @Test
  void aReplyThatWasCutInTheMiddleIsNoAnswerAndLeavesNobodyWaiting() {
    RedisClient client = RedisClient.create("redis://127.0.0.1:" + proxy.port());
    open.add(client);
    RateLimiter limiter = shared(mortal(1_000_000).instances(1).redis(client));
    for (int bytes = 1; bytes < 16; bytes++) {
      awaitShared(limiter);
      proxy.cutAfter(bytes);
      CompletableFuture<RateDecision> answer = limiter.acquireAsync("client");
      await().until(() -> answer.isDone() || proxy.connections() == 0);
      proxy.heal();
      assertThat(answer)
          .as("cut after %d bytes", bytes)
          .succeedsWithin(Duration.ofSeconds(10))
          .matches(RateDecision::allowed);
    }
  }

  @Test
  void aRestartedRedisBeginsAnew() {
    try (RedisServer own = RedisServer.start()) {
      RateLimiter limiter = shared(mortal(5).instances(1).redis(own.uri()));
      awaitShared(limiter);
      assertThat(allowed(limiter, "client", 9)).isEqualTo(5);
      own.stop();
      await().atMost(Duration.ofSeconds(30)).until(() -> !limiter.acquire("other").shared());
      assertThat(allowed(limiter, "client", 9)).as("the share is used up").isZero();
      own.restart();
      await().atMost(Duration.ofSeconds(30)).until(() -> limiter.acquire("other").shared());
      assertThat(limiter.acquire("client").allowed()).isTrue();
    }
  }

  @Test
  void aRedisThatIsNotThereIsNoError() {
    RateLimiter limiter = shared(builder(4).instances(2).redis("redis://127.0.0.1:1?timeout=1s"));
    assertThat(allowed(limiter, "client", 9)).isEqualTo(2);
    assertThat(limiter.stats().away()).isTrue();
  }

  @Test
  void aClusterKeepsEachClientOnItsNode() {
    try (RedisCluster cluster = RedisCluster.start()) {
      RedisClusterClient client = RedisClusterClient.create(cluster.uris().get(0));
      open.add(client);
      RateLimiter one = shared(builder(3).redis(client));
      RateLimiter two = shared(builder(3).redis(client));
      for (int i = 0; i < 20; i++) {
        String key = "client " + i;
        assertThat(allowed(one, key, 2) + allowed(two, key, 2)).isEqualTo(3);
      }
      assertThat(one.stats().local()).isZero();
    }
  }
}
