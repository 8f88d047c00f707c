package io.spinforge.benchmarks.sim.cache;

import io.spinforge.cache.CachePolicy;
import io.spinforge.cache.LoadTimeout;
import io.spinforge.cache.RefreshAhead;
import io.spinforge.cache.State;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * How long the values of a schedule live.
 *
 * @param staleMillis 0 if none are served stale
 * @param onErrorMillis 0 if none are served on error
 * @param softMillis after which a reader prefers a stale value; 0 without limits
 * @param hardMillis after which a reader gives up; 0 without limits
 * @param ahead share of the freshness after which a read refreshes; 1 never, 0 by chance
 * @param bulk whether some reads are of many keys
 */
record Policy(
    long freshMillis,
    long staleMillis,
    long onErrorMillis,
    long softMillis,
    long hardMillis,
    double ahead,
    boolean bulk) {
  private static final long LONG = 600_000;

  static Policy of(SplittableRandom random) {
    boolean bulk = random.nextInt(3) != 0;
    if (random.nextBoolean()) {
      return new Policy(LONG, 0, 0, 0, 0, 1, bulk);
    }
    boolean limited = random.nextInt(3) == 0;
    long soft = limited ? 5 + random.nextInt(100) : 0;
    return new Policy(
        random.nextInt(4) == 0 ? LONG : 50 + random.nextInt(900),
        random.nextInt(3) == 0 ? 0 : 50 + random.nextInt(1500),
        random.nextInt(3) == 0 ? 0 : 50 + random.nextInt(3000),
        soft,
        limited ? soft + 1 + random.nextInt(300) : 0,
        switch (random.nextInt(3)) {
          case 0 -> 1;
          case 1 -> 0;
          default -> 0.1 + random.nextDouble() * 0.8;
        },
        bulk);
  }

  void apply(CachePolicy policy) {
    policy
        .freshFor(Duration.ofMillis(freshMillis))
        .serveStaleFor(Duration.ofMillis(staleMillis))
        .serveStaleOnError(Duration.ofMillis(onErrorMillis), Duration.ofMillis(100));
    if (ahead < 1) {
      policy.refreshAhead(ahead > 0 ? RefreshAhead.at(ahead) : RefreshAhead.xfetch());
    }
    if (isLimited()) {
      policy.loadTimeout(
          LoadTimeout.soft(Duration.ofMillis(softMillis)),
          LoadTimeout.hard(Duration.ofMillis(hardMillis)));
    }
  }

  boolean isLimited() {
    return hardMillis > 0;
  }

  /** Tells whether an answer may be so, however well all goes. */
  boolean mayBeStale(State state) {
    return switch (state) {
      case STALE_REVALIDATING -> staleMillis > 0 || (isLimited() && onErrorMillis > 0);
      case STALE_ON_ERROR -> onErrorMillis > 0;
      default -> false;
    };
  }

  /** Returns the nanoseconds for which a value may be served so. */
  long life(State state) {
    long millis =
        switch (state) {
          case FRESH, NEGATIVE -> freshMillis;
          default -> freshMillis + staleMillis + onErrorMillis;
        };
    return millis * 1_000_000;
  }

  /** Returns what a value may be older than its life: it counts from its load's end. */
  long slack() {
    return 2_000_000_000L;
  }
}
