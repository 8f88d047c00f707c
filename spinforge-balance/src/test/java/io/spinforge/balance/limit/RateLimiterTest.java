package io.spinforge.balance.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spinforge.testkit.ManualTicker;
import io.spinforge.testkit.Seeds;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RateLimiterTest {
  private final ManualTicker ticker = new ManualTicker();

  private RateLimiter limiter(int limit, Duration window) {
    return RateLimiter.builder().limit(limit, window).ticker(ticker).build();
  }

  @Test
  void allowsAHundredAMinuteByDefault() {
    RateLimiter limiter = RateLimiter.builder().ticker(ticker).build();
    for (int i = 0; i < 100; i++) {
      assertThat(limiter.tryAcquire("client")).isTrue();
    }
    assertThat(limiter.tryAcquire("client")).isFalse();
    assertThat(limiter.tryAcquire("another")).isTrue();
    ticker.advance(Duration.ofSeconds(60));
    assertThat(limiter.tryAcquire("client")).as("a slice of 2 s later").isFalse();
    ticker.advance(Duration.ofSeconds(2));
    assertThat(limiter.tryAcquire("client")).isTrue();
    assertThat(limiter.stats()).isEqualTo(new RateLimiter.Stats(102, 2, 2, 0, 0, 1, false));
    assertThat(limiter).hasToString("RateLimiter[default: 100 in PT1M]");
  }

  @Test
  void noWindowWhereverItBeginsSeesMoreThanTheLimitAndLittleIsLost() {
    Seeds.run(
        30,
        (seed, random) -> {
          ManualTicker time = new ManualTicker(random.nextLong());
          int limit = random.nextInt(1, 50);
          long window = Duration.ofMillis(random.nextInt(30, 90_000)).toNanos();
          RateLimiter limiter =
              RateLimiter.builder().limit(limit, Duration.ofNanos(window)).ticker(time).build();
          Deque<Long> inWindow = new ArrayDeque<>();
          Deque<Long> inLongerWindow = new ArrayDeque<>();
          long longer = window + 2 * (window / 30 + 1);
          long now = 0;
          for (int i = 0; i < 3_000; i++) {
            long step = random.nextLong(1 + 4 * window / limit / (1 + random.nextInt(8)));
            now += step;
            time.advance(Duration.ofNanos(step));
            dropUntil(inWindow, now - window);
            dropUntil(inLongerWindow, now - longer);
            boolean allowed = limiter.tryAcquire("client");
            if (allowed) {
              inWindow.add(now);
              inLongerWindow.add(now);
              assertThat(inWindow.size()).isLessThanOrEqualTo(limit);
            } else {
              assertThat(inLongerWindow.size()).isGreaterThanOrEqualTo(limit);
            }
          }
        });
  }

  private static void dropUntil(Deque<Long> times, long oldest) {
    while (!times.isEmpty() && times.peek() <= oldest) {
      times.remove();
    }
  }

  @Test
  void aClientThatNeverStopsAskingGetsNearlyItsLimit() {
    RateLimiter limiter = limiter(100, Duration.ofMinutes(1));
    int allowed = 0;
    for (int i = 0; i < 100_000; i++) {
      ticker.advance(Duration.ofMillis(6));
      allowed += limiter.tryAcquire("client") ? 1 : 0;
    }
    assertThat(allowed).as("in ten minutes").isBetween(960, 1_000);
  }

  @Test
  void tellsTheClientWhatItMaySend() {
    RateLimiter limiter = limiter(2, Duration.ofMinutes(1));
    RateDecision first = limiter.acquire("client");
    assertThat(first.headers())
        .isEqualTo(
            Map.of(
                "RateLimit-Policy", "\"default\";q=2;w=60", "RateLimit", "\"default\";r=1;t=62"));
    assertThat(first.allowed()).isTrue();
    ticker.advance(Duration.ofMillis(1_500));
    limiter.acquire("client");
    RateDecision third = limiter.acquire("client");
    assertThat(third.allowed()).isFalse();
    assertThat(third.headers())
        .containsEntry("RateLimit", "\"default\";r=0;t=61")
        .containsEntry("Retry-After", "61");
    ticker.advance(Duration.ofSeconds(61));
    assertThat(limiter.acquireAsync("client").join().allowed()).as("as promised").isTrue();
    assertThat(new RateDecision(false, "a", 1, Duration.ofMinutes(1), 0, Duration.ZERO, true))
        .extracting(RateDecision::retryAfterSeconds)
        .isEqualTo(1L);
  }

  @Test
  void promisesAreKept() {
    Seeds.run(
        50,
        (seed, random) -> {
          RateLimiter limiter = limiter(1 + random.nextInt(5), Duration.ofSeconds(90));
          for (int i = 0; i < 200; i++) {
            RateDecision decision = limiter.acquire("client");
            if (decision.allowed()) {
              ticker.advance(Duration.ofMillis(random.nextInt(10_000)));
            } else {
              ticker.advance(decision.reset().minusNanos(1));
              assertThat(limiter.tryAcquire("client")).isFalse();
              ticker.advance(Duration.ofNanos(1));
              assertThat(limiter.tryAcquire("client")).isTrue();
            }
          }
        });
  }

  @Test
  void keepsNoMoreClientsThanItMay() {
    RateLimiter limiter =
        RateLimiter.builder().limit(1, Duration.ofSeconds(30)).maxKeys(100).ticker(ticker).build();
    for (int i = 0; i < 1_000; i++) {
      limiter.tryAcquire("client " + i);
      assertThat(limiter.stats().keys()).isLessThanOrEqualTo(100);
    }
    assertThat(limiter.stats().forgotten()).isBetween(850L, 950L);
    assertThat(limiter.tryAcquire("client 999")).as("seen lately").isFalse();
  }

  @Test
  void clientsThatAreGoneLeaveMemoryAndNoneIsForgottenEarly() {
    Seeds.run(
        10,
        (seed, random) -> {
          RateLimiter limiter = limiter(1, Duration.ofSeconds(30));
          Map<String, Long> last = new HashMap<>();
          for (int i = 0; i < 2_000; i++) {
            ticker.advance(Duration.ofMillis(random.nextInt(200)));
            String key = "client " + random.nextInt(50);
            Long before = last.get(key);
            boolean within = before != null && ticker.getAsLong() - before < 30_000_000_000L;
            if (limiter.tryAcquire(key)) {
              assertThat(within).isFalse();
              last.put(key, ticker.getAsLong());
            }
          }
          assertThat(limiter.stats().forgotten()).isZero();
          ticker.advance(Duration.ofSeconds(40));
          limiter.tryAcquire("one more");
          ticker.advance(Duration.ofSeconds(40));
          limiter.tryAcquire("one more");
          assertThat(limiter.stats().keys()).isEqualTo(1);
        });
  }

  @Test
  void exactlyTheLimitFromManyThreadsWhileKeysComeAndGo() throws Exception {
    RateLimiter limiter = RateLimiter.builder().limit(1_000, Duration.ofDays(1)).build();
    AtomicInteger allowed = new AtomicInteger();
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> work = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        int number = thread;
        work.add(
            pool.submit(
                () -> {
                  for (int i = 0; i < 5_000; i++) {
                    allowed.addAndGet(limiter.tryAcquire("hot") ? 1 : 0);
                    limiter.tryAcquire("cold " + number + " " + i);
                  }
                }));
      }
      for (Future<?> done : work) {
        done.get(60, TimeUnit.SECONDS);
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(allowed).hasValue(1_000);
  }

  @Test
  void aKnownClientAllocatesNothing() {
    RateLimiter limiter = RateLimiter.perMinute(1_000_000_000);
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 6; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 20_000; i++) {
        limiter.tryAcquire("client");
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertThat(least).isLessThan(2_000);
  }

  @Test
  void withoutLettuceTheErrorNamesTheArtifact() throws Exception {
    URL[] urls =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.contains("lettuce"))
            .map(RateLimiterTest::url)
            .toArray(URL[]::new);
    try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
      Class<?> host = loader.loadClass(HostWithoutLettuce.class.getName());
      assertThat(((Callable<?>) host.getDeclaredConstructor().newInstance()).call())
          .isEqualTo(
              "true, redis: redis://localhost"
                  + " (expected: io.lettuce:lettuce-core on the class path)");
    }
  }

  private static URL url(String entry) {
    try {
      return Path.of(entry).toUri().toURL();
    } catch (java.net.MalformedURLException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Runs where Lettuce is not. */
  public static final class HostWithoutLettuce implements Callable<Object> {
    @Override
    public Object call() {
      boolean allowed = RateLimiter.perMinute(1).tryAcquire("client");
      try {
        return RateLimiter.builder().redis("redis://localhost").build();
      } catch (IllegalStateException e) {
        return allowed + ", " + e.getMessage();
      }
    }
  }

  @Test
  void settingsOutOfRangeAreNamed() {
    Duration minute = Duration.ofMinutes(1);
    assertThatThrownBy(() -> RateLimiter.builder().limit(0, minute))
        .hasMessage("limit: 0 (expected: 1 to 1000000000)");
    assertThatThrownBy(() -> RateLimiter.builder().limit(1, Duration.ofMillis(29)))
        .hasMessage("window: PT0.029S (expected: >= 30 ms)");
    assertThatThrownBy(() -> RateLimiter.builder().limit(1, Duration.ZERO))
        .hasMessage("window: PT0S (expected: > 0, <= 365 days)");
    assertThatThrownBy(() -> RateLimiter.builder().name("a\"b"))
        .hasMessage("name: a\"b (expected: [A-Za-z0-9._-]{1,64})");
    assertThatThrownBy(() -> RateLimiter.builder().maxKeys(1))
        .hasMessage("maxKeys: 1 (expected: >= 2)");
    assertThatThrownBy(() -> RateLimiter.builder().instances(2).build())
        .hasMessage("instances: 2 (expected: redis set)");
    assertThatThrownBy(() -> RateLimiter.builder().limit(1, minute).limit(2, minute))
        .hasMessage("limit: set twice (expected: once)");
    assertThatThrownBy(() -> RateLimiter.perMinute().tryAcquire(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("key");
  }
}
