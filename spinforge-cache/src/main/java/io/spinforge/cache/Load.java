package io.spinforge.cache;

import static java.util.Objects.requireNonNull;

import io.spinforge.cache.memory.BanMark;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a loader can ask and say about the value it returns. Valid during that one load, on its
 * thread; not thread-safe.
 *
 * @param <V> the type of the value
 */
public final class Load<V> {
  static final int MOST_TAGS = 128;

  private final BanMark mark;
  private final @Nullable CachedEntry<V> before;

  // Replaced by the loader's thread; volatile for whoever invalidates by tag meanwhile.
  private volatile List<String> tags = List.of();

  private Duration freshFor;
  private boolean absent;
  private boolean cacheable = true;
  private @Nullable String etag;
  private boolean sameAsBefore;

  /**
   * Creates a load.
   *
   * @param mark what the value will respect, taken before {@code before} was looked up
   * @param before the value that was cached before
   */
  Load(Duration freshFor, BanMark mark, @Nullable CachedEntry<V> before) {
    this.freshFor = freshFor;
    this.mark = mark;
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
   * Says that {@link #previous} is still the value, and keeps it, with its entity tag and its tags
   * where this load tells no others, as if it was loaded now; returns its value.
   *
   * @throws IllegalStateException if there is none
   */
  public V notModified() {
    V value = before == null ? null : before.value();
    if (before == null || value == null) {
      throw new IllegalStateException(
          "notModified: no value before (expected: only where previous() has one)");
    }
    sameAsBefore = true;
    return value;
  }

  /**
   * Gives the value tags, by which {@link CacheManager#invalidateTag} finds it; may be called again
   * for more. The tags of an entry are those of its last load.
   *
   * @param tags at most 128 of a value, each of 1 to 256 characters, none {@code *}
   * @throws IllegalArgumentException if one is not so
   */
  public Load<V> tag(String... tags) {
    Set<String> all = new LinkedHashSet<>(this.tags);
    for (String tag : tags) {
      all.add(Rules.tag(tag));
    }
    if (all.size() > MOST_TAGS) {
      throw Rules.refusal("tag", all.size() + " tags", "at most " + MOST_TAGS);
    }
    this.tags = List.copyOf(all);
    return this;
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

  /** Has the value kept nowhere, whatever the loader says. */
  void keepNowhere() {
    cacheable = false;
  }

  /** Returns what the value respects, as it was before the load began. */
  BanMark mark() {
    return mark;
  }

  List<String> tags() {
    return tags.isEmpty() && sameAsBefore && before != null ? before.tags() : tags;
  }

  /**
   * Tells whether the value will have one of the tags, as far as that can be said: by those that
   * were told so far, else by those of the value before.
   */
  boolean mayHave(Collection<String> some) {
    List<String> told = tags;
    List<String> likely = told.isEmpty() && before != null ? before.tags() : told;
    return !Collections.disjoint(likely, some);
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
    return etag == null && sameAsBefore && before != null ? before.etag() : etag;
  }
}
