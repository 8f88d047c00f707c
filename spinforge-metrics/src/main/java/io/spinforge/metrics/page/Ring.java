package io.spinforge.metrics.page;

import java.util.Arrays;

/** The last values of something, the newest last; NaN where there is none. Not thread-safe. */
final class Ring {
  private final double[] values;
  private int next;

  Ring(int size) {
    values = new double[size];
    Arrays.fill(values, Double.NaN);
  }

  void add(double value) {
    values[next] = value;
    next = (next + 1) % values.length;
  }

  int size() {
    return values.length;
  }

  /** Returns a value; 0 is the oldest. */
  double get(int index) {
    return values[(next + index) % values.length];
  }

  double last() {
    return get(values.length - 1);
  }

  double max() {
    double most = Double.NaN;
    for (double value : values) {
      if (!Double.isNaN(value) && !(value <= most)) {
        most = value;
      }
    }
    return most;
  }

  boolean isEmpty() {
    return Double.isNaN(max());
  }
}
