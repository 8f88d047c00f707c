package io.spinforge.metrics.page;

/** The growth of a counter between two looks. Not thread-safe. */
final class Rate {
  private double before = Double.NaN;

  /** Returns how much it grew since the last look; NaN at the first, 0 if it began anew. */
  double grown(double count) {
    double grown = Double.isNaN(before) ? Double.NaN : Math.max(0, count - before);
    before = count;
    return grown;
  }
}
