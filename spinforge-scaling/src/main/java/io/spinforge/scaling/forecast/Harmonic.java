package io.spinforge.scaling.forecast;

/**
 * A curve of sines and cosines: ten of the day, three of the week once there are two weeks, and a
 * day's first one of its own for weekends.
 *
 * <p>Fitted by {@link Ridge}, so with Huber's weights and slowly forgetting. Each horizon carries
 * on as much of the present distance from the curve as was left of it in the past.
 */
final class Harmonic {
  private static final int OF_DAY = 10;
  private static final int OF_WEEK = 3;
  private static final int SIZE = 1 + 2 * OF_DAY + 2 * OF_WEEK + 2;

  private final DemandSeries series;
  private final Calendar calendar;
  private final Ridge ridge;
  private final double[] inputs = new double[SIZE];
  private final int hour;
  private double present;

  Harmonic(DemandSeries series, Calendar calendar, double keep) {
    this.series = series;
    this.calendar = calendar;
    ridge = new Ridge(SIZE, 1e-3, keep);
    hour = Math.max(1, 3600 / series.step());
  }

  /** Learns the newest cell; once per cell. */
  void learn(double value) {
    fill(series.newest());
    if (!Double.isNaN(value)) {
      ridge.add(inputs, 0, value);
    }
    if (series.age() > series.day() && series.newest() % hour == 0) {
      ridge.solve();
    }
    present = ridge.apply(inputs, 0);
  }

  /** Returns the curve at the newest cell. */
  double present() {
    return present;
  }

  /** Returns the mean distance of past values from the curve. */
  double scale() {
    return ridge.scale();
  }

  /** Returns the curve {@code ahead} cells after the newest; NaN on the first day. */
  double curve(int ahead) {
    if (series.age() <= series.day()) {
      return Double.NaN;
    }
    fill(series.newest() + ahead);
    return ridge.apply(inputs, 0);
  }

  private void fill(long cell) {
    double angle = 2 * Math.PI * calendar.secondOfDay(cell) / 86_400;
    double cos = StrictMath.cos(angle);
    double sin = StrictMath.sin(angle);
    inputs[0] = 1;
    waves(1, OF_DAY, cos, sin);
    int at = 1 + 2 * OF_DAY;
    boolean weeks = series.age() >= 14L * series.day();
    for (int k = at; k < SIZE; k++) {
      inputs[k] = 0;
    }
    if (weeks) {
      double week = 2 * Math.PI * calendar.secondOfWeek(cell) / 604_800;
      waves(at, OF_WEEK, StrictMath.cos(week), StrictMath.sin(week));
      boolean weekend = calendar.kind(cell) > 0;
      inputs[SIZE - 2] = weekend ? cos : 0;
      inputs[SIZE - 1] = weekend ? sin : 0;
    }
  }

  private void waves(int at, int count, double cos, double sin) {
    double c = 1;
    double s = 0;
    for (int k = 0; k < count; k++) {
      double next = c * cos - s * sin;
      s = c * sin + s * cos;
      c = next;
      inputs[at + 2 * k] = c;
      inputs[at + 2 * k + 1] = s;
    }
  }
}
