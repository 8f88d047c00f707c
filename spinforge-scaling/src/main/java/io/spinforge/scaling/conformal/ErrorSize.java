package io.spinforge.scaling.conformal;

import java.util.Arrays;

/**
 * How large an error is to be expected, as a sum of four parts: how large errors are lately, how
 * large they are at this hour of the day, how far past days like this one disagree, and a share of
 * the forecast itself.
 *
 * <p>What each part counts is fitted to the errors that came, half forgotten in five days, by least
 * squares with no negative weight (coordinate descent), drawn to a plain mean of the first three.
 * Not thread-safe.
 */
final class ErrorSize {
  /** Number of parts. */
  static final int PARTS = 4;

  private static final double SMALLEST = 0.02;
  private static final double[] PRIOR = {0.4, 0.4, 0.2, 0};
  private static final double PULL = 0.02;
  private static final int SWEEPS = 50;

  private final double[][] products = new double[PARTS][PARTS];
  private final double[] targets = new double[PARTS];
  private final double[] weights = PRIOR.clone();
  private final double keep;
  private final double recency;
  private final double hourly;
  private final int hour;
  private final int day;
  private final double[] sameHour = new double[24];
  private double recent = Double.NaN;
  private int learned;

  ErrorSize(int week) {
    hour = Math.max(1, week / 168);
    day = week / 7;
    keep = StrictMath.pow(0.5, 1.0 / (5.0 * day));
    recency = 1 - StrictMath.pow(0.5, 2.0 / hour);
    hourly = 1 - StrictMath.pow(0.5, 1.0 / (3.0 * hour));
    Arrays.fill(sameHour, Double.NaN);
  }

  /**
   * Writes the parts for a forecast and returns the size.
   *
   * @param spread disagreement of past days; NaN if it is not known
   */
  double of(double center, double spread, int hour, double[] parts, int offset) {
    double least = SMALLEST * Math.abs(center);
    double now = Double.isNaN(recent) ? least : recent;
    double same = Double.isNaN(sameHour[hour]) ? now : sameHour[hour];
    parts[offset] = now;
    parts[offset + 1] = same;
    parts[offset + 2] = Double.isNaN(spread) ? (now + same) / 2 : spread;
    parts[offset + 3] = least;
    double size = 0;
    for (int i = 0; i < PARTS; i++) {
      size += weights[i] * parts[offset + i];
    }
    return Math.max(least, size);
  }

  /** Learns the size of an error that came, from the parts and the size it was given before. */
  void learn(double error, double size, int hour, double[] parts, int offset) {
    recent = Double.isNaN(recent) ? error : recent + recency * (error - recent);
    double same = sameHour[hour];
    sameHour[hour] = Double.isNaN(same) ? error : same + hourly * (error - same);
    if (!(size > 0)) {
      return;
    }
    double target = Math.min(error, 20 * size);
    for (int i = 0; i < PARTS; i++) {
      double part = parts[offset + i] / (size * size);
      targets[i] = targets[i] * keep + part * target;
      for (int j = 0; j < PARTS; j++) {
        products[i][j] = products[i][j] * keep + part * parts[offset + j];
      }
    }
    if (++learned % this.hour == 0 && learned > day) {
      solve();
    }
  }

  private void solve() {
    double[] next = PRIOR.clone();
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      for (int i = 0; i < PARTS; i++) {
        double pull = PULL * products[i][i] + 1e-12;
        double sum = targets[i] + pull * PRIOR[i];
        for (int j = 0; j < PARTS; j++) {
          sum -= i == j ? 0 : products[i][j] * next[j];
        }
        next[i] = Math.max(0, sum / (products[i][i] + pull));
      }
    }
    System.arraycopy(next, 0, weights, 0, PARTS);
  }
}
