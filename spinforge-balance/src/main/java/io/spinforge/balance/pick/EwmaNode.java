package io.spinforge.balance.pick;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A node with Finagle's peak-sensitive moving average of its latency, without the lock: it takes a
 * higher sample as it is, moves towards a lower one by how much time has passed in terms of tau,
 * and decays while nothing is heard, so that a node that was slow is tried again.
 *
 * <p>The state is one word, read and replaced as a whole. Of two samples that are added in the same
 * moment one may be lost, which costs less than a compare-and-set by each of all the others: a node
 * that turned slow tells so by its next sample too.
 *
 * <pre>
 *   63             32 31              0
 *   | average, float | time, 2^17 ns  |
 * </pre>
 *
 * The time is read modulo 2^32 units (6.5 days).
 */
class EwmaNode extends Node {
  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(EwmaNode.class, "state", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final int TIME_SHIFT = 17;
  private static final double UNIT = 1L << TIME_SHIFT;
  private static final double SIXTH = 1.0 / 6;
  private static final int SKEW = 1 << 16; // units a clock may run back: 8.6 s

  private final double perUnit;

  /** Opaque: it stands alone, and must only not be torn. */
  @SuppressWarnings("unused")
  private long state;

  EwmaNode(long tauNanos) {
    perUnit = UNIT / tauNanos;
  }

  /** Returns the average at this time in nanoseconds; 0 before the first sample. */
  final double average(long now) {
    long seen = state();
    return averageOf(seen) * keep(seen, now);
  }

  /** Returns the average at this time if silence pulls it down to {@code rest} and not to 0. */
  final double average(long now, double rest) {
    long seen = state();
    double average = averageOf(seen);
    // Without a branch: about half of all nodes are above their median, and who is comes at random.
    return Math.min(average, rest) + Math.max(average - rest, 0) * keep(seen, now);
  }

  /** Forgets the past for this sample. */
  final void restart(long sample, long now) {
    STATE.setOpaque(this, pack((double) Math.max(1, sample), 0, now));
  }

  /** Adds a sample; one that is only a lower bound can raise the average, never lower it. */
  final void learn(long sample, boolean lowerBound, long now) {
    double latency = (double) Math.max(1, sample);
    long seen = state();
    double average = averageOf(seen);
    double next = latency;
    if (latency < average) {
      double keep = lowerBound ? 1 : keep(seen, now);
      next = average * keep + latency * (1 - keep);
    }
    long packed = pack(next, seen, now);
    if (packed != seen) {
      STATE.setOpaque(this, packed);
    }
  }

  private long state() {
    return (long) STATE.getOpaque(this);
  }

  private static double averageOf(long state) {
    return Float.intBitsToFloat((int) (state >>> 32));
  }

  private static long pack(double average, long seen, long now) {
    int time = (int) (now >> TIME_SHIFT);
    int late = time - (int) seen;
    if (seen != 0 && late < 0 && late > -SKEW) {
      time = (int) seen; // ended before, reported after: time does not go back
    }
    return (long) Float.floatToRawIntBits((float) average) << 32 | (time & 0xFFFF_FFFFL);
  }

  /**
   * Returns about exp(-age/tau) by the first terms of its series, inverted: a third of the cost, at
   * most 0.03 too high, and right where it matters, at small ages.
   */
  private double keep(long seen, long now) {
    int units = (int) (now >> TIME_SHIFT) - (int) seen;
    if (units <= 0 && units > -SKEW) {
      return 1;
    }
    double x = (units & 0xFFFF_FFFFL) * perUnit;
    return 1 / (1 + x * (1 + x * (0.5 + x * SIXTH)));
  }
}
