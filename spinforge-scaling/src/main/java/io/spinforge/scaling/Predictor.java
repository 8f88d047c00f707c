package io.spinforge.scaling;

import io.spinforge.scaling.conformal.Headroom;
import io.spinforge.scaling.forecast.Calendar;
import io.spinforge.scaling.forecast.Ensemble;
import io.spinforge.scaling.forecast.SeasonalMean;
import io.spinforge.scaling.reactive.Fleet;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * From readings to an {@link Outlook}: demand on a grid of cells, its forecast, and the headroom
 * above that.
 *
 * <p>A cell is closed by the last tick that falls in it, with the mean of its ticks. What it makes
 * is a function of what it was shown, in order; nothing here reads a clock. Not thread-safe.
 */
final class Predictor {
  /** A bound beyond so many times the highest demand of the last days is not believed. */
  private static final double BELIEF = 1.1;

  /** The same while there are less than two days, and where a coverage is promised. */
  private static final double BROAD_BELIEF = 2.5;

  /** A bound of so many times what is expected is believed, whatever there was before. */
  private static final double GROWTH = 1.25;

  /** What is aimed at of the overload that is allowed, since it comes in clusters. */
  private static final double AIM = 0.85;

  /** How much longer ahead a growth covers, so that a ramp takes fewer steps. */
  private static final Duration CLIMB = Duration.ofMinutes(5);

  private static final double SATURATED = 0.95;
  private static final Duration DAY = Duration.ofDays(1);

  private final PredictivePolicy policy;
  private final Plan plan;
  private final int step;
  private final Calendar calendar;
  private final Forecaster forecaster;
  private final Headroom headroom;
  private final Startups startups;
  private final Highest highest = new Highest();
  private final List<TimeRange> excluded = new ArrayList<>();

  private long axis;
  private long cell = Long.MIN_VALUE;
  private long closed = Long.MIN_VALUE;
  private double sum;
  private int samples;
  private boolean overloaded;
  private int censoredInARow;
  private double perInstance = Double.NaN;
  private double bound = Double.NaN;
  private double expected = Double.NaN;
  private @Nullable Outlook outlook;

  Predictor(PredictivePolicy policy, Plan plan, StartupTime startup) {
    this.policy = policy;
    this.plan = plan;
    Duration length = PredictivePolicy.cell(plan.interval());
    step = (int) length.toSeconds();
    calendar = new Calendar(plan.zone(), step);
    startups = new Startups(startup);
    forecaster = forecaster(length);
    int week = (int) Duration.ofDays(7).dividedBy(length);
    boolean peak = policy.rule == PredictivePolicy.Rule.PEAK;
    double coverage = peak ? policy.coverage : 1 - AIM * (1 - policy.coverage);
    headroom = new Headroom(week, peak, coverage, peak ? 0.005 : 0);
  }

  private Forecaster forecaster(Duration length) {
    int[] horizons =
        IntStream.concat(
                IntStream.of(1, lead(), lead() + cells(policy.breakEven)),
                IntStream.of(5, 15, 30, 60).map(minutes -> cells(Duration.ofMinutes(minutes))))
            .toArray();
    Forecaster.Factory factory = policy.factory;
    if (factory != null) {
      return factory.create(length, plan.zone(), horizons);
    }
    return policy.rule == PredictivePolicy.Rule.MEAN
        ? new Mean(calendar)
        : new Standard(step, plan.zone(), horizons);
  }

  private int cells(Duration time) {
    return (int) Math.max(1, (time.toSeconds() + step - 1) / step);
  }

  private int lead() {
    return Math.min(Headroom.LONGEST, cells(startups.percentile()));
  }

  /**
   * Takes what a tick saw and returns the outlook after it; null while nothing is known.
   *
   * @param elapsed nanoseconds since the last tick; −1 if not known
   * @param last wall time of the last tick; null before the first
   * @param fleet the first signal's sums; null if it had nothing usable or not everything
   */
  @Nullable Outlook look(
      Instant now,
      long elapsed,
      @Nullable Instant last,
      ScaleTarget.@Nullable State state,
      @Nullable Fleet fleet) {
    Duration since = last == null ? Duration.ZERO : Duration.between(last, now);
    axis += elapsed >= 0 ? elapsed : Math.max(0, since.toNanos());
    if (state != null) {
      startups.see(axis, state);
    }
    long at = Math.floorDiv(now.getEpochSecond(), (long) step);
    if (cell != Long.MIN_VALUE && at < cell) {
      return null; // the clock went back: nothing is known of now
    }
    if (at != cell && samples > 0 && closed != cell) {
      close(cell);
    }
    if (at != cell) {
      cell = at;
      sum = 0;
      samples = 0;
      overloaded = false;
    }
    if (fleet == null || state == null) {
      return outlook != null && closed >= at - 1 ? outlook : null;
    }
    see(fleet, state);
    Instant next = now.plus(plan.interval());
    if (Math.floorDiv(next.getEpochSecond(), (long) step) > at && closed != cell) {
      close(cell);
    }
    outlook = closed == Long.MIN_VALUE ? null : outlook(state);
    return outlook;
  }

  private void see(Fleet fleet, ScaleTarget.State state) {
    Signal signal = plan.signals().get(0);
    int counted = fleet.counted();
    boolean utilization = signal.kind() == Signal.Kind.UTILIZATION;
    perInstance = utilization ? fleet.request() / counted : signal.target();
    double known = counted == 0 ? 1 : (double) counted / (counted + fleet.missing());
    double demand = fleet.usage() / known;
    double share =
        demand
            / (perInstance * Math.max(1, counted > 0 ? counted + fleet.missing() : state.ready()));
    censoredInARow = utilization && share >= SATURATED ? censoredInARow + 1 : 0;
    overloaded |= share > policy.ceiling + 1e-9;
    sum += demand;
    samples++;
  }

  private void close(long cell) {
    double demand = sum / samples;
    closed = cell;
    Instant start = Instant.ofEpochSecond(cell * step);
    boolean learn = excluded.stream().noneMatch(range -> range.holds(start));
    excluded.removeIf(range -> !range.to().isAfter(start));
    forecaster.observe(cell, demand, learn);
    headroom.observe(cell, learn ? demand : Double.NaN, calendar.hour(cell));
    if (learn && policy.rule == PredictivePolicy.Rule.OVERLOAD && proven()) {
      headroom.move(overloaded);
    }
    highest.add(cell * step / DAY.toSeconds(), demand);
    bound = Double.NaN;
  }

  private boolean proven() {
    return headroom.judged() >= PredictivePolicy.proof(Duration.ofSeconds(step));
  }

  private @Nullable Outlook outlook(ScaleTarget.State state) {
    int lead = lead();
    if (Double.isNaN(bound)) {
      expected = forecast(lead);
      double center = policy.rule == PredictivePolicy.Rule.PEAK ? highest(lead) : expected;
      if (Double.isNaN(center)) {
        return null;
      }
      bound = ask(lead, center);
    }
    boolean mean = policy.rule == PredictivePolicy.Rule.MEAN;
    Signal signal = plan.signals().get(0);
    boolean utilization = signal.kind() == Signal.Kind.UTILIZATION;
    double share = mean ? utilization ? signal.target() / 100 : 1 : policy.ceiling;
    double capacity = perInstance * share;
    double upper = mean ? expected : bound;
    int need = instances(upper, capacity);
    if (!mean && need > state.desired()) {
      double climb = forecast(lead + cells(CLIMB)) + upper - expected;
      need = Math.max(need, instances(Math.min(climb, most()), capacity));
    }
    double later = highest(lead + cells(policy.breakEven)) + Math.max(0, upper - expected);
    int keep = instances(mean ? expected : later, capacity);
    boolean censored = censoredInARow > 0;
    if (censoredInARow >= 2) {
      need = Math.max(need, 2 * state.ready());
    }
    boolean proven = !mean && proven();
    Duration ahead = Duration.ofSeconds((long) lead * step);
    return new Outlook(
        ahead, expected, upper, headroom.share(), capacity, need, keep, proven, censored);
  }

  private double ask(int lead, double center) {
    int hour = calendar.hour(closed);
    return headroom.ask(closed, lead, center, forecaster.spread(lead), most(), hour);
  }

  private double most() {
    boolean broad = policy.rule == PredictivePolicy.Rule.PEAK || highest.count() < 2;
    return Math.max((broad ? BROAD_BELIEF : BELIEF) * highest.value(), GROWTH * expected);
  }

  private static int instances(double demand, double capacity) {
    return (int) Math.min(1e9, Math.ceil(demand / capacity - 1e-9));
  }

  private double forecast(int ahead) {
    double value = forecaster.forecast(ahead);
    return value >= 0 || Double.isNaN(value) ? value : 0;
  }

  private double highest(int until) {
    double result = forecast(1);
    for (int ahead = 2;
        ahead <= until;
        ahead = Math.max(ahead + 1, Math.min(until, ahead * 5 / 4))) {
      result = Math.max(result, forecast(ahead));
    }
    return Math.max(result, forecast(until));
  }

  /** Tells what is expected so far ahead. */
  Forecast forecast(Duration ahead, Instant now) {
    if (closed == Long.MIN_VALUE) {
      return new Forecast(now, ahead, Double.NaN, -1);
    }
    double demand = forecast(cells(ahead));
    Outlook known = outlook;
    int instances =
        known == null || Double.isNaN(demand) ? -1 : instances(demand, known.capacity());
    return new Forecast(now, ahead, demand, instances);
  }

  /** Notes what somebody says of a span of time, past or future. */
  void annotate(TimeRange range, Annotation annotation) {
    if (annotation == Annotation.HOLIDAY) {
      ZoneId zone = plan.zone();
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
