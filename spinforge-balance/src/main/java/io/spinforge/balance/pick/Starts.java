package io.spinforge.balance.pick;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * When the requests in flight on one node began, so that the age of the oldest is known exactly
 * while it runs. Up to 63 are tracked, which is plenty: a node has to be late with one of them
 * only.
 *
 * <p>A request takes the first free slot; its token is its start with the lowest six bits replaced
 * by that slot, {@value #UNTRACKED} for none. A token that is not in its slot any more was ended
 * before. Slots at and above a mark are not looked at. The mark rises with the slot taken; {@link
 * #settle} lowers it, and should it then overlook a request that begins meanwhile, the next one
 * finds it. Lock-free, one compare-and-set each to begin and to end.
 */
final class Starts {
  private static final VarHandle TOKENS = MethodHandles.arrayElementVarHandle(long[].class);
  private static final int UNTRACKED = 63;
  private static final long SLOT = 63;

  /** What a free slot holds: no request's token ends in the slot number of the untracked. */
  private static final long FREE = UNTRACKED;

  private final long[] tokens = new long[UNTRACKED];

  /** Only a hint: plain, since a stale one costs a look at too many or too few slots. */
  private int mark;

  Starts() {
    Arrays.fill(tokens, FREE);
  }

  static long startOf(long token) {
    return token & ~SLOT;
  }

  long begin(long now) {
    for (int slot = 0; slot < UNTRACKED; slot++) {
      long token = (now & ~SLOT) | slot;
      if (token(slot) == FREE && TOKENS.compareAndSet(tokens, slot, FREE, token)) {
        if (slot >= mark) {
          mark = slot + 1;
        }
        return token;
      }
    }
    return (now & ~SLOT) | UNTRACKED;
  }

  private long token(int slot) {
    return (long) TOKENS.getOpaque(tokens, slot);
  }

  /** Frees the token's slot; false if it was freed before. */
  boolean end(long token) {
    int slot = (int) (token & SLOT);
    return slot == UNTRACKED || TOKENS.compareAndSet(tokens, slot, token, FREE);
  }

  /** Returns how long ago the oldest tracked request began; 0 if there is none. */
  long oldestAge(long now) {
    long age = 0;
    for (int slot = 0; slot < mark; slot++) {
      long token = token(slot);
      if (token != FREE) {
        age = Math.max(age, now - startOf(token));
      }
    }
    return age;
  }

  /** Returns how many tracked requests began longer ago than this. */
  int olderThan(double age, long now) {
    int older = 0;
    for (int slot = 0; slot < mark; slot++) {
      long token = token(slot);
      older += token != FREE && now - startOf(token) > age ? 1 : 0;
    }
    return older;
  }

  /** Looks for the last slot in use; call it now and then. */
  void settle() {
    int used = UNTRACKED;
    while (used > 0 && token(used - 1) == FREE) {
      used--;
    }
    mark = used;
  }
}
