package io.spinforge.scaling.forecast;

import java.util.Arrays;

/**
 * The mean of this hour on this weekday, the forecast of many tuning guides.
 *
 * <p>As it is usually written it averages utilization, which is what scaling changes, by the
 * server's own clock. Here it is demand, by local time; an hour of the week that has not been seen
 * yet is that hour of any day, and before that the last value. Not thread-safe.
 */
public final class SeasonalMean {
  private static final int HOURS = 168;

  private final Calendar calendar;
  private final double[] sums = new double[HOURS];
  private final long[] counts = new long[HOURS];
  private long newest = Long.MIN_VALUE;
  private double last = Double.NaN;

  /** Makes one that knows nothing. */
  public SeasonalMean(Calendar calendar) {
    this.calendar = calendar;
  }

  /** Takes the next cell; NaN is a gap. */
  public void add(long cell, double value, boolean learn) {
    newest = cell;
    if (Double.isNaN(value)) {
      return;
    }
    last = value;
    if (learn) {
      int hour = hour(cell);
      sums[hour] += value;
      counts[hour]++;
    }
  }

  /** Returns the demand expected {@code ahead} cells after the newest; NaN if unknown. */
  public double forecast(int ahead) {
    int hour = hour(newest + ahead);
    if (counts[hour] > 0) {
      return sums[hour] / counts[hour];
    }
    double sum = 0;
    long count = 0;
    for (int day = 0; day < 7; day++) {
      int same = day * 24 + hour % 24;
      sum += sums[same];
      count += counts[same];
    }
    return count > 0 ? sum / count : last;
  }

  private int hour(long cell) {
    return calendar.secondOfWeek(cell) / 3600;
  }

  @Override
  public String toString() {
    return "seasonal mean of " + Arrays.stream(counts).sum() + " cells";
  }
}
