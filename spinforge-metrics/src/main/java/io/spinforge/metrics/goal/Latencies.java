package io.spinforge.metrics.goal;

/**
 * Cells for latencies: all that share their first three decimal digits share a cell, so a cell is
 * at most 1 % wide and its middle within 0.5 % of each latency in it. One cell holds everything
 * below 10 microseconds, one everything from 1,000 seconds. The idea is HdrHistogram's (G. Tene),
 * cut in decimal instead of binary digits so that a threshold a person writes is a cell's edge.
 */
public final class Latencies {
  private static final long LOWEST = 10_000;
  private static final int DECADES = 8;
  private static final int PER_DECADE = 900;

  static final int CELLS = 2 + DECADES * PER_DECADE;

  /** The width of a cell in each decade, in nanoseconds. */
  private static final long[] WIDTHS = widths();

  private Latencies() {}

  private static long[] widths() {
    long[] widths = new long[DECADES];
    long width = LOWEST / 100;
    for (int i = 0; i < DECADES; i++) {
      widths[i] = width;
      width *= 10;
    }
    return widths;
  }

  /** Returns the cell of a latency; O(8), no allocation. */
  static int cell(long nanos) {
    if (nanos < LOWEST) {
      return 0;
    }
    for (int decade = 0; decade < DECADES; decade++) {
      long digits = nanos / WIDTHS[decade];
      if (digits < 1000) {
        return 1 + decade * PER_DECADE + (int) (digits - 100);
      }
    }
    return CELLS - 1;
  }

  /** Returns the middle of a cell, in nanoseconds; its lower edge where it has no upper one. */
  static long middle(int cell) {
    if (cell == 0) {
      return LOWEST / 2;
    }
    int decade = (cell - 1) / PER_DECADE;
    if (decade == DECADES) {
      return 1000 * WIDTHS[DECADES - 1];
    }
    long digits = 100L + (cell - 1) % PER_DECADE;
    return digits * WIDTHS[decade] + WIDTHS[decade] / 2;
  }

  /** Returns whether a threshold is a cell's lower edge, so that it can be judged exactly. */
  public static boolean isEdge(long nanos) {
    if (nanos < LOWEST || nanos > 1000 * WIDTHS[DECADES - 1]) {
      return false;
    }
    long width = 1;
    while (nanos / width >= 1000) {
      width *= 10;
    }
    return nanos % width == 0;
  }
}
