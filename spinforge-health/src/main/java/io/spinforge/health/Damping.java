package io.spinforge.health;

/**
 * How long a target that keeps changing must stay well before it is called fit again.
 *
 * <p>The first fall costs nothing. The second one within ten minutes of a return asks for a hold,
 * which doubles with every further fall up to the longest: for that long, without a break, the
 * target must pass its probes. A fall is never held back. Every ten minutes in a row as a fit
 * target take one fall back. A target that alternates is therefore soon out for good if its good
 * times are shorter than the longest hold, and changes no more often than it does if they are
 * longer. In the manner of route flap damping (RFC 2439), with counts for its penalty.
 *
 * @param firstNanos the hold after the second fall
 * @param longestNanos the longest hold; 0: no damping
 */
record Damping(long firstNanos, long longestNanos) {
  private static final long CALM_NANOS = 600_000_000_000L;

  /** Returns the falls that still count after one more, that ended so long a time as fit. */
  int falls(int before, long fitNanos) {
    long forgotten = fitNanos / CALM_NANOS;
    return before > forgotten ? (int) (before - forgotten) + 1 : 1;
  }

  /** Returns how long a target must pass its probes after so many falls. */
  long hold(int falls) {
    if (falls < 2 || longestNanos == 0) {
      return 0;
    }
    int doubled = Math.min(falls - 2, 30);
    return firstNanos > longestNanos >> doubled ? longestNanos : firstNanos << doubled;
  }
}
