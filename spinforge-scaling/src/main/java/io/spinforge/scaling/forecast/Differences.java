package io.spinforge.scaling.forecast;

import java.util.Arrays;

/**
 * The inputs of the direct regression: where demand is against its own last hours, and how it moved
 * at this time on the last seven days. All are differences, so that a new level changes none of
 * them. Days that stand out of the seven are drawn in to the second lowest or highest.
 */
final class Differences {
  /** Number of inputs. */
  static final int SIZE = 13;

  private static final int DAYS = 7;

  private final DemandSeries series;
  private final Calendar calendar;
  private final long[] then = new long[DAYS];
  private final double[] gaps = new double[DAYS];
  private final double[] past = new double[DAYS];
  private final double[] moves = new double[DAYS];
  private final double[] sorted = new double[DAYS];
  private final int hour;
  private double value;
  private double level;
  private double hourMean;
  private double fourHourMean;
  private int days;
  private int known;

  Differences(DemandSeries series, Calendar calendar) {
    this.series = series;
    this.calendar = calendar;
    hour = Math.max(1, 3600 / series.step());
  }

  /** Computes what all horizons share; once per cell. */
  void prepare() {
    long now = series.newest();
    level = series.level(now);
    value = Double.isNaN(series.last()) ? level : series.last();
    hourMean = series.mean(hour, Math.min(hour, 12));
    fourHourMean = series.mean(4 * hour, Math.min(4 * hour, 16));
    days = 0;
    for (int k = 1; k <= DAYS; k++) {
      long cell = calendar.before(now, k);
      if (!series.holds(cell)) {
        break;
      }
      past[days] = series.level(cell);
      gaps[days] = Double.isNaN(series.value(cell)) ? Double.NaN : past[days] - level;
      then[days++] = cell;
    }
  }

  /** Returns the level that the inputs and the target are differences to. */
  double level() {
    return level;
  }

  /** Writes the inputs for a horizon. */
  void fill(double[] inputs, int offset, int ahead, double analogues, double harmonic) {
    int at = offset;
    inputs[at++] = value - level;
    inputs[at++] = level - hourMean;
    inputs[at++] = hourMean - fourHourMean;
    for (int k = 0; k < days; k++) {
      moves[k] = series.value(then[k] + ahead) - past[k];
    }
    at = spread(inputs, at, moves);
    inputs[at++] = middle();
    at = spread(inputs, at, gaps);
    inputs[at++] = analogues - level;
    inputs[at++] = harmonic - level;
    // The same minute of the last hour that is known: schedules that repeat by the hour.
    long repeated = series.newest() + ahead - (long) ((ahead + hour - 1) / hour) * hour;
    double then = series.holds(repeated) ? series.value(repeated) : Double.NaN;
    inputs[at] = Double.isNaN(then) ? 0 : then - level;
  }

  /**
   * Writes yesterday's, last week's and the mean, and leaves the known days sorted. A day that is
   * not known is taken to be like the mean.
   */
  private int spread(double[] inputs, int offset, double[] days) {
    known = 0;
    for (int k = 0; k < this.days; k++) {
      if (!Double.isNaN(days[k])) {
        sorted[known++] = days[k];
      }
    }
    int n = known;
    Arrays.sort(sorted, 0, n);
    int out = n >= 5 ? 1 : 0;
    double sum = 0;
    for (int k = out; k < n - out; k++) {
      sum += sorted[k];
    }
    double mean = n == 0 ? 0 : sum / (n - 2 * out);
    double low = n == 0 ? 0 : sorted[out];
    double high = n == 0 ? 0 : sorted[n - 1 - out];
    inputs[offset] = this.days < 1 ? 0 : within(low, high, days[0], mean);
    inputs[offset + 1] = this.days < DAYS ? 0 : within(low, high, days[DAYS - 1], mean);
    inputs[offset + 2] = mean;
    return offset + 3;
  }

  private static double within(double low, double high, double day, double otherwise) {
    return Double.isNaN(day) ? otherwise : Math.max(low, Math.min(high, day));
  }

  private double middle() {
    if (known == 0) {
      return 0;
    }
    return known % 2 == 1 ? sorted[known / 2] : (sorted[known / 2] + sorted[known / 2 - 1]) / 2;
  }
}
