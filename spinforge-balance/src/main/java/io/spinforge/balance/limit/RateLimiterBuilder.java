package io.spinforge.balance.limit;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import io.lettuce.core.RedisClient;
import io.lettuce.core.cluster.RedisClusterClient;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Builds a {@link RateLimiter}. Setting a thing twice is an error. Not thread-safe. */
public final class RateLimiterBuilder {
  private static final int MOST = 1_000_000_000;
  private static final String NAME = "[A-Za-z0-9._-]{1,64}";

  @Nullable String name;
  @Nullable Integer limit;
  Duration window = Duration.ofMinutes(1);
  @Nullable Integer maxKeys;
  @Nullable LongSupplier ticker;
  @Nullable Supplier<RedisLine> redis;
  @Nullable String prefix;
  @Nullable Duration timeout;
  @Nullable Integer instances;

  RateLimiterBuilder() {}

  /** Sets the limit's name in headers and Redis: 1 to 64 letters, digits, . _ -; "default". */
  public RateLimiterBuilder name(String name) {
    once("name", this.name);
    if (!requireNonNull(name, "name").matches(NAME)) {
      throw new IllegalArgumentException("name: " + name + " (expected: " + NAME + ")");
    }
    this.name = name;
    return this;
  }

  /**
   * Sets how many requests of a client are allowed in any stretch of time as long as the window;
   * default 100 in a minute.
   *
   * @param limit 1 to 1,000,000,000
   * @param window 30 ms to 365 days
   */
  public RateLimiterBuilder limit(int limit, Duration window) {
    once("limit", this.limit);
    if (limit < 1 || limit > MOST) {
      throw new IllegalArgumentException("limit: " + limit + " (expected: 1 to " + MOST + ")");
    }
    Ranges.positive("window", window);
    if (window.toMillis() < SlidingWindow.SLICES) {
      throw new IllegalArgumentException("window: " + window + " (expected: >= 30 ms)");
    }
    this.limit = limit;
    this.window = window;
    return this;
  }

  /**
   * Sets how many clients are kept in memory, about 250 bytes each; default 100,000. When there are
   * more within one window, those seen longest ago are forgotten, and may begin anew.
   *
   * @param keys 2 or more
   */
  public RateLimiterBuilder maxKeys(int keys) {
    once("maxKeys", maxKeys);
    Ranges.atLeast("maxKeys", keys, 2);
    maxKeys = keys;
    return this;
  }

  /** Sets the monotonic clock, in nanoseconds; default {@link System#nanoTime}. */
  public RateLimiterBuilder ticker(LongSupplier nanos) {
    once("ticker", ticker);
    ticker = requireNonNull(nanos, "ticker");
    return this;
  }

  /**
   * Shares the limit with all limiters of this name on that Redis (5 or newer), by its clock. The
   * limiter has one connection of its own; the client stays the host's.
   */
  public RateLimiterBuilder redis(RedisClient client) {
    requireNonNull(client, "client");
    return redis(() -> RedisLine.of(client));
  }

  /** Does the same on a Redis Cluster; a client's counters are one key. */
  public RateLimiterBuilder redis(RedisClusterClient client) {
    requireNonNull(client, "client");
    return redis(() -> RedisLine.of(client));
  }

  /**
   * Does the same with a Redis client of the limiter's own.
   *
   * @param uri such as {@code redis://host:6379}
   * @throws IllegalStateException if io.lettuce:lettuce-core is not there
   */
  public RateLimiterBuilder redis(String uri) {
    requireNonNull(uri, "uri");
    try {
      Class.forName("io.lettuce.core.RedisClient");
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(
          "redis: " + uri + " (expected: io.lettuce:lettuce-core on the class path)", e);
    }
    return redis(RedisLine.owned(uri));
  }

  private RateLimiterBuilder redis(Supplier<RedisLine> opener) {
    once("redis", redis);
    redis = opener;
    return this;
  }

  /** Sets what keys in Redis begin with; default {@code spinforge:rate:}. */
  public RateLimiterBuilder prefix(String prefix) {
    once("prefix", this.prefix);
    this.prefix = requireNonNull(prefix, "prefix");
    return this;
  }

  /** Sets how long Redis may take before the local share decides; default 100 ms. */
  public RateLimiterBuilder timeout(Duration timeout) {
    once("timeout", this.timeout);
    Ranges.positive("timeout", timeout);
    this.timeout = timeout;
    return this;
  }

  /**
   * Sets by how many instances the limit is divided while Redis is away; default as many as Redis
   * last told of.
   *
   * @param instances 1 or more
   */
  public RateLimiterBuilder instances(int instances) {
    once("instances", this.instances);
    Ranges.atLeast("instances", instances, 1);
    this.instances = instances;
    return this;
  }

  /**
   * Builds the limiter. With Redis it connects in the background: that Redis is away is no error.
   *
   * @throws IllegalStateException if what only Redis needs is set without Redis
   */
  public RateLimiter build() {
    LocalRateLimiter local =
        new LocalRateLimiter(
            requireNonNullElse(name, "default"),
            requireNonNullElse(limit, 100),
            window,
            requireNonNullElse(maxKeys, 100_000),
            requireNonNullElse(ticker, System::nanoTime));
    if (redis != null) {
      return new SharedRateLimiter(this, local, redis);
    }
    needsRedis("prefix", prefix);
    needsRedis("timeout", timeout);
    needsRedis("instances", instances);
    return local;
  }

  private static void needsRedis(String name, @Nullable Object value) {
    if (value != null) {
      throw new IllegalStateException(name + ": " + value + " (expected: redis set)");
    }
  }

  private static void once(String name, @Nullable Object old) {
    if (old != null) {
      throw new IllegalStateException(name + ": set twice (expected: once)");
    }
  }
}
