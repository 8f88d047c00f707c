package io.spinforge.cache;

import io.spinforge.cache.memory.MemoryStore;
import io.spinforge.cache.memory.Stamp;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The values that have expired and may still be served. Thread-safe.
 *
 * <p>They stay in memory as what they are, entries that an invalidation removes, and are looked up
 * again at the moment they are served: what was invalidated while its load failed is not there any
 * more. Where one is served in place of a load, a copy that memory hits for the time of the
 * throttle takes its place, so that a failing loader costs one call per key and throttle, and the
 * reads between are plain hits. An invalidation that comes in between removes the one or the other.
 */
final class LastValues<V> {
  private static final Logger LOG = LoggerFactory.getLogger(LayeredCache.class);
  private static final long SHORTEST_PAUSE = 10_000_000;

  private final String cache;
  private final Node node;
  private final MemoryStore<CachedEntry<V>> memory;
  private final long throttleNanos;
  private final AtomicBoolean failing = new AtomicBoolean();

  // Written by failed loads, read by good ones; a race between them costs a line of the log.
  private volatile long lastFailure;

  LastValues(String cache, Node node, MemoryStore<CachedEntry<V>> memory, CachePolicy.Terms terms) {
    this.cache = cache;
    this.node = node;
    this.memory = memory;
    this.throttleNanos = terms.throttleNanos();
  }

  /** Returns what may be served instead of a value that could not be loaded, or null. */
  @Nullable CachedEntry<V> afterFailure(String key, @Nullable Seen<V> seen, Throwable failure) {
    CachedEntry<V> served = instead(key, seen, State.STALE_ON_ERROR);
    lastFailure = node.clock.exact();
    if (served != null && failing.compareAndSet(false, true)) {
      LOG.warn("loads fail, last values are served cache={} cause={}", cache, failure.toString());
    }
    return served;
  }

  /** Returns what may be served while a load takes longer than its soft timeout, or null. */
  @Nullable CachedEntry<V> meanwhile(String key) {
    return instead(key, null, State.STALE_REVALIDATING);
  }

  /** Returns the value that was cached before and is not invalidated, for its loader, or null. */
  @Nullable CachedEntry<V> previous(String key, @Nullable Seen<V> seen) {
    CachedEntry<V> entry = memory.getValid(key);
    if (entry == null && seen != null && memory.isValid(key, seen.entry, seen.stamp)) {
      entry = seen.entry;
    }
    return entry == null || entry.value() == null ? null : entry;
  }

  /** Notes that a load ended well. */
  void loaded() {
    if (failing.get()
        && node.clock.exact() - lastFailure > throttleNanos
        && failing.compareAndSet(true, false)) {
      LOG.info("loads succeed again cache={}", cache);
    }
  }

  /**
   * Lets memory hit an entry that another node is refreshing for about as long as its load took,
   * and returns it as it is served meanwhile; null if it may not be served any more.
   *
   * @param seen the entry, if it was read from Redis
   */
  @Nullable CachedEntry<V> pause(String key, CachedEntry<V> entry, @Nullable Seen<V> seen) {
    boolean valid =
        entry.isSame(memory.getValid(key))
            || (seen != null && memory.isValid(key, seen.entry, seen.stamp));
    if (!valid) {
      return null; // invalidated, or not to be proven any more, while Redis was asked
    }
    long now = node.clock.exact();
    Life life = entry.life();
    boolean fresh = now - life.memoryUntil() < 0;
    if (!fresh && !life.isStale(now)) {
      return null;
    }
    long end = fresh ? life.memoryUntil() : life.staleUntil();
    long pause = Math.max(SHORTEST_PAUSE, life.costNanos());
    State state = fresh ? entry.state() : State.STALE_REVALIDATING;
    CachedEntry<V> copy = entry.hitUntil(now + Math.min(pause, end - now), state);
    memory.replace(key, entry, copy);
    return copy;
  }

  private @Nullable CachedEntry<V> instead(String key, @Nullable Seen<V> seen, State state) {
    CachedEntry<V> entry = memory.getValid(key);
    if (entry == null && seen != null && memory.isValid(key, seen.entry, seen.stamp)) {
      entry = seen.entry; // read from Redis, and memory had no room for it
    }
    long now = node.clock.exact();
    if (entry == null) {
      return node.servesStale ? unproven(key, now) : null;
    }
    Life life = entry.life();
    if (!life.isLast(now) || (entry.value() == null && !life.isFresh(now))) {
      return null;
    }
    boolean fresh = life.isFresh(now);
    long end = fresh ? Math.max(now, life.memoryUntil()) : life.lastUntil();
    State marked = fresh ? plain(entry) : state;
    CachedEntry<V> copy = entry.hitUntil(now + Math.min(throttleNanos, end - now), marked);
    memory.replace(key, entry, copy);
    return copy;
  }

  /** While Redis is away and the host would rather have an unproven value than none. */
  private @Nullable CachedEntry<V> unproven(String key, long now) {
    CachedEntry<V> entry = memory.getUnprovenOfAnyAge(key);
    return entry != null && entry.life().isLast(now) ? entry.servedUnproven() : null;
  }

  private static State plain(CachedEntry<?> entry) {
    return entry.value() == null ? State.NEGATIVE : State.FRESH;
  }

  /** An entry that was read from Redis, and what memory had seen before. */
  record Seen<V>(CachedEntry<V> entry, Stamp stamp) {}
}
