package io.spinforge.balance.limit;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** A rate limiter in memory. */
final class LocalRateLimiter implements RateLimiter {
  private final String name;
  private final int limit;
  private final Duration window;
  private final long slice;
  private final LongSupplier ticker;
  private final long origin;
  private final RecentKeys keys;
  private final LongAdder allowed = new LongAdder();
  private final LongAdder refused = new LongAdder();

  LocalRateLimiter(String name, int limit, Duration window, int maxKeys, LongSupplier ticker) {
    this.name = name;
    this.limit = limit;
    this.window = window;
    this.ticker = ticker;
    slice = (window.toNanos() + SlidingWindow.SLICES - 1) / SlidingWindow.SLICES;
    origin = ticker.getAsLong();
    keys = new RecentKeys(maxKeys, window.toNanos(), origin);
  }

  @Override
  public boolean tryAcquire(String key) {
    return tryAcquire(key, limit);
  }

  /** Counts a request if it is within this limit. */
  boolean tryAcquire(String key, int within) {
    long now = ticker.getAsLong();
    SlidingWindow client = keys.of(requireNonNull(key, "key"), now);
    client.lock.lock();
    try {
      return admits(client, within, now);
    } finally {
      client.lock.unlock();
    }
  }

  /** Counts a request of a client, whose lock is held, if it is within this limit. */
  private boolean admits(SlidingWindow client, int within, long now) {
    client.advance((now - origin) / slice);
    boolean ok = client.sum() < within;
    if (ok) {
      client.add();
    }
    (ok ? allowed : refused).increment();
    return ok;
  }

  /** Counts a request that somebody else allowed. */
  void note(String key) {
    long now = ticker.getAsLong();
    SlidingWindow client = keys.of(key, now);
    client.lock.lock();
    try {
      client.advance((now - origin) / slice);
      client.add();
    } finally {
      client.lock.unlock();
    }
  }

  @Override
  public RateDecision acquire(String key) {
    return acquire(key, limit);
  }

  RateDecision acquire(String key, int within) {
    long now = ticker.getAsLong();
    SlidingWindow client = keys.of(requireNonNull(key, "key"), now);
    client.lock.lock();
    try {
      boolean ok = admits(client, within, now);
      long remaining = Math.max(0, within - client.sum());
      long reset = client.sum() == 0 ? 0 : Math.max(0, client.leavesAt() * slice - (now - origin));
      return new RateDecision(ok, name, limit, window, remaining, Duration.ofNanos(reset), false);
    } finally {
      client.lock.unlock();
    }
  }

  @Override
  public CompletableFuture<RateDecision> acquireAsync(String key) {
    return CompletableFuture.completedFuture(acquire(key));
  }

  @Override
  public Stats stats() {
    return new Stats(allowed.sum(), refused.sum(), keys.size(), keys.forgotten(), 0, 1, false);
  }

  @Override
  public void close() {
    // Memory needs no closing.
  }

  @Override
  public String toString() {
    return "RateLimiter[" + name + ": " + limit + " in " + window + "]";
  }
}
