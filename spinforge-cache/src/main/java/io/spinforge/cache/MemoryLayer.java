package io.spinforge.cache;

import java.time.Duration;

/**
 * The bounds of a cache's memory. They hold for each cache of a manager, not for all together. Not
 * thread-safe: it is used while a builder runs.
 */
public final class MemoryLayer {
  static final long DEFAULT_ENTRIES = 10_000;
  static final Duration DEFAULT_TIME_TO_LIVE = Duration.ofSeconds(60);

  private final Setting<Long> bytes = new Setting<>("maximumBytes");
  private final Setting<Long> entries = new Setting<>("maximumEntries");
  private final Setting<Duration> timeToLive = new Setting<>("timeToLive");

  MemoryLayer() {}

  /**
   * Bounds the memory by size: encoded values, keys and about 150 bytes an entry, 1 or more. Needs
   * a codec, which measures the values. Excludes {@link #maximumEntries}.
   */
  public MemoryLayer maximumBytes(long bytes) {
    if (bytes < 1) {
      throw Rules.refusal("maximumBytes", bytes, ">= 1");
    }
    this.bytes.set(bytes);
    return this;
  }

  /** Bounds the memory by the number of entries, 0 (keep none) or more; default 10,000. */
  public MemoryLayer maximumEntries(long entries) {
    if (entries < 0) {
      throw Rules.refusal("maximumEntries", entries, ">= 0");
    }
    this.entries.set(entries);
    return this;
  }

  /**
   * Sets how long an entry is served from memory before Redis is asked again, at least 1 ms;
   * default 60 s. An entry is served from memory until this or its freshness ends, whichever is
   * first. Without a Redis layer there is nobody to ask, and the default is the freshness alone.
   */
  public MemoryLayer timeToLive(Duration timeToLive) {
    this.timeToLive.set(Rules.atLeastOneMillisecond("timeToLive", timeToLive));
    return this;
  }

  boolean bounds() {
    return bytes.isSet() || entries.isSet();
  }

  boolean boundsTwice() {
    return bytes.isSet() && entries.isSet();
  }

  /** Resolves these settings over a manager's. */
  Limits over(MemoryLayer manager, boolean redis) {
    MemoryLayer bound = bounds() ? this : manager;
    Duration fallback = redis ? DEFAULT_TIME_TO_LIVE : Duration.ofNanos(Long.MAX_VALUE / 2);
    return new Limits(
        bound.bytes.or(-1L),
        bound.entries.or(DEFAULT_ENTRIES),
        timeToLive.or(manager.timeToLive.or(fallback)).toNanos());
  }

  /**
   * What the settings come to.
   *
   * @param bytes -1 where entries bound the memory
   */
  record Limits(long bytes, long entries, long timeToLiveNanos) {
    boolean byBytes() {
      return bytes >= 0;
    }
  }
}
