package io.spinforge.cache.redis;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Names under which this node asked for leases and got no answer: Redis may have given them, and
 * would have everybody wait for their end. Who asks for such a key next asks in that name, and so
 * gets the lease that nobody uses. Each name is given out once, so that no two loads share a lease.
 * Bounded: what does not fit is waited for. Thread-safe.
 */
final class LostLeases {
  private static final int MOST = 10_000;

  private final ConcurrentHashMap<String, byte[]> takers = new ConcurrentHashMap<>();

  /** Notes that a question for a key had no answer. */
  void add(String key, byte[] taker) {
    if (takers.size() < MOST) {
      takers.putIfAbsent(key, taker);
    }
  }

  /** Returns the name to ask in, and forgets it; null for one of the caller's own. */
  byte @Nullable [] take(String key) {
    return takers.isEmpty() ? null : takers.remove(key);
  }
}
