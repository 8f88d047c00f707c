package io.spinforge.cache;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a loader can say about the value it returns. Valid during that one load, on its thread; not
 * thread-safe.
 *
 * @param <V> the type of the value
 */
public final class Load<V> {
  private Duration freshFor;
  private boolean absent;
  private boolean cacheable = true;

  Load(Duration freshFor) {
    this.freshFor = freshFor;
  }

  /** Sets how long this value counts as fresh, at least 1 ms; default: the cache's policy. */
  public Load<V> freshFor(Duration freshFor) {
    this.freshFor = Rules.atLeastOneMillisecond("freshFor", freshFor);
    return this;
  }

  /** Says that there is no value and that this may be believed for {@code ttl}; returns null. */
  public @Nullable V absent(Duration ttl) {
    this.freshFor = Rules.atLeastOneMillisecond("absent", ttl);
    this.absent = true;
    return null;
  }

  /** Returns {@code value} to be handed to whoever waits for it now, and kept nowhere. */
  public V doNotCache(V value) {
    this.cacheable = false;
    return value;
  }

  Duration freshFor() {
    return freshFor;
  }

  boolean isAbsent() {
    return absent;
  }

  boolean isCacheable() {
    return cacheable;
  }
}
