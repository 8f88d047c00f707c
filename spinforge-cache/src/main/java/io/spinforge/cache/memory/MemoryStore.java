package io.spinforge.cache.memory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Weigher;
import org.jspecify.annotations.Nullable;

/**
 * One cache's entries, bounded by Caffeine (W-TinyLFU: Einziger et al., "TinyLFU", ACM ToS 2017).
 * Expiry is judged here, on the hit, with a clock that costs a field read; what expired unread is
 * evicted by the bound. Thread-safe.
 *
 * @param <E> the type of the entries
 */
public final class MemoryStore<E extends MemoryEntry> {
  private final String name;
  private final Cache<String, E> entries;
  private final Clock clock;
  private final boolean weighted;

  private MemoryStore(String name, Cache<String, E> entries, Clock clock, boolean weighted) {
    this.name = name;
    this.entries = entries;
    this.clock = clock;
    this.weighted = weighted;
  }

  /** Returns a store bounded by the number of entries. */
  public static <E extends MemoryEntry> MemoryStore<E> ofEntries(
      String name, long maximum, Clock clock) {
    Cache<String, E> cache =
        Caffeine.newBuilder().maximumSize(maximum).executor(Runnable::run).build();
    return new MemoryStore<>(name, cache, clock, false);
  }

  /** Returns a store bounded by the weight of the entries. */
  public static <E extends MemoryEntry> MemoryStore<E> ofBytes(
      String name, long maximum, Clock clock) {
    Weigher<String, E> weigher = (key, entry) -> entry.weight() + 2 * key.length();
    Cache<String, E> cache =
        Caffeine.newBuilder()
            .maximumWeight(maximum)
            .weigher(weigher)
            .executor(Runnable::run)
            .build();
    return new MemoryStore<>(name, cache, clock, true);
  }

  /** Returns the entry that may be served now, or null. The hot path: no allocation, no lock. */
  public @Nullable E get(String key) {
    E entry = entries.getIfPresent(key);
    if (entry == null) {
      return null;
    }
    long now = clock.now();
    return entry.isServable(now) || (entry.isLive(now) && isStillGood(key, entry, now))
        ? entry
        : null;
  }

  /** Returns an entry within its freshness, whether or not its partition is proven, or null. */
  public @Nullable E getUnproven(String key) {
    E entry = entries.getIfPresent(key);
    return entry != null && isStillGood(key, entry, clock.now()) ? entry : null;
  }

  /** Tells whether it can be neither invalidated nor replaced without this node's knowing. */
  private boolean isValid(String key, E entry, long now) {
    return entry.isLive(now) && entry.isUnmissed() && passes(key, entry);
  }

  private boolean isStillGood(String key, E entry, long now) {
    return entry.isUnexpired(now) && passes(key, entry);
  }

  /** Tests it against what was invalidated otherwise than by key, and drops it if it is meant. */
  private boolean passes(String key, E entry) {
    if (entry.passes(name, key)) {
      return true;
    }
    entries.asMap().remove(key, entry);
    return false;
  }

  /** Returns an entry that was not invalidated, however old it is, or null. */
  public @Nullable E getValid(String key) {
    E entry = entries.getIfPresent(key);
    return entry != null && isValid(key, entry, clock.exact()) ? entry : null;
  }

  /** Returns an entry not known to be invalidated, however old it is and proven or not, or null. */
  public @Nullable E getUnprovenOfAnyAge(String key) {
    E entry = entries.getIfPresent(key);
    return entry != null && entry.isUnmissed() && passes(key, entry) ? entry : null;
  }

  /** Tells whether an entry asked for at {@code stamp} has not been invalidated since. */
  public boolean isValid(String key, E entry, Stamp stamp) {
    return isValid(key, entry, clock.exact()) && entry.holds(stamp, key);
  }

  /** Puts a copy in the place of an entry, unless that has been invalidated or replaced. */
  public void replace(String key, E entry, E copy) {
    entries.asMap().replace(key, entry, copy);
  }

  /**
   * Puts an entry asked for at {@code stamp}, unless it was invalidated since: looked at where no
   * removal of the key can come between, so no reader ever finds what is to go again.
   */
  public void put(String key, E entry, Stamp stamp) {
    if (entry.passes(name, key)) {
      entries.asMap().compute(key, (k, there) -> entry.holds(stamp, k) ? entry : there);
    }
  }

  /** Removes an entry that is older than an invalidation's sequence. */
  public void removeOlder(String key, long sequence) {
    entries.asMap().computeIfPresent(key, (k, e) -> e.sequence() < sequence ? null : e);
  }

  /** Removes an entry whatever its sequence. */
  public void remove(String key) {
    entries.invalidate(key);
  }

  /** Returns how many entries there are, about, those that cannot be served any more included. */
  public long entries() {
    return entries.estimatedSize();
  }

  /** Returns their weight, or 0 if the store is bounded by entries. */
  public long bytes() {
    if (!weighted) {
      return 0;
    }
    return entries.policy().eviction().orElseThrow().weightedSize().orElse(0);
  }
}
