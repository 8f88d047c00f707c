package io.spinforge.metrics.goal;

import org.jspecify.annotations.Nullable;

/** The requests of each window, and how many of them spent each budget. Immutable. */
public final class Spending {
  /** Fewer requests than this in a window are not judged. */
  public static final int MIN_SAMPLES = 100;

  /** Exact bounds such as 14.4 * 0.001 are not doubles: equal is not more. */
  private static final double ROUNDING = 1 + 1e-15;

  private final long[][] counts;

  Spending(long[][] counts) {
    this.counts = counts;
  }

  /** Returns the requests of a window. */
  public long total(BurnWindow window) {
    return counts[0][window.column];
  }

  /** Returns how many requests of a window spent the budget of an objective. */
  public long spent(int objective, BurnWindow window) {
    return counts[1 + objective][window.column];
  }

  /**
   * Returns how many budgets would be spent in 30 days if all were like this window; NaN without a
   * request.
   *
   * @param budget the share of requests that may spend it, more than 0
   */
  public double burnRate(int objective, double budget, BurnWindow window) {
    long requests = total(window);
    return requests == 0 ? Double.NaN : (double) spent(objective, window) / requests / budget;
  }

  /**
   * Returns the share of the budget that is left of the last 30 days, as far as they were seen;
   * below 0 if it is overspent, NaN below {@value #MIN_SAMPLES} requests.
   */
  public double remaining(int objective, double budget) {
    return total(BurnWindow.D30) < MIN_SAMPLES
        ? Double.NaN
        : 1 - burnRate(objective, budget, BurnWindow.D30);
  }

  /** Returns the gravest alarm that sounds, or null. */
  public @Nullable BurnAlarm alarm(int objective, double budget) {
    for (BurnAlarm alarm : BurnAlarm.values()) {
      if (total(alarm.longer()) >= MIN_SAMPLES
          && exceeds(objective, budget, alarm, alarm.longer())
          && exceeds(objective, budget, alarm, alarm.shorter())) {
        return alarm;
      }
    }
    return null;
  }

  private boolean exceeds(int objective, double budget, BurnAlarm alarm, BurnWindow window) {
    return spent(objective, window) > alarm.factor() * budget * total(window) * ROUNDING;
  }

  /** Returns whether there are enough requests for any alarm to be judged. */
  public boolean isJudged() {
    return total(BurnAlarm.DAYS.longer()) >= MIN_SAMPLES;
  }
}
