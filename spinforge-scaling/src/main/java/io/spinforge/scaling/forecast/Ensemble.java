package io.spinforge.scaling.forecast;

import java.time.ZoneId;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The default forecast: last value, analogues, harmonic curve, direct regression, Holt-Winters and
 * a regression on those, weighed per horizon by how far each was off lately.
 *
 * <p>Nothing switches members on: on the first day all of them say what the last value says, from
 * the second day analogues, curve and Holt-Winters have something of their own, the regressions
 * from the third, the terms of the week after two. A member that loses to the last value loses its
 * weight within hours; that is the drift monitor.
 *
 * <p>Horizons between those that are learned are interpolated; beyond the longest it stays. A cell
 * costs the same at every age, some microseconds per horizon, and no allocation; the whole takes
 * about 210 kB at one-minute cells. Not thread-safe.
 */
public final class Ensemble {
  /** Half of what was learned is forgotten in so many days. */
  private static final double MEMORY_DAYS = 7;

  private final DemandSeries series;
  private final Calendar calendar;
  private final Analogues analogues;
  private final Differences differences;
  private final Harmonic harmonic;
  private final HoltWinters holtWinters;
  private final Outliers outliers;
  private final Band[] bands;

  /**
   * Makes one that knows nothing.
   *
   * @param step seconds of a cell, a divisor of a day
   * @param calendar of the same step
   * @param horizons in cells, from 1, in any order
   */
  public Ensemble(int step, Calendar calendar, int... horizons) {
    series = new DemandSeries(step);
    this.calendar = calendar;
    double keep = StrictMath.pow(0.5, 1.0 / (MEMORY_DAYS * series.day()));
    analogues = new Analogues(series, calendar);
    differences = new Differences(series, calendar);
    harmonic = new Harmonic(series, calendar, keep);
    holtWinters = new HoltWinters(series, calendar);
    outliers = new Outliers(series, calendar);
    bands =
        IntStream.of(horizons)
            .sorted()
            .distinct()
            .mapToObj(ahead -> new Band(ahead, series, differences, keep))
            .toArray(Band[]::new);
  }

  /** Makes one for a zone. */
  public Ensemble(int step, ZoneId zone, int... horizons) {
    this(step, new Calendar(zone, step), horizons);
  }

  /**
   * Takes the next cell; cells that were left out are gaps.
   *
   * @param value demand; NaN is a gap
   * @param learn false if the value is true but nothing to learn from, as in an incident
   */
  public void add(long cell, double value, boolean learn) {
    if (series.age() > 0 && cell - series.newest() <= series.day()) {
      while (series.newest() < cell - 1) {
        step(series.newest() + 1, Double.NaN, true);
      }
    }
    step(cell, value, learn);
  }

  private void step(long cell, double value, boolean learn) {
    boolean gap = Double.isNaN(value);
    double foreseen = gap && series.age() > 2L * series.day() ? forecast(1) : Double.NaN;
    series.add(cell, value);
    if (!Double.isNaN(foreseen)) {
      series.assume(foreseen);
    }
    // Without a pattern there is none that an incident could leave its mark in.
    boolean odd = bands[bands.length - 1].seasonal() && outliers.see(gap);
    boolean lesson = learn && !gap && !odd;
    double known = lesson ? value : Double.NaN;
    harmonic.learn(known);
    holtWinters.learn(known);
    analogues.prepare();
    differences.prepare();
    for (Band band : bands) {
      band.learn(known, harmonic);
      band.predict(value, lesson, analogues, harmonic, holtWinters);
    }
    if (!lesson) {
      series.forget(cell);
    }
  }

  /** Makes a span of past cells something that nothing is learned from, ends included. */
  public void forget(long from, long to) {
    for (long cell = Math.max(from, series.newest() - 40L * series.day());
        cell <= Math.min(to, series.newest());
        cell++) {
      series.forget(cell);
    }
  }

  /** Makes a local day, counted from 1970-01-01, one like a Sunday. */
  public void holiday(long day) {
    calendar.holiday(day);
  }

  /** Returns the demand expected {@code ahead} cells after the newest, from 1; NaN if unknown. */
  public double forecast(int ahead) {
    int at = 0;
    while (at < bands.length && bands[at].ahead < ahead) {
      at++;
    }
    if (at == bands.length) {
      return bands[at - 1].forecast();
    }
    Band next = bands[at];
    int from = at == 0 ? 0 : bands[at - 1].ahead;
    double start = at == 0 ? series.last() : bands[at - 1].forecast();
    double share = (double) (ahead - from) / (next.ahead - from);
    return start + share * (next.forecast() - start);
  }

  /** Returns how far past days like this one disagree on a forecast; NaN if there is none. */
  public double spread(int ahead) {
    int at = 0;
    while (at < bands.length - 1 && bands[at].ahead < ahead) {
      at++;
    }
    return bands[at].spread();
  }

  /** Returns what Holt-Winters alone says for one of the horizons; for comparisons. */
  public double holtWinters(int ahead) {
    return Arrays.stream(bands)
        .filter(band -> band.ahead == ahead)
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("ahead: " + ahead + " (expected: a horizon)"))
        .holtWinters();
  }

  /** Returns the newest cell's place, cells since the first and the like. */
  public DemandSeries series() {
    return series;
  }
}
