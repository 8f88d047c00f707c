package io.spinforge.cache;

/**
 * An entry's lifetimes in the clock's nanoseconds. The last three ends come one after the other.
 *
 * @param created when it was loaded or put
 * @param memoryUntil until when memory serves it as fresh: the end of its freshness, or of memory's
 *     time to live
 * @param freshUntil the end of its freshness
 * @param staleUntil until when it is served while it is refreshed
 * @param lastUntil until when it is served if it cannot be loaded
 * @param costNanos what its load took; 0 if it was put
 */
record Life(
    long created,
    long memoryUntil,
    long freshUntil,
    long staleUntil,
    long lastUntil,
    long costNanos) {

  boolean isFresh(long now) {
    return now - freshUntil < 0;
  }

  boolean isStale(long now) {
    return !isFresh(now) && now - staleUntil < 0;
  }

  boolean isLast(long now) {
    return now - lastUntil < 0;
  }
}
