package io.spinforge.scaling.forecast;

/**
 * Additive Holt-Winters with a damped trend (φ = 0.98) and a season of one day of local time.
 *
 * <p>Five sets of parameters run side by side; each horizon takes the one that was best there
 * lately, which is a grid search that never stops. Innovations beyond four mean absolute ones are
 * cut off, so that an outlier is not learned as a season. Sources: C. Holt (1957), P. Winters
 * (1960), E. Gardner and E. McKenzie (1985) for the damping.
 */
final class HoltWinters {
  /** Level, trend and season smoothing of each set. */
  private static final double[][] SETS = {
    {0.3, 0, 0.1}, {0.8, 0, 0.1}, {0.1, 0, 0.2}, {0.5, 0.05, 0.3}, {0.05, 0, 0.3}
  };

  /** Number of parameter sets. */
  static final int COUNT = SETS.length;

  private static final double DAMPING = 0.98;
  private static final double CUT = 4;

  private final DemandSeries series;
  private final Calendar calendar;
  private final float[][] season;
  private final double[] level = new double[COUNT];
  private final double[] trend = new double[COUNT];
  private final double[] size = new double[COUNT];

  HoltWinters(DemandSeries series, Calendar calendar) {
    this.series = series;
    this.calendar = calendar;
    season = new float[COUNT][series.day()];
  }

  /** Learns the newest cell; once per cell. */
  void learn(double value) {
    if (Double.isNaN(value)) {
      return;
    }
    int slot = slot(series.newest());
    for (int i = 0; i < COUNT; i++) {
      if (series.age() <= series.day()) {
        season[i][slot] = (float) value;
        if (series.age() == series.day()) {
          begin(i);
        }
      } else {
        learn(i, slot, value);
      }
    }
  }

  private void begin(int i) {
    double sum = 0;
    for (float value : season[i]) {
      sum += value;
    }
    double mean = sum / season[i].length;
    for (int k = 0; k < season[i].length; k++) {
      season[i][k] -= (float) mean;
    }
    level[i] = mean;
  }

  private void learn(int i, int slot, double value) {
    double base = level[i] + DAMPING * trend[i];
    double error = value - base - season[i][slot];
    double cut = CUT * Math.max(size[i], 0.02 * Math.abs(value));
    size[i] += 0.02 * (Math.min(Math.abs(error), cut) - size[i]);
    error = Math.max(-cut, Math.min(cut, error));
    level[i] = base + SETS[i][0] * error;
    trend[i] = DAMPING * trend[i] + SETS[i][0] * SETS[i][1] * error;
    season[i][slot] += (float) (SETS[i][2] * (1 - SETS[i][0]) * error);
  }

  /** Returns how many of the present trends come together on the way to a horizon. */
  static double damped(int ahead) {
    return DAMPING * (1 - StrictMath.pow(DAMPING, ahead)) / (1 - DAMPING);
  }

  /** Returns the slot of the season for a horizon; for {@link #forecast}. */
  int ahead(int ahead) {
    return slot(series.newest() + ahead);
  }

  /**
   * Returns the forecast of one set; NaN on the first day.
   *
   * @param slot of the horizon in the season
   * @param damped of the horizon
   */
  double forecast(int i, int slot, double damped) {
    if (series.age() <= series.day()) {
      return Double.NaN;
    }
    return level[i] + (SETS[i][1] == 0 ? 0 : damped) * trend[i] + season[i][slot];
  }

  private int slot(long cell) {
    return calendar.secondOfDay(cell) / series.step();
  }
}
