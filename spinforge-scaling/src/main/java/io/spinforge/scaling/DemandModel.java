package io.spinforge.scaling;

import io.spinforge.scaling.conformal.Headroom;
import io.spinforge.scaling.forecast.Calendar;
import io.spinforge.scaling.forecast.Ensemble;
import io.spinforge.scaling.forecast.SeasonalMean;
import io.spinforge.scaling.history.HistoryStore;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * What is known of demand: its forecast, and how far forecasts were off. Learns cell by cell and is
 * a function of the cells it was shown, in order. Not thread-safe.
 */
final class DemandModel {
  /** A bound beyond so many times the highest demand of the last days is not believed. */
  private static final double BELIEF = 1.1;

  /** The same while there are less than two days, and where a coverage is promised. */
  private static final double BROAD_BELIEF = 2.5;

  /** A bound of so many times what is expected is believed, whatever there was before. */
  private static final double GROWTH = 1.25;

  /** What is aimed at of the overload that is allowed, since it comes in clusters. */
  private static final double AIM = 0.85;

  private static final Duration DAY = Duration.ofDays(1);

  private final PredictivePolicy policy;
  private final ZoneId zone;
  private final int step;
  private final Calendar calendar;
  private final Forecaster forecaster;
  private final Headroom headroom;
  private final long proof;
  private final Highest highest = new Highest();
  private final List<TimeRange> excluded = new ArrayList<>();
  private long closed = Long.MIN_VALUE;
  private long day = Long.MIN_VALUE;
  private double bound = Double.NaN;
  private double expected = Double.NaN;

  DemandModel(PredictivePolicy policy, Plan plan, int lead) {
    this.policy = policy;
    zone = plan.zone();
    Duration length = PredictivePolicy.cell(plan.interval());
    step = (int) length.toSeconds();
    proof = PredictivePolicy.proof(length);
    calendar = new Calendar(zone, step);
    forecaster = forecaster(length, lead);
    int week = (int) Duration.ofDays(7).dividedBy(length);
    boolean peak = policy.rule == PredictivePolicy.Rule.PEAK;
    double coverage = peak ? policy.coverage : 1 - AIM * (1 - policy.coverage);
    headroom = new Headroom(week, peak, coverage, peak ? 0.005 : 0);
  }

  private Forecaster forecaster(Duration length, int lead) {
    int[] horizons =
        IntStream.concat(
                IntStream.of(1, lead, lead + cells(policy.breakEven)),
                IntStream.of(5, 15, 30, 60).map(minutes -> cells(Duration.ofMinutes(minutes))))
            .toArray();
    Forecaster.Factory factory = policy.factory;
    if (factory != null) {
      return factory.create(length, zone, horizons);
    }
    return policy.rule == PredictivePolicy.Rule.MEAN
        ? new Mean(calendar)
        : new Standard(step, zone, horizons);
  }

  /** Returns how many cells a time takes, at least one. */
  int cells(Duration time) {
    return (int) Math.max(1, (time.toSeconds() + step - 1) / step);
  }

  /** Returns the seconds of a cell. */
  int step() {
    return step;
  }

  /** Returns the newest cell that was learned; {@link Long#MIN_VALUE} before the first. */
  long closed() {
    return closed;
  }

  /**
   * Learns a cell, newer than all before; returns false if it is nothing to learn from.
   *
   * @param overloaded whether instances were loaded beyond the ceiling in it
   * @param learn false if that is known already
   */
  boolean close(long cell, double demand, boolean overloaded, boolean learn) {
    closed = cell;
    Instant start = Instant.ofEpochSecond(cell * step);
    celebrate(cell);
    boolean lesson = learn && excluded.stream().noneMatch(range -> range.holds(start));
    excluded.removeIf(range -> !range.to().isAfter(start));
    forecaster.observe(cell, demand, lesson);
    headroom.observe(cell, lesson ? demand : Double.NaN, calendar.hour(cell));
    if (lesson && policy.rule == PredictivePolicy.Rule.OVERLOAD && proven()) {
      headroom.move(overloaded);
    }
    highest.add(cell * step / DAY.toSeconds(), demand);
    bound = Double.NaN;
    return lesson;
  }

  /** Tells the forecaster of holidays, once a day, two days ahead. */
  private void celebrate(long cell) {
    Predicate<LocalDate> holidays = policy.holidays;
    long today = Math.floorDiv(calendar.local(cell), DAY.toSeconds());
    if (holidays == null || today == day) {
      return;
    }
    day = today;
    for (long other = today; other <= today + 2; other++) {
      if (holidays.test(LocalDate.ofEpochDay(other))) {
        forecaster.holiday(other);
      }
    }
  }

  /** Learns what a history knows, oldest first, as if it had been there. */
  void fill(List<HistoryStore.Point> points, int lead) {
    double sum = 0;
    double weight = 0;
    boolean overloaded = false;
    boolean excluded = false;
    for (int i = 0; i < points.size(); i++) {
      HistoryStore.Point point = points.get(i);
      long first = Math.floorDiv(point.time().getEpochSecond(), (long) step);
      long last = Math.floorDiv(point.end().getEpochSecond() - 1, (long) step);
      sum += point.demand() * point.step().toSeconds();
      weight += point.step().toSeconds();
      overloaded |= point.overloaded();
      excluded |= point.excluded();
      boolean more =
          i + 1 < points.size()
              && Math.floorDiv(points.get(i + 1).time().getEpochSecond(), (long) step) <= last;
      if (more) {
        continue;
      }
      for (long cell = Math.max(first, closed + 1); cell <= last; cell++) {
        close(cell, sum / weight, overloaded, !excluded);
        aim(lead);
      }
      sum = 0;
      weight = 0;
      overloaded = false;
      excluded = false;
    }
  }

  /** Tells whether a day of forecasts has come due. */
  boolean proven() {
    return policy.rule != PredictivePolicy.Rule.MEAN && headroom.judged() >= proof;
  }

  /**
   * Makes the forecast for {@code lead} cells ahead and its bound, once per cell; returns false if
   * nothing is known.
   */
  boolean aim(int lead) {
    if (closed == Long.MIN_VALUE) {
      return false;
    }
    if (Double.isNaN(bound)) {
      expected = forecast(lead);
      double center = policy.rule == PredictivePolicy.Rule.PEAK ? highest(lead) : expected;
      if (Double.isNaN(center)) {
        return false;
      }
      int hour = calendar.hour(closed);
      bound = headroom.ask(closed, lead, center, forecaster.spread(lead), most(), hour);
    }
    return true;
  }

  /** Returns the demand expected by the last {@link #aim}. */
  double expected() {
    return expected;
  }

  /** Returns what demand stays below, by the last {@link #aim}. */
  double bound() {
    return bound;
  }

  /** Returns the certainty in force. */
  double share() {
    return headroom.share();
  }

  /** Returns the most that is believed. */
  double most() {
    boolean broad = policy.rule == PredictivePolicy.Rule.PEAK || highest.count() < 2;
    return Math.max((broad ? BROAD_BELIEF : BELIEF) * highest.value(), GROWTH * expected);
  }

  /** Returns the demand expected {@code ahead} cells after the newest, from 0; NaN if unknown. */
  double forecast(int ahead) {
    double value = forecaster.forecast(ahead);
    return value >= 0 || Double.isNaN(value) ? value : 0;
  }

  /** Returns the highest demand expected until then. */
  double highest(int until) {
    double result = forecast(1);
    for (int ahead = 2;
        ahead <= until;
        ahead = Math.max(ahead + 1, Math.min(until, ahead * 5 / 4))) {
      result = Math.max(result, forecast(ahead));
    }
    return Math.max(result, forecast(until));
  }

  /** Notes what somebody says of a span of time, past or future. */
  void annotate(TimeRange range, Annotation annotation) {
    if (annotation == Annotation.HOLIDAY) {
      LocalDate last = range.to().minusNanos(1).atZone(zone).toLocalDate();
      for (LocalDate day = range.from().atZone(zone).toLocalDate();
          !day.isAfter(last);
          day = day.plusDays(1)) {
        forecaster.holiday(day.toEpochDay());
      }
      return;
    }
    excluded.add(range);
    forecaster.forget(
        Math.floorDiv(range.from().getEpochSecond(), (long) step),
        Math.floorDiv(range.to().getEpochSecond() - 1, (long) step));
  }

  private record Mean(SeasonalMean mean) implements Forecaster {
    Mean(Calendar calendar) {
      this(new SeasonalMean(calendar));
    }

    @Override
    public void observe(long cell, double demand, boolean learn) {
      mean.add(cell, demand, learn);
    }

    @Override
    public double forecast(int ahead) {
      return mean.forecast(ahead);
    }
  }

  private record Standard(Ensemble ensemble) implements Forecaster {
    Standard(int step, ZoneId zone, int... horizons) {
      this(new Ensemble(step, zone, horizons));
    }

    @Override
    public void observe(long cell, double demand, boolean learn) {
      ensemble.add(cell, demand, learn);
    }

    @Override
    public double forecast(int ahead) {
      return ensemble.forecast(ahead);
    }

    @Override
    public double spread(int ahead) {
      return ensemble.spread(ahead);
    }

    @Override
    public void forget(long fromCell, long toCell) {
      ensemble.forget(fromCell, toCell);
    }

    @Override
    public void holiday(long day) {
      ensemble.holiday(day);
    }
  }

  /** The highest demand of the last 14 days that there were. */
  private static final class Highest {
    private final double[] days = new double[14];
    private long day = Long.MIN_VALUE;
    private int count;

    void add(long day, double value) {
      count += day == this.day ? 0 : 1;
      int slot = (int) Math.floorMod(day, (long) days.length);
      days[slot] = this.day == day ? Math.max(days[slot], value) : value;
      this.day = day;
    }

    int count() {
      return count;
    }

    double value() {
      double result = 0;
      for (double value : days) {
        result = Math.max(result, value);
      }
      return result;
    }
  }
}
