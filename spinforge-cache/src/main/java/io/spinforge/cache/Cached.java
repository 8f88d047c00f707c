package io.spinforge.cache;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A value as it was served, with where it came from and how old it is. Immutable and thread-safe.
 *
 * <p>On a memory hit this is the stored entry itself, so a hit allocates nothing.
 *
 * @param <V> the type of the value
 */
public sealed interface Cached<V> permits CachedEntry {
  /** Returns the value; null only for a cached absence, {@link State#NEGATIVE}. */
  @Nullable V value();

  /** Returns where the value came from. */
  Source source();

  /** Returns how good the value was when it was served. */
  State state();

  /** Returns the time since the value was loaded or put, on any node; measured when called. */
  Duration age();

  /** Returns the tags that its load gave it, an unmodifiable list; see {@link Load#tag}. */
  List<String> tags();

  /** Returns how long in all, counted from {@link #age()} zero, the value counts as fresh. */
  Duration freshFor();

  /** Returns the entity tag that its loader told with {@link Load#etag}; null if it told none. */
  @Nullable String etag();
}
