package io.spinforge.cache.memory;

/** What memory needs to know of an entry to judge it: read by the hit path, so plain fields. */
public abstract class MemoryEntry {
  private final Partition partition;
  private final long epoch;
  private final long sequence;
  private final long usableUntil;
  private final int weight;

  /**
   * Creates an entry.
   *
   * @param stamp what the partition had seen before the value was asked for
   * @param sequence the sequence up to which every invalidation is respected; 0 if none is known
   * @param usableUntil the time, in the clock's nanoseconds, at which memory stops serving it
   * @param weight its size in bytes, about
   */
  protected MemoryEntry(
      Partition partition, Stamp stamp, long sequence, long usableUntil, int weight) {
    this.partition = partition;
    this.epoch = stamp.epoch();
    this.sequence = sequence;
    this.usableUntil = usableUntil;
    this.weight = weight;
  }

  /** Creates an entry that is judged as another one, but served until another time. */
  protected MemoryEntry(MemoryEntry other, long usableUntil) {
    this.partition = other.partition;
    this.epoch = other.epoch;
    this.sequence = other.sequence;
    this.usableUntil = usableUntil;
    this.weight = other.weight;
  }

  /** Returns the sequence up to which every invalidation is respected; 0 if none is known. */
  public final long sequence() {
    return sequence;
  }

  /** Returns the time at which memory stops serving it without a thought. */
  protected final long usableUntil() {
    return usableUntil;
  }

  final boolean isServable(long now) {
    return isUnexpired(now) && partition.isLive(now);
  }

  final boolean isUnexpired(long now) {
    return epoch == partition.epoch() && now - usableUntil < 0;
  }

  final boolean isOfThisEpoch() {
    return epoch == partition.epoch();
  }

  /** Tells whether it can be neither invalidated nor replaced without this node's knowing. */
  final boolean isValid(long now) {
    return epoch == partition.epoch() && partition.isLive(now);
  }

  final boolean holds(Stamp stamp, String key) {
    return partition.stillHolds(stamp, key, sequence);
  }

  final int weight() {
    return weight;
  }
}
