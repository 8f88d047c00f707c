package io.spinforge.scaling;

import static java.util.Objects.requireNonNull;

import io.spinforge.scaling.internal.Checks;
import java.time.Duration;
import java.time.LocalDate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How a forecast of demand becomes a number of instances. Immutable.
 *
 * <p>What is forecast is the demand of the first signal, the sum of its usage over the ready
 * instances, never its utilization: that is what scaling changes. From the forecast for the time
 * when a new instance would serve, and from how far past forecasts were off, comes what demand
 * stays below with the wanted certainty; as many instances as carry that are wanted. Before a day
 * of forecasts has come due, and while instances are saturated, the {@link ReactivePolicy} has a
 * say too, and the higher number counts. Other signals stay reactive.
 */
public final class PredictivePolicy {
  private static final Duration DAY = Duration.ofDays(1);

  final Rule rule;
  final double coverage;
  final double ceiling;
  final Duration breakEven;
  final Forecaster.@Nullable Factory factory;
  final @Nullable Predicate<LocalDate> holidays;
  final boolean learned;

  private PredictivePolicy(
      Rule rule,
      double coverage,
      double ceiling,
      Duration breakEven,
      Forecaster.@Nullable Factory factory,
      @Nullable Predicate<LocalDate> holidays,
      boolean learned) {
    this.rule = rule;
    this.coverage = coverage;
    this.ceiling = ceiling;
    this.breakEven = breakEven;
    this.factory = factory;
    this.holidays = holidays;
    this.learned = learned;
  }

  enum Rule {
    /** The bound holds for the highest demand of the span, so often. */
    PEAK,
    /** So small a share of time is overloaded, as it turns out. */
    OVERLOAD,
    /** No bound: the mean of the hour, against the signal's target. */
    MEAN
  }

  /**
   * Covers the highest demand until a new instance would serve, this share of times.
   *
   * @param coverage 0.5 to 0.999; 0.95 is right where an overloaded instance-minute costs twenty
   *     times an idle one
   */
  public static PredictivePolicy conformal(double coverage) {
    Checks.argument(coverage >= 0.5 && coverage <= 0.999, "coverage", coverage, "0.5 to 0.999");
    return new PredictivePolicy(
        Rule.PEAK, coverage, 0.9, Duration.ofMinutes(10), null, null, false);
  }

  /**
   * Keeps the share of time in which the ready instances are loaded beyond {@link #ceiling} at or
   * below this. The certainty follows what happens: it falls while there is less overload than
   * allowed, and rises with each that there is.
   *
   * @param share 0.001 to 0.2: 0.01 allows 14 minutes a day
   */
  public static PredictivePolicy overload(double share) {
    Checks.argument(share >= 0.001 && share <= 0.2, "share", share, "0.001 to 0.2");
    return new PredictivePolicy(
        Rule.OVERLOAD, 1 - share, 0.9, Duration.ofMinutes(10), null, null, false);
  }

  /**
   * Expects the mean of this hour on this weekday and adds no headroom but the target's own: the
   * rule of many tuning guides, of demand and in local time.
   */
  public static PredictivePolicy seasonalMean() {
    return new PredictivePolicy(Rule.MEAN, 0.5, 0.9, Duration.ofMinutes(10), null, null, false);
  }

  /**
   * Returns the same with another ceiling: the share of an instance's capacity (for a utilization)
   * or of the signal's target (for others) from which it counts as overloaded, 0.1 to 1; default
   * 0.9.
   */
  public PredictivePolicy ceiling(double share) {
    Checks.argument(share >= 0.1 && share <= 1, "ceiling", share, "0.1 to 1.0");
    return new PredictivePolicy(rule, coverage, share, breakEven, factory, holidays, learned);
  }

  /**
   * Returns the same with another break-even time: an instance that is needed again within the
   * startup time and this stays. Default 10 min; 0 to 2 h; as long as instances are billed at least
   * is a good choice.
   */
  public PredictivePolicy breakEven(Duration time) {
    Checks.argument(
        !time.isNegative() && time.compareTo(Duration.ofHours(2)) <= 0,
        "breakEven",
        time,
        "PT0S to PT2H");
    return new PredictivePolicy(rule, coverage, ceiling, time, factory, holidays, learned);
  }

  /** Returns the same with a forecaster of the host's. */
  public PredictivePolicy forecaster(Forecaster.Factory factory) {
    return new PredictivePolicy(
        rule, coverage, ceiling, breakEven, requireNonNull(factory, "factory"), holidays, learned);
  }

  /**
   * Returns the same with a calendar of holidays: local days that it says yes to are like Sundays.
   * Asked some times a day on the thread that ticks; must not block or throw.
   */
  public PredictivePolicy holidays(Predicate<LocalDate> calendar) {
    return new PredictivePolicy(
        rule, coverage, ceiling, breakEven, factory, requireNonNull(calendar, "calendar"), learned);
  }

  /**
   * Returns the same, but with what an instance serves learned instead of stated, for a first
   * signal that is a {@link Signal#totalDemand} and a {@link Signal#utilization} beside it: demand
   * by busy instances, by robust regression, within half and twice of what was stated. {@link
   * Annotation#DEPLOY} begins it anew.
   */
  public PredictivePolicy learnedCapacity() {
    return new PredictivePolicy(rule, coverage, ceiling, breakEven, factory, holidays, true);
  }

  /**
   * Returns the length of a cell for ticks so far apart: one minute or more, a divisor of a day.
   */
  static Duration cell(Duration interval) {
    for (int seconds : new int[] {60, 120, 300, 600, 900, 1800, 3600}) {
      if (interval.compareTo(Duration.ofSeconds(seconds)) <= 0) {
        return Duration.ofSeconds(seconds);
      }
    }
    throw new IllegalStateException("interval: " + interval + " (expected: <= PT1H)");
  }

  /** Returns how many cells make a time until forecasts are trusted. */
  static long proof(Duration cell) {
    return DAY.dividedBy(cell);
  }

  @Override
  public String toString() {
    return rule
        + " "
        + coverage
        + " ceiling "
        + ceiling
        + " break-even "
        + breakEven
        + (learned ? " learned capacity" : "");
  }
}
