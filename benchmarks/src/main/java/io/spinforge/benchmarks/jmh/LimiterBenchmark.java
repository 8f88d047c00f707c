package io.spinforge.benchmarks.jmh;

import com.netflix.concurrency.limits.Limiter;
import com.netflix.concurrency.limits.limit.Gradient2Limit;
import com.netflix.concurrency.limits.limiter.SimpleLimiter;
import io.github.bucket4j.Bucket;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.spinforge.balance.limit.ConcurrencyLimiter;
import io.spinforge.balance.limit.Limit;
import io.spinforge.balance.limit.RateLimiter;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * What admission costs a request: a place under a concurrency limit, taken and given back, beside
 * Netflix' concurrency-limits and resilience4j's bulkhead; and one request of a client under a rate
 * limit, beside Bucket4j and resilience4j, which need a map of clients around them. All read the
 * real clock.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class LimiterBenchmark {
  private static final int CLIENTS = 1_024;
  private static final int PLENTY = 1_000_000_000;
  private static final Duration WINDOW = Duration.ofMinutes(1);

  private final ConcurrencyLimiter fixed = ConcurrencyLimiter.of(Limit.fixed(100));
  private final ConcurrencyLimiter gradient = ConcurrencyLimiter.of(Limit.gradient());
  private final Limiter<Void> netflix =
      SimpleLimiter.newBuilder().limit(Gradient2Limit.newDefault()).build();
  private final Bulkhead bulkhead =
      Bulkhead.of("b", BulkheadConfig.custom().maxConcurrentCalls(100).build());

  private final String[] clients =
      IntStream.range(0, CLIENTS)
          .mapToObj(i -> "10.0." + i / 256 + "." + i % 256)
          .toArray(String[]::new);
  private final RateLimiter rate = RateLimiter.builder().limit(PLENTY, WINDOW).build();
  private final Map<String, Bucket> buckets = new ConcurrentHashMap<>();
  private final Map<String, io.github.resilience4j.ratelimiter.RateLimiter> permits =
      new ConcurrentHashMap<>();
  private int next;

  private String client() {
    next = (next + 1) & (CLIENTS - 1);
    return clients[next];
  }

  @Benchmark
  public boolean fixed() {
    return through(fixed);
  }

  @Benchmark
  public boolean gradient() {
    return through(gradient);
  }

  private static boolean through(ConcurrencyLimiter limiter) {
    long permit = limiter.tryAcquire();
    if (permit == ConcurrencyLimiter.REJECTED) {
      return false;
    }
    limiter.succeeded(permit);
    return true;
  }

  @Benchmark
  @SuppressWarnings("NullAway") // a limiter without partitions does not look at the context
  public boolean gradientOfNetflix() {
    return netflix
        .acquire(null)
        .map(
            place -> {
              place.onSuccess();
              return true;
            })
        .orElse(false);
  }

  @Benchmark
  public boolean bulkheadOfResilience4j() {
    boolean permitted = bulkhead.tryAcquirePermission();
    if (permitted) {
      bulkhead.onComplete();
    }
    return permitted;
  }

  @Benchmark
  public boolean rate() {
    return rate.tryAcquire(client());
  }

  @Benchmark
  public boolean rateOfBucket4j() {
    return buckets
        .computeIfAbsent(
            client(),
            key ->
                Bucket.builder()
                    .addLimit(limit -> limit.capacity(PLENTY).refillGreedy(PLENTY, WINDOW))
                    .build())
        .tryConsume(1);
  }

  @Benchmark
  public boolean rateOfResilience4j() {
    return permits
        .computeIfAbsent(
            client(),
            key ->
                io.github.resilience4j.ratelimiter.RateLimiter.of(
                    key,
                    RateLimiterConfig.custom()
                        .limitForPeriod(PLENTY)
                        .limitRefreshPeriod(WINDOW)
                        .timeoutDuration(Duration.ZERO)
                        .build()))
        .acquirePermission();
  }
}
