package io.spinforge.balance.limit;

import java.util.concurrent.locks.ReentrantLock;

/**
 * The requests of one client in the last window, counted by slices. A slice leaves when all of it
 * is older than the window, so the sum never misses a request that counts. All methods want the
 * lock, which is held for as long as it takes to add 31 numbers at most: a client seldom meets
 * itself.
 */
final class SlidingWindow {
  /** How many slices a window has; one more is kept, for the one that is filling. */
  static final int SLICES = 30;

  private static final int KEPT = SLICES + 1;

  final ReentrantLock lock = new ReentrantLock();

  private final int[] counts = new int[KEPT];
  private long newest = Long.MIN_VALUE / 2;
  private int sum;

  /** Forgets what is too old, by the number of the slice that is filling now. */
  void advance(long slice) {
    if (slice <= newest) {
      return; // another thread read the clock later and came first
    }
    if (slice - newest >= KEPT) {
      java.util.Arrays.fill(counts, 0);
      sum = 0;
    } else {
      for (long i = newest + 1; i <= slice; i++) {
        int at = (int) Math.floorMod(i, (long) KEPT);
        sum -= counts[at];
        counts[at] = 0;
      }
    }
    newest = slice;
  }

  int sum() {
    return sum;
  }

  void add() {
    counts[(int) Math.floorMod(newest, (long) KEPT)]++;
    sum++;
  }

  /** Returns the number of the slice with whose start the oldest request leaves. */
  long leavesAt() {
    for (long i = newest - SLICES; i <= newest; i++) {
      if (counts[(int) Math.floorMod(i, (long) KEPT)] > 0) {
        return i + KEPT;
      }
    }
    return newest;
  }
}
