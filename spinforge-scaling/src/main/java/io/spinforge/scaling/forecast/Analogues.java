package io.spinforge.scaling.forecast;

/**
 * What happened next on past days at this time of day, when the level was about the same.
 *
 * <p>Each of the last 21 days says by how much demand then moved from its level. A day counts the
 * more, the nearer its level and its slope are to today's, the more recent it is ({@code
 * e^(−k/10)}) and three times if it is the same kind of weekday. The answer is the mean of the
 * middle 60 % of that weight, so that one odd day, an incident for example, has no say.
 */
final class Analogues {
  private static final double TRIM = 0.2;

  private final DemandSeries series;
  private final Calendar calendar;
  private final int slope;
  private final long[] then = new long[DemandSeries.DAYS];
  private final double[] level = new double[DemandSeries.DAYS];
  private final double[] weight = new double[DemandSeries.DAYS];
  private final double[] moves = new double[DemandSeries.DAYS];
  private final double[] shares = new double[DemandSeries.DAYS];
  private final double[] recency = new double[DemandSeries.DAYS];
  private int days;
  private double spread = Double.NaN;

  Analogues(DemandSeries series, Calendar calendar) {
    this.series = series;
    this.calendar = calendar;
    slope = Math.max(1, 900 / series.step());
    for (int k = 0; k < recency.length; k++) {
      recency[k] = Math.exp(-(k + 1) / 10.0);
    }
  }

  /** Finds the days that are like this one; once per cell. */
  void prepare() {
    long now = series.newest();
    double level = series.level(now);
    double rise = series.holds(now - slope) ? level - series.level(now - slope) : 0;
    days = 0;
    for (int k = 1; k <= DemandSeries.DAYS; k++) {
      long cell = calendar.before(now, k);
      if (!series.holds(cell - slope) || Double.isNaN(series.value(cell))) {
        continue;
      }
      double past = series.level(cell);
      double distance =
          0.05 * Math.abs(level)
              + Math.abs(past - level)
              + Math.abs(past - series.level(cell - slope) - rise);
      then[days] = cell;
      this.level[days] = past;
      weight[days] = recency[k - 1] / (distance + 1e-9);
      days++;
    }
  }

  /** Returns the demand expected {@code ahead} cells after the newest; NaN if no day is like it. */
  double forecast(int ahead) {
    long now = series.newest();
    int kind = calendar.kind(now + ahead);
    int n = 0;
    double total = 0;
    for (int k = 0; k < days; k++) {
      double value = series.value(then[k] + ahead);
      if (Double.isNaN(value)) {
        continue;
      }
      double share = weight[k] * (calendar.kind(then[k] + ahead) == kind ? 3 : 1);
      insert(n++, value - level[k], share);
      total += share;
    }
    if (n == 0) {
      spread = Double.NaN;
      return Double.NaN;
    }
    double move = middle(n, total);
    double apart = 0;
    for (int k = 0; k < n; k++) {
      apart += shares[k] * Math.abs(moves[k] - move);
    }
    spread = apart / total;
    return series.level(now) + move;
  }

  /**
   * Returns how far the days of the last forecast were from it in the mean; NaN if there was none.
   */
  double spread() {
    return spread;
  }

  private void insert(int n, double move, double share) {
    int at = n;
    while (at > 0 && moves[at - 1] > move) {
      moves[at] = moves[at - 1];
      shares[at] = shares[at - 1];
      at--;
    }
    moves[at] = move;
    shares[at] = share;
  }

  private double middle(int n, double total) {
    double trim = n < 3 ? 0 : TRIM * total;
    double sum = 0;
    double seen = 0;
    for (int k = 0; k < n; k++) {
      double from = Math.max(seen, trim);
      double to = Math.min(seen + shares[k], total - trim);
      sum += to > from ? (to - from) * moves[k] : 0;
      seen += shares[k];
    }
    return sum / (total - 2 * trim);
  }
}
