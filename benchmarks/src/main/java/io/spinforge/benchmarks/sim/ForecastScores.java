package io.spinforge.benchmarks.sim;

import io.spinforge.scaling.backtest.Trace;
import io.spinforge.scaling.forecast.Calendar;
import io.spinforge.scaling.forecast.Ensemble;
import io.spinforge.scaling.forecast.SeasonalMean;
import java.time.ZoneOffset;
import java.util.Arrays;

/**
 * How far forecasts of a trace were off, from its eighth day on, at every cell as an origin.
 *
 * <p>The mean absolute scaled error (MASE; R. Hyndman and A. Koehler, 2006) is the mean absolute
 * error by that of the seasonal naive forecast of one day within the first seven days. WAPE is the
 * sum of absolute errors by the sum of the values.
 */
final class ForecastScores {
  static final String[] METHODS = {
    "last value", "naive day", "naive week", "guide's rule", "Holt-Winters", "ours"
  };

  private static final int DAY = 86_400;
  private static final int[] STEPS = {60, 120, 300, 600, 900, 1800, 3600};

  private final double[] values;
  private final int step;
  private final long first;
  private final int[] ahead;

  /** Sums by method and horizon. */
  final double[][] mase = new double[METHODS.length][2];

  final double[][] wape = new double[METHODS.length][2];

  ForecastScores(Trace trace) {
    step = step(trace);
    int cells = (int) Math.max(1, trace.length().toSeconds() / step);
    values = new double[cells];
    int[] counts = new int[cells];
    for (int i = 0; i < trace.size(); i++) {
      int cell = (int) Math.min(cells - 1, i * trace.step().toSeconds() / step);
      if (!Double.isNaN(trace.value(i))) {
        values[cell] += trace.value(i);
        counts[cell]++;
      }
    }
    for (int i = 0; i < cells; i++) {
      values[i] = counts[i] == 0 ? Double.NaN : values[i] / counts[i];
    }
    first = Math.floorDiv(trace.start().getEpochSecond(), (long) step);
    ahead = new int[] {Math.max(1, 900 / step), Math.max(1, 3600 / step)};
  }

  private static int step(Trace trace) {
    long own = trace.step().toSeconds();
    for (int candidate : STEPS) {
      if (own <= candidate) {
        return candidate;
      }
    }
    return (int) (DAY % own == 0 ? own : DAY);
  }

  /** Returns the seconds of a cell. */
  int step() {
    return step;
  }

  /** Tells whether there is a day to judge after the seven to learn from. */
  boolean longEnough() {
    return values.length >= 8 * (DAY / step);
  }

  ForecastScores run() {
    double[][][] said = forecasts();
    int day = DAY / step;
    double scale = 0;
    int n = 0;
    for (int i = day; i < 7 * day; i++) {
      double error = Math.abs(values[i] - values[i - day]);
      scale += Double.isNaN(error) ? 0 : error;
      n += Double.isNaN(error) ? 0 : 1;
    }
    for (int h = 0; h < 2; h++) {
      for (int m = 0; m < METHODS.length; m++) {
        judge(said[h][m], h, m, scale / n);
      }
    }
    return this;
  }

  private void judge(double[] said, int h, int m, double scale) {
    double off = 0;
    double sum = 0;
    int n = 0;
    for (int i = 7 * (DAY / step); i + ahead[h] < values.length; i++) {
      double truth = values[i + ahead[h]];
      if (!Double.isNaN(values[i]) && !Double.isNaN(truth) && !Double.isNaN(said[i])) {
        off += Math.abs(truth - said[i]);
        sum += truth;
        n++;
      }
    }
    mase[m][h] = off / n / scale;
    wape[m][h] = off / sum;
  }

  private double[][][] forecasts() {
    double[][][] said = new double[2][METHODS.length][values.length];
    for (double[][] horizon : said) {
      for (double[] method : horizon) {
        Arrays.fill(method, Double.NaN);
      }
    }
    Calendar calendar = new Calendar(ZoneOffset.UTC, step);
    int[] horizons = {1, ahead[0], Math.max(1, 1800 / step), ahead[1]};
    Ensemble ours = new Ensemble(step, calendar, horizons);
    SeasonalMean guide = new SeasonalMean(calendar);
    int day = DAY / step;
    double[] filled = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      filled[i] = Double.isNaN(values[i]) && i > 0 ? filled[i - 1] : values[i];
      ours.add(first + i, values[i], true);
      guide.add(first + i, values[i], true);
      for (int h = 0; h < 2; h++) {
        int to = i + ahead[h];
        said[h][0][i] = filled[i];
        said[h][1][i] = to >= day ? filled[to - day] : filled[i];
        said[h][2][i] = to >= 7 * day ? filled[to - 7 * day] : filled[i];
        said[h][3][i] = guide.forecast(ahead[h]);
        said[h][4][i] = ours.holtWinters(ahead[h]);
        said[h][5][i] = ours.forecast(ahead[h]);
      }
    }
    return said;
  }
}
