package io.spinforge.cache;

import java.time.Duration;

/** How long values are kept. Not thread-safe: it is used while a builder runs. */
public final class CachePolicy {
  static final Duration DEFAULT_FRESH_FOR = Duration.ofMinutes(5);
  static final double DEFAULT_JITTER = 0.05;

  private final Setting<Duration> freshFor = new Setting<>("freshFor");
  private final Setting<Double> jitter = new Setting<>("jitter");

  CachePolicy() {}

  /**
   * Sets how long a value is good, counted from its load or put, wherever it is kept; at least 1
   * ms; default 5 min. This is its time to live in Redis; memory asks Redis again sooner, after
   * {@link MemoryLayer#timeToLive}, but never serves an entry for longer than this.
   */
  public CachePolicy freshFor(Duration freshFor) {
    this.freshFor.set(Rules.atLeastOneMillisecond("freshFor", freshFor));
    return this;
  }

  /**
   * Shortens each value's freshness by a random share of up to {@code share}, 0 to 0.9, so that
   * what was loaded together does not end together; default 0.05. Never lengthens it.
   */
  public CachePolicy jitter(double share) {
    if (!(share >= 0 && share <= 0.9)) {
      throw Rules.refusal("jitter", share, "0 to 0.9");
    }
    this.jitter.set(share);
    return this;
  }

  /** Resolves these settings over a manager's. */
  Freshness over(CachePolicy manager) {
    return new Freshness(
        freshFor.or(manager.freshFor.or(DEFAULT_FRESH_FOR)),
        jitter.or(manager.jitter.or(DEFAULT_JITTER)));
  }

  /** What the settings come to. */
  record Freshness(Duration freshFor, double jitter) {}
}
