package io.spinforge.balance.limit;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Allows each client so many requests in a time: by default 100 in any minute.
 *
 * <p>"In any minute" is meant: the window slides, and no 60 seconds, wherever they begin, see more
 * than 100 requests of a client. It is cut into 30 slices and whole slices leave it, so a request
 * counts for up to a thirtieth of the window longer than it must: a client that never stops asking
 * gets at least 96 of its 100. A fixed window would let 200 pass around its edge, a leaky bucket
 * (GCRA) nearly as many where it lets 100 come at once, and a list of times costs memory by the
 * request; the slices cost 31 small numbers a client.
 *
 * <p>Thread-safe.
 */
public interface RateLimiter extends AutoCloseable {
  /** Returns a limiter in memory with the defaults: 100 requests in any minute. */
  static RateLimiter perMinute() {
    return builder().build();
  }

  /** Returns a limiter in memory of so many requests in any minute. */
  static RateLimiter perMinute(int limit) {
    return builder().limit(limit, Duration.ofMinutes(1)).build();
  }

  /** Returns a builder. */
  static RateLimiterBuilder builder() {
    return new RateLimiterBuilder();
  }

  /**
   * Counts a request if it is within the limit; tells whether it is. In memory this allocates
   * nothing for a key that is known and never waits; shared in Redis it waits for the answer, and
   * at most for the timeout.
   *
   * @param key who asks: an address, a user, a token
   */
  boolean tryAcquire(String key);

  /** Does the same and tells all about it. */
  RateDecision acquire(String key);

  /**
   * Does the same without waiting. The future completes within the timeout, on a thread of Redis'
   * client if that was asked: who blocks in what depends on it must move to a thread of its own.
   */
  CompletableFuture<RateDecision> acquireAsync(String key);

  /** Returns counters and gauges. */
  Stats stats();

  /** Ends the connection to Redis, if there is one; the limiter goes on in memory. Idempotent. */
  @Override
  void close();

  /**
   * Counters since the limiter was built, and gauges of this moment.
   *
   * @param allowed requests within the limit
   * @param refused requests beyond it
   * @param keys clients in memory now
   * @param forgotten clients that had to leave memory before their time, because there were more
   *     than {@link RateLimiterBuilder#maxKeys}
   * @param local requests decided by the local share because Redis was away
   * @param instances how many share the limit, as last heard; 1 in memory
   * @param away whether Redis is away
   */
  record Stats(
      long allowed,
      long refused,
      long keys,
      long forgotten,
      long local,
      int instances,
      boolean away) {}
}
