package io.spinforge.cache;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Hears what happens in a manager's caches. Called on the thread where it happens, often that of a
 * reader, so it must be quick and thread-safe; what it throws is logged once and ignored. Memory
 * and Redis hits are not told one by one: they are counted in {@link LayeredCache#stats()}.
 */
public interface CacheListener {
  /**
   * A cache was built. A listener that is added to a manager hears of the caches that exist right
   * away; of one that is built at that moment it may hear twice.
   */
  default void onCache(String cache) {}

  /** A loader ended after {@code took}; {@code failure} is null if it returned a value. */
  default void onLoad(String cache, Duration took, @Nullable Throwable failure) {}

  /**
   * Keys of a cache were invalidated or put, here or by another node; {@code keys} is 0 if they
   * were invalidated by tag, pattern or clear.
   */
  default void onInvalidation(String cache, Origin origin, int keys) {}

  /** An invalidation of this node came back in the log, {@code lag} after it was sent. */
  default void onInvalidationLag(Duration lag) {}

  /** The manager's state changed. */
  default void onHealth(Health.State from, Health.State to) {}
}
