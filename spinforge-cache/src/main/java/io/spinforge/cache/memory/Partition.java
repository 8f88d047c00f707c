package io.spinforge.cache.memory;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * What is known about one partition's past. Thread-safe.
 *
 * <p>Three guards keep an invalidated value out of memory:
 *
 * <ul>
 *   <li><b>The epoch.</b> It changes when records of the invalidation log may have been missed:
 *       then every entry from before is void. It also changes with every record of the control log:
 *       then an entry from before is tested against the {@link Bans} once, and takes the new epoch.
 *   <li><b>The time it is live until.</b> Each proof that nothing was missed extends it. An entry
 *       is served only before it.
 *   <li><b>The stripes</b> close the local race: a reader takes a value from Redis, the log applies
 *       its invalidation and finds nothing to remove, the reader puts the old value. So an
 *       invalidation first moves its key's stripe and then removes; a reader stamps, asks, and puts
 *       unless the stripe moved, which it looks at under the lock that a removal takes. Whichever
 *       comes second sees the other.
 * </ul>
 *
 * <p>A moved stripe is forgiven where the value is newer than everything that moved it: a value
 * carries a sequence, and every invalidation up to it is respected by the value (the leases of
 * Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013, are such sequences). That is how a
 * put survives the return of its own record. An invalidation made while Redis is away has no
 * sequence and is never forgiven.
 *
 * <p>Open to subclasses only so that a simulation can take one guard out and show that it is
 * needed.
 */
public class Partition {
  private static final int STRIPES = 256;

  private final AtomicLongArray moves = new AtomicLongArray(STRIPES);
  private final AtomicLongArray lastSequence = new AtomicLongArray(STRIPES);
  private final AtomicLong unsequenced = new AtomicLong();

  private static final AtomicLongFieldUpdater<Partition> EPOCH =
      AtomicLongFieldUpdater.newUpdater(Partition.class, "epoch");

  private final Bans bans;

  // Counted up by whoever applies a record; volatile so that a hit on any thread sees the change.
  private volatile long epoch;

  // Both written by the log's thread only; volatile for the same reason.
  private volatile long resets;
  private volatile long liveUntil;

  /** Returns a partition that is live until {@code liveUntil}. */
  public Partition(long liveUntil, Bans bans) {
    this.liveUntil = liveUntil;
    this.bans = bans;
  }

  /** Returns what has been seen so far, to be taken before Redis or a loader is asked. */
  public Stamp stamp(String key) {
    return new Stamp(resets, moves.get(stripe(key)), unsequenced.get(), bans.mark());
  }

  /** Tells whether a value asked for at {@code stamp} may be put in memory. */
  protected boolean stillHolds(Stamp stamp, String key, long sequence) {
    if (stamp.resets() != resets || stamp.unsequenced() != unsequenced.get()) {
      return false;
    }
    int stripe = stripe(key);
    return stamp.moves() == moves.get(stripe) || lastSequence.get(stripe) <= sequence;
  }

  /** Notes an invalidation with its sequence in Redis; to be called before the entry is removed. */
  public void invalidated(String key, long sequence) {
    int stripe = stripe(key);
    lastSequence.accumulateAndGet(stripe, sequence, Math::max);
    moves.incrementAndGet(stripe);
  }

  /** Notes an invalidation that Redis does not know of yet; to be called before the removal. */
  public void invalidatedHereOnly() {
    unsequenced.incrementAndGet();
  }

  /** Voids every entry of this partition: records may have been missed. Called by one thread. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: the log's thread
  public void reset() {
    resets++;
    EPOCH.incrementAndGet(this);
    for (int i = 0; i < STRIPES; i++) {
      lastSequence.set(i, 0); // sequences of another incarnation say nothing about this one's
    }
  }

  /** Notes a proof that nothing was missed. Called by one thread. */
  public void liveUntil(long nanos) {
    liveUntil = nanos;
  }

  /** Tells whether entries may be served at {@code now}. */
  public boolean isLive(long now) {
    return now - liveUntil < 0;
  }

  /** Has every entry tested against the bans once more; to be called after one was added. */
  public void banned() {
    EPOCH.incrementAndGet(this);
  }

  /** Returns what was invalidated by tag, pattern or clear. */
  protected Bans bans() {
    return bans;
  }

  /** Returns the epoch in which an entry must have been tested to be served. */
  protected long epoch() {
    return epoch;
  }

  long resets() {
    return resets;
  }

  private static int stripe(String key) {
    int h = key.hashCode();
    return (h ^ (h >>> 16)) & (STRIPES - 1);
  }
}
