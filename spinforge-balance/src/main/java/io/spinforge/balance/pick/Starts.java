package io.spinforge.balance.pick;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * When the requests in flight on one node began, so that the age of the oldest is known exactly
 * while it runs. Up to 63 are tracked, which is plenty: a node has to be late with one of them
 * only.
 *
 * <p>A bit mask says which slots are taken; a request's token is its start with the lowest six bits
 * replaced by its slot, {@value #UNTRACKED} for none. A token that is not in its slot any more was
 * ended before. Lock-free.
 */
final class Starts {
  private static final int UNTRACKED = 63;
  private static final long SLOT = 63;

  /** What a free slot holds: no request's token ends in the slot number of the untracked. */
  private static final long FREE = UNTRACKED;

  private final AtomicLong taken = new AtomicLong();
  private final AtomicLongArray tokens = new AtomicLongArray(UNTRACKED);

  Starts() {
    for (int i = 0; i < UNTRACKED; i++) {
      tokens.setPlain(i, FREE);
    }
  }

  static long startOf(long token) {
    return token & ~SLOT;
  }

  long begin(long now) {
    long seen = taken.getOpaque();
    while (true) {
      int slot = Long.numberOfTrailingZeros(~seen);
      if (slot >= UNTRACKED) {
        return (now & ~SLOT) | UNTRACKED;
      }
      if (taken.weakCompareAndSetVolatile(seen, seen | (1L << slot))) {
        long token = (now & ~SLOT) | slot;
        tokens.setRelease(slot, token);
        return token;
      }
      seen = taken.get();
    }
  }

  /** Frees the token's slot; false if it was freed before. */
  boolean end(long token) {
    int slot = (int) (token & SLOT);
    if (slot == UNTRACKED) {
      return true;
    }
    // First the token and then the bit: whoever takes the slot next finds it free.
    if (!tokens.compareAndSet(slot, token, FREE)) {
      return false;
    }
    taken.getAndAccumulate(~(1L << slot), (mask, keep) -> mask & keep);
    return true;
  }

  /** Returns how long ago the oldest tracked request began; 0 if there is none. */
  long oldestAge(long now) {
    long age = 0;
    for (long mask = taken.getOpaque(); mask != 0; mask &= mask - 1) {
      long token = tokens.getAcquire(Long.numberOfTrailingZeros(mask));
      if (token != FREE) {
        age = Math.max(age, now - startOf(token));
      }
    }
    return age;
  }

  /** Returns how many tracked requests began longer ago than this. */
  int olderThan(double age, long now) {
    int older = 0;
    for (long mask = taken.getOpaque(); mask != 0; mask &= mask - 1) {
      long token = tokens.getAcquire(Long.numberOfTrailingZeros(mask));
      older += token != FREE && now - startOf(token) > age ? 1 : 0;
    }
    return older;
  }
}
