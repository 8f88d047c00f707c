package io.spinforge.cache;

import io.spinforge.cache.memory.BanMark;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a loader can say about the value it returns. Valid during that one load, on its thread; not
 * thread-safe.
 *
 * @param <V> the type of the value
 */
public final class Load<V> {
  static final int MOST_TAGS = 128;

  private Duration freshFor;
  private boolean absent;
  private boolean cacheable = true;
  private final BanMark mark;
  private final List<String> tags = new ArrayList<>(0);

  Load(Duration freshFor, BanMark mark) {
    this.freshFor = freshFor;
    this.mark = mark;
  }

  /**
   * Gives the value tags, by which {@link CacheManager#invalidateTag} finds it; may be called again
   * for more. The tags of an entry are those of its last load.
   *
   * @param tags at most 128 of a value, each of 1 to 256 characters, none {@code *}
   * @throws IllegalArgumentException if one is not so
   */
  public Load<V> tag(String... tags) {
    for (String tag : tags) {
      if (!this.tags.contains(Rules.tag(tag))) {
        this.tags.add(tag);
      }
    }
    if (this.tags.size() > MOST_TAGS) {
      throw Rules.refusal("tag", this.tags.size() + " tags", "at most " + MOST_TAGS);
    }
    return this;
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

  /** Returns what the value respects, as it was before the load began. */
  BanMark mark() {
    return mark;
  }

  List<String> tags() {
    return List.copyOf(tags);
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
