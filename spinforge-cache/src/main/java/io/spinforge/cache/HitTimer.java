package io.spinforge.cache;

import io.spinforge.cache.memory.Clock;
import io.spinforge.cache.memory.MemoryStore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Chooses which memory hits of a cache are timed: the first after each 100 ms. The choice costs a
 * hit the reading of two fields and writes nothing, so hits that are not chosen share no line that
 * anybody writes; one in so many hits would need a counter for each thread. Which one is first
 * after a time has nothing to do with how long it takes, so the chosen ones stand for all.
 * Thread-safe.
 */
final class HitTimer {
  static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Clock clock;
  private final Counters counters;

  /**
   * When the next hit is to be timed. Plain: the clock's field, read before it, is volatile, so it
   * is read anew each time; threads that find it passed at once time a hit each, which is no harm.
   */
  private long next;

  HitTimer(Clock clock, Counters counters) {
    this.clock = clock;
    this.counters = counters;
    this.next = clock.now();
  }

  /** Tells whether the next hit is to be timed; the hot path. */
  boolean isDue() {
    return clock.now() - next >= 0;
  }

  /** Looks into memory as {@link MemoryStore#get} does, and counts how long a hit took. */
  <V> @Nullable CachedEntry<V> get(MemoryStore<CachedEntry<V>> memory, String key) {
    long start = clock.exact();
    CachedEntry<V> hit = memory.get(key);
    if (hit != null) {
      counters.memoryHitNanos.add(clock.exact() - start);
      counters.timedMemoryHits.increment();
      next = start + EVERY_NANOS;
    }
    return hit;
  }
}
