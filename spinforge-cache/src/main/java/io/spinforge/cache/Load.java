package io.spinforge.cache;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a loader can ask and say about the value it returns. Valid during that one load, on its
 * thread; not thread-safe.
 *
 * @param <V> the type of the value
 */
public final class Load<V> {
  private final @Nullable CachedEntry<V> before;
  private Duration freshFor;
  private boolean absent;
  private boolean cacheable = true;
  private @Nullable String etag;

  Load(Duration freshFor, @Nullable CachedEntry<V> before) {
    this.freshFor = freshFor;
    this.before = before;
  }

  /**
   * Returns the value that was cached before, if it is at hand: expired or about to, not
   * invalidated. Its {@link Cached#etag} makes a conditional request.
   */
  public Optional<Cached<V>> previous() {
    return Optional.ofNullable(before);
  }

  /**
   * Says that {@link #previous} is still the value, and keeps it, with its entity tag, as if it was
   * loaded now; returns its value.
   *
   * @throws IllegalStateException if there is none
   */
  public V notModified() {
    V value = before == null ? null : before.value();
    if (before == null || value == null) {
      throw new IllegalStateException(
          "notModified: no value before (expected: only where previous() has one)");
    }
    if (etag == null) {
      etag = before.etag();
    }
    return value;
  }

  /** Sets how long this value counts as fresh, at least 1 ms; default: the cache's policy. */
  public Load<V> freshFor(Duration freshFor) {
    this.freshFor = Rules.atLeastOneMillisecond("freshFor", freshFor);
    return this;
  }

  /** Sets this value's entity tag, at most 1,024 characters; default none. */
  public Load<V> etag(String etag) {
    if (requireNonNull(etag, "etag").length() > 1024) {
      throw Rules.refusal("etag", etag.length() + " characters", "at most 1024");
    }
    this.etag = etag;
    return this;
  }

  /**
   * Says that there is no value and that this may be believed for {@code ttl}; returns null. An
   * absence has no stale lifetimes.
   */
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

  @Nullable String etag() {
    return etag;
  }
}
