package io.spinforge.scaling.forecast;

/**
 * Tells demand that has nothing to do with what was there at this time of day on any of the last
 * three weeks: an incident, from which nothing is to be learned.
 *
 * <p>The fences are J. Tukey's ("Exploratory Data Analysis", 1977), around the whole range instead
 * of the quartiles, because the days of a week differ: above the highest level that any past day
 * had within a quarter of an hour of this time, by the width of the range, or as many times below
 * the lowest as the highest is above it (demand falls by factors), and each by half as much again.
 * It takes a week of days to know a range. What comes a second time at the same time of day is
 * within the range, so a pattern. And outliers are rare: no more than {@link #LONGEST} in a week is
 * left out, what is beyond that is a new level (a patch of outliers as against a level shift: C.
 * Chen and L.-M. Liu, "Joint estimation of model parameters and outlier effects in time series",
 * 1993). To leave outliers out before anything is learned: S. Gelper, R. Fried and C. Croux,
 * "Robust forecasting with exponential and Holt-Winters smoothing", 2010.
 */
final class Outliers {
  /** Seconds that are left out in a week at most. */
  private static final int LONGEST = 6 * 3600;

  private static final int WEEK = 7;
  private static final double MARGIN = 1.5;

  private final DemandSeries series;
  private final Calendar calendar;
  private final int near;
  private final double longest;
  private final double refill;

  /** Cells that may still be left out. */
  private double room;

  Outliers(DemandSeries series, Calendar calendar) {
    this.series = series;
    this.calendar = calendar;
    near = 900 / series.step();
    longest = (double) LONGEST / series.step();
    refill = longest / (WEEK * series.day());
    room = longest;
  }

  /** Tells whether the newest cell is a part of an incident; once per cell. */
  boolean see(boolean gap) {
    room = Math.min(longest, room + refill);
    if (gap || !odd() || room < 1) {
      return false;
    }
    room--;
    return true;
  }

  private boolean odd() {
    long now = series.newest();
    double low = Double.MAX_VALUE;
    double high = 0;
    int days = 0;
    for (int k = 1; k <= DemandSeries.DAYS; k++) {
      long then = calendar.before(now, k);
      if (!series.holds(then - near)) {
        break;
      }
      days++;
      for (int side = -1; side <= 1; side++) {
        double level = series.level(then + (long) side * near);
        low = Math.min(low, level);
        high = Math.max(high, level);
      }
    }
    if (days < WEEK) {
      return false;
    }
    double level = series.level(now);
    return level > MARGIN * (high + (high - low)) || level * high * MARGIN < low * low;
  }
}
