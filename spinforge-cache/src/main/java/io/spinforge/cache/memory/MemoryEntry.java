package io.spinforge.cache.memory;

import java.util.List;

/** What memory needs to know of an entry to judge it: read by the hit path, so plain fields. */
public abstract class MemoryEntry {
  private final Partition partition;
  private final long resets;
  private final long sequence;
  private final long usableUntil;
  private final int weight;

  // How far it was tested against the bans, and the epoch in which that was; -1 before the first
  // test. Both only ever spare a test that was made, so threads may race to write them; volatile so
  // that no half of a number is read, and the mark is written first.
  private volatile BanMark mark;
  private volatile long tested = -1;

  /**
   * Creates an entry.
   *
   * @param stamp what the partition had seen before the value was asked for
   * @param mark what the value respects of what was invalidated by tag, pattern or clear
   * @param sequence the sequence up to which every invalidation is respected; 0 if none is known
   * @param usableUntil the time, in the clock's nanoseconds, at which memory stops serving it
   * @param weight its size in bytes, about
   */
  protected MemoryEntry(
      Partition partition, Stamp stamp, BanMark mark, long sequence, long usableUntil, int weight) {
    this.partition = partition;
    this.resets = stamp.resets();
    this.mark = mark;
    this.sequence = sequence;
    this.usableUntil = usableUntil;
    this.weight = weight;
  }

  /** Creates an entry that is judged as another one, but served until another time. */
  protected MemoryEntry(MemoryEntry other, long usableUntil) {
    this.partition = other.partition;
    this.resets = other.resets;
    this.mark = other.mark;
    this.tested = other.tested;
    this.sequence = other.sequence;
    this.usableUntil = usableUntil;
    this.weight = other.weight;
  }

  /** Returns its tags. */
  protected abstract List<String> itsTags();

  /** Returns the sequence up to which every invalidation is respected; 0 if none is known. */
  public final long sequence() {
    return sequence;
  }

  /** Returns the time at which memory stops serving it without a thought. */
  protected final long usableUntil() {
    return usableUntil;
  }

  /** Tells whether it may be served without a further look: the hot path. */
  final boolean isServable(long now) {
    // Live first: a reset comes before the proof after it, so whoever sees that sees the new epoch.
    return partition.isLive(now) && tested == partition.epoch() && now - usableUntil < 0;
  }

  /** Tells whether it is within its freshness and no record was missed since. */
  final boolean isUnexpired(long now) {
    return resets == partition.resets() && now - usableUntil < 0;
  }

  final boolean isLive(long now) {
    return partition.isLive(now);
  }

  /** Tests it against the bans that it was not tested against yet; false if it is condemned. */
  final boolean passes(String cache, String key) {
    long epoch = partition.epoch(); // before the bans: each is there before its epoch
    BanMark before = mark;
    BanMark now = partition.bans().tested();
    if (partition.bans().condemns(before, cache, key, itsTags())) {
      return false;
    }
    mark = Bans.passed(before, now);
    tested = epoch;
    return true;
  }

  /**
   * Tells whether it must not be handed to a reader that came when {@code came} was banned, though
   * it asked for it together with others; see {@link Bans#bars}.
   */
  public final boolean isBarredFor(BanMark came, String cache, String key) {
    return partition.bans().bars(mark, came, cache, key, itsTags());
  }

  /** Tells whether no record was missed since it came, however old it is. */
  final boolean isUnmissed() {
    return resets == partition.resets();
  }

  final boolean holds(Stamp stamp, String key) {
    return partition.stillHolds(stamp, key, sequence);
  }

  final int weight() {
    return weight;
  }
}
