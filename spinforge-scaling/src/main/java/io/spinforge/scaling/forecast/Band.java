package io.spinforge.scaling.forecast;

import java.util.Arrays;

/**
 * One horizon: what each member forecast for it, how far they were off, and what they are worth.
 *
 * <p>A member weighs {@code error^−6}, errors discounted to a half per day; the last value keeps at
 * least 2 %. A member without an answer gives the last value's. Two of the members are regressions
 * of this horizon: <em>direct</em>, on differences to the past days, and <em>stack</em>, on the
 * other members.
 */
final class Band {
  private static final int LAST = 0;
  private static final int ANALOGUES = 1;
  private static final int HARMONIC = 2;
  private static final int DIRECT = 3;
  private static final int WINTERS = 4;
  private static final int STACK = 5;
  private static final int MEMBERS = 6;
  private static final int STACKED = MEMBERS - 2;

  private static final double LEAST = 0.02;
  private static final int DAYS = 3;
  private static final double MARGIN = 1.5;

  /** Errors below so many times those of the last value show a pattern. */
  private static final double SEASONAL = 0.9;

  final int ahead;
  private final DemandSeries series;
  private final Differences differences;
  private final Ridge direct;
  private final Ridge stack;
  private final double discount;
  private final double keep;
  private final int hour;
  private final double damped;

  // What was said at the last `ahead + 1` origins: a row per origin, NaN in LAST if nothing was.
  private final double[] said;
  private final double[] inputs;
  private final double[] winters;
  private final double[] residuals;
  private final double[] bases;

  private final double[] errors = new double[MEMBERS];
  private final double[] wintersErrors = new double[HoltWinters.COUNT];
  private final double[] deltas = new double[STACKED];
  private final double[] weights = new double[MEMBERS];
  private final Cap cap;
  private double carriedBy;
  private double carriedOf;
  private long matured;
  private double forecast = Double.NaN;
  private double spread = Double.NaN;

  Band(int ahead, DemandSeries series, Differences differences, double keep) {
    this.ahead = ahead;
    this.series = series;
    this.differences = differences;
    this.keep = keep;
    hour = Math.max(1, 3600 / series.step());
    damped = HoltWinters.damped(ahead);
    discount = StrictMath.pow(0.5, 1.0 / series.day());
    direct = new Ridge(Differences.SIZE, 3e-3, keep);
    stack = new Ridge(STACKED, 0.05, StrictMath.pow(0.5, 1.0 / (4.0 * series.day())));
    cap = new Cap(series.day());
    int rows = ahead + 1;
    said = new double[rows * MEMBERS];
    Arrays.fill(said, Double.NaN);
    inputs = new double[rows * Differences.SIZE];
    winters = new double[rows * HoltWinters.COUNT];
    residuals = new double[rows];
    bases = new double[rows];
  }

  private int row(long cell) {
    return (int) Math.floorMod(cell, (long) (ahead + 1));
  }

  /** Compares what was said for the newest cell with what came; NaN is no lesson. */
  void learn(double value, Harmonic harmonic) {
    long now = series.newest();
    int row = row(now - ahead);
    if (!Double.isNaN(value) && !Double.isNaN(said[row * MEMBERS])) {
      judge(row, value);
      direct.add(inputs, row * Differences.SIZE, value - bases[row]);
      double last = said[row * MEMBERS];
      for (int k = 0; k < STACKED; k++) {
        deltas[k] = said[row * MEMBERS + k + 1] - last;
      }
      stack.add(deltas, 0, value - last);
      carry(residuals[row], value - harmonic.present(), harmonic.scale());
    }
    if (now % hour == 0) {
      direct.solve();
      stack.solve();
    }
    said[row * MEMBERS] = Double.NaN;
  }

  private void judge(int row, double value) {
    // Jumps that come every day count in full; one beyond all of the last days is an incident, and
    // must not have the last word on who forecasts well.
    double limit = cap.limit(Math.abs(value - said[row * MEMBERS]));
    for (int k = 0; k < MEMBERS; k++) {
      double error = Math.min(limit, Math.abs(value - said[row * MEMBERS + k]));
      errors[k] = errors[k] * discount + error;
    }
    for (int k = 0; k < HoltWinters.COUNT; k++) {
      double error = Math.min(limit, Math.abs(value - winters[row * HoltWinters.COUNT + k]));
      wintersErrors[k] = wintersErrors[k] * discount + error;
    }
    matured++;
  }

  private void carry(double then, double now, double scale) {
    if (Double.isNaN(then)) {
      return;
    }
    double off = Math.abs(now - carried() * then);
    double weight = 1 / (1 + off / (scale + Double.MIN_NORMAL));
    carriedBy = carriedBy * keep + weight * then * now;
    carriedOf = carriedOf * keep + weight * then * then;
  }

  private double carried() {
    return carriedOf > 0 ? Math.max(0, Math.min(1, carriedBy / carriedOf)) : 0;
  }

  /**
   * Makes this cell's forecast.
   *
   * @param value what was measured; for a gap NaN, and what was assumed counts
   * @param lesson whether {@code value} is something to learn from
   */
  void predict(
      double value,
      boolean lesson,
      Analogues analogues,
      Harmonic harmonic,
      HoltWinters holtWinters) {
    int row = row(series.newest());
    int at = row * MEMBERS;
    double last = Double.isNaN(value) ? series.last() : value;
    said[at + ANALOGUES] = or(analogues.forecast(ahead), last);
    spread = analogues.spread();
    residuals[row] = last - harmonic.present();
    double curve = harmonic.curve(ahead);
    said[at + HARMONIC] = or(curve + carried() * residuals[row], last);
    said[at + WINTERS] = or(winters(row, last, holtWinters), last);
    bases[row] = differences.level();
    differences.fill(
        inputs, row * Differences.SIZE, ahead, said[at + ANALOGUES], said[at + HARMONIC]);
    boolean young = series.age() < 2L * series.day();
    said[at + DIRECT] = young ? last : bases[row] + direct.apply(inputs, row * Differences.SIZE);
    for (int k = 0; k < STACKED; k++) {
      deltas[k] = said[at + k + 1] - last;
    }
    said[at + STACK] = young ? last : last + stack.apply(deltas, 0);
    said[at + LAST] = last;
    forecast = Math.max(0, combine(at));
    if (!lesson) {
      said[at + LAST] = Double.NaN; // an origin in a gap or an incident teaches nothing
    }
  }

  private double winters(int row, double last, HoltWinters holtWinters) {
    int best = 0;
    int slot = holtWinters.ahead(ahead);
    for (int k = 0; k < HoltWinters.COUNT; k++) {
      winters[row * HoltWinters.COUNT + k] = or(holtWinters.forecast(k, slot, damped), last);
      best = wintersErrors[k] < wintersErrors[best] ? k : best;
    }
    return winters[row * HoltWinters.COUNT + best];
  }

  private double combine(int at) {
    double sum = 0;
    for (int k = 0; k < MEMBERS; k++) {
      double relative = errors[k] / (errors[LAST] + Double.MIN_NORMAL) + 1e-6;
      double square = relative * relative;
      weights[k] = matured < 10 ? k == LAST ? 1 : 0 : 1 / (square * square * square);
      sum += weights[k];
    }
    double result = LEAST * said[at + LAST];
    for (int k = 0; k < MEMBERS; k++) {
      result += (1 - LEAST) * weights[k] / sum * said[at + k];
    }
    return result;
  }

  /** The largest error of the last days before today. */
  private static final class Cap {
    private final int day;
    private final double[] highest = new double[DAYS];
    private int cells;
    private double today;

    Cap(int day) {
      this.day = day;
    }

    double limit(double error) {
      double before = 0;
      for (double value : highest) {
        before = Math.max(before, value);
      }
      boolean known = cells >= day;
      today = Math.max(today, error);
      if (++cells % day == 0) {
        highest[cells / day % DAYS] = today;
        today = 0;
      }
      return known ? MARGIN * before : Double.MAX_VALUE;
    }
  }

  /** Tells whether past days have foreseen more than the last value lately. */
  boolean seasonal() {
    return errors[ANALOGUES] < SEASONAL * errors[LAST];
  }

  private static double or(double value, double other) {
    return Double.isNaN(value) ? other : value;
  }

  /** Returns the forecast for {@link #ahead} cells after the newest; NaN before the first cell. */
  double forecast() {
    return forecast;
  }

  /** Returns how far past days like this one are apart here; NaN if there is none. */
  double spread() {
    return spread;
  }

  /** Returns what Holt-Winters alone says, for comparisons. */
  double holtWinters() {
    return said[row(series.newest()) * MEMBERS + WINTERS];
  }
}
