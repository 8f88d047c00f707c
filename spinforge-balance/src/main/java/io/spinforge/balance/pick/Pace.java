package io.spinforge.balance.pick;

import java.util.concurrent.TimeUnit;

/**
 * What is usual in a group, and from when on a request is late there. Immutable; times are in
 * nanoseconds.
 *
 * @param median of what the nodes' latencies are; 0 if unknown
 * @param percentile the median of their 99th percentiles; 0 if unknown
 * @param late twice the median, 10 ms at least; infinite while nothing is known
 * @param veryLate sixteen times the median, the same way
 * @param due when it is to be looked at again; meaningless while nothing is known
 */
record Pace(double median, double percentile, double late, double veryLate, long due) {
  static final Pace UNKNOWN = new Pace(0, 0, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, 0);

  private static final double LATE = 2;
  private static final double VERY_LATE = 16;
  private static final double NEVER_LATE = TimeUnit.MILLISECONDS.toNanos(10);

  Pace(double median, double percentile, long due) {
    this(
        median,
        percentile,
        Math.max(LATE * median, NEVER_LATE),
        Math.max(VERY_LATE * median, NEVER_LATE),
        due);
  }

  boolean known() {
    return median > 0;
  }
}
