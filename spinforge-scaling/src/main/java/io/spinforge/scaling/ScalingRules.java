package io.spinforge.scaling;

import static java.util.Objects.requireNonNull;

import io.spinforge.scaling.internal.Checks;
import io.spinforge.scaling.reactive.Limits;
import io.spinforge.scaling.reactive.Mark;
import io.spinforge.scaling.reactive.Rate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How fast one direction may go: rate policies, a stabilization window and a tolerance, as in the
 * {@code behavior} of Kubernetes' Horizontal Pod Autoscaler (autoscaling/v2). Immutable.
 *
 * <p>A rate policy allows so many instances, or so many percent of them, in any period of a length.
 * With several policies {@link Select} says which one counts. A stabilization window for shrinking
 * takes the highest number that was recommended within it, one for growing the lowest.
 */
public final class ScalingRules {
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final long HOUR = LONGEST.toNanos();
  private static final long PERIOD = Duration.ofSeconds(15).toNanos();

  final boolean up;
  final List<Rate> rates;
  final Select select;
  final long window;
  final double tolerance;
  final long apart;
  final int perHour;

  private ScalingRules(Builder builder, Duration window) {
    up = builder.up;
    rates = List.copyOf(builder.rates.isEmpty() ? defaults(up) : builder.rates);
    select = builder.select == null ? Select.MAX : builder.select;
    this.window = window.toNanos();
    tolerance = builder.tolerance == null ? 0.1 : builder.tolerance;
    apart = builder.apart == null ? 0 : builder.apart.toNanos();
    perHour = builder.perHour == null ? Integer.MAX_VALUE : builder.perHour;
  }

  /** Rebuilds rules that were written down. */
  ScalingRules(
      boolean up,
      List<Rate> rates,
      Select select,
      long window,
      double tolerance,
      long apart,
      int perHour) {
    this.up = up;
    this.rates = List.copyOf(rates);
    this.select = select;
    this.window = window;
    this.tolerance = tolerance;
    this.apart = apart;
    this.perHour = perHour;
  }

  /** Which of several rate policies counts. */
  public enum Select {
    /** The one that allows the greatest change; the default. */
    MAX,
    /** The one that allows the smallest change. */
    MIN,
    /** None: this direction is closed. */
    DISABLED
  }

  /**
   * Starts the rules for growing. What is not set is as in Kubernetes: 4 instances or 100 % in 15
   * s, whichever is more, no stabilization, tolerance 0.1.
   */
  public static Builder up() {
    return new Builder(true);
  }

  /**
   * Starts the rules for shrinking. What is not set is as in Kubernetes: 100 % in 15 s,
   * stabilization 300 s, tolerance 0.1.
   */
  public static Builder down() {
    return new Builder(false);
  }

  /** Returns what the rate policies make of a change from {@code current} to {@code wanted}. */
  int limit(int current, int wanted, List<Mark> ups, List<Mark> downs, long now) {
    if (select == Select.DISABLED || tooSoon(up ? ups : downs, now)) {
      return current;
    }
    boolean smallest = select == Select.MIN;
    return up
        ? Math.min(wanted, Limits.highest(current, rates, smallest, ups, downs, now))
        : Math.max(wanted, Limits.lowest(current, rates, smallest, ups, downs, now));
  }

  private boolean tooSoon(List<Mark> changes, long now) {
    int lately = 0;
    for (Mark change : changes) {
      if (change.at() > now - apart) {
        return true;
      }
      lately += change.at() > now - HOUR ? 1 : 0;
    }
    return lately >= perHour;
  }

  /** Returns how long changes are to be remembered, in nanoseconds. */
  long longestPeriod() {
    long budget = perHour == Integer.MAX_VALUE ? 0 : HOUR;
    return Math.max(
        Math.max(apart, budget), rates.stream().mapToLong(Rate::period).max().orElse(0));
  }

  private static List<Rate> defaults(boolean up) {
    Rate all = new Rate(true, 100, PERIOD);
    return up ? List.of(all, new Rate(false, 4, PERIOD)) : List.of(all);
  }

  @Override
  public String toString() {
    return (up ? "up" : "down")
        + " "
        + rates
        + " select "
        + select
        + " window "
        + Duration.ofNanos(window)
        + " tolerance "
        + tolerance
        + (apart == 0 ? "" : " apart " + Duration.ofNanos(apart))
        + (perHour == Integer.MAX_VALUE ? "" : " per hour " + perHour);
  }

  /** Collects the rules of one direction. Not thread-safe. */
  public static final class Builder {
    private final boolean up;
    private final List<Rate> rates = new ArrayList<>();
    private @Nullable Select select;
    private @Nullable Duration window;
    private @Nullable Double tolerance;
    private @Nullable Duration apart;
    private @Nullable Integer perHour;

    private Builder(boolean up) {
      this.up = up;
    }

    /** Adds a policy: at most so many instances, from 1, in a period above 0 and up to 1 h. */
    public Builder instances(int instances, Duration period) {
      Checks.argument(instances >= 1, "instances", instances, ">= 1");
      rates.add(new Rate(false, instances, period(period)));
      return this;
    }

    /**
     * Adds a policy: at most so many percent, from 1 (and up to 100 for shrinking), in a period
     * above 0 and up to 1 h.
     */
    public Builder percent(int percent, Duration period) {
      Checks.argument(
          percent >= 1 && (up || percent <= 100), "percent", percent, up ? ">= 1" : "1 to 100");
      rates.add(new Rate(true, percent, period(period)));
      return this;
    }

    /** Sets which policy counts; default {@link Select#MAX}. */
    public Builder select(Select select) {
      Checks.unset(this.select, "select");
      this.select = requireNonNull(select, "select");
      return this;
    }

    /** Sets the stabilization window, 0 to 1 h; default 0 for growing, 300 s for shrinking. */
    public Builder stabilization(Duration window) {
      Checks.unset(this.window, "stabilization");
      Checks.argument(
          !window.isNegative() && window.compareTo(LONGEST) <= 0,
          "stabilization",
          window,
          "PT0S to PT1H");
      this.window = window;
      return this;
    }

    /** Sets the tolerance around a ratio of one, 0 to below 1; default 0.1. */
    public Builder tolerance(double tolerance) {
      Checks.unset(this.tolerance, "tolerance");
      Checks.argument(tolerance >= 0 && tolerance < 1, "tolerance", tolerance, ">= 0.0 and < 1.0");
      this.tolerance = tolerance;
      return this;
    }

    /**
     * Sets the least time between two changes in this direction, 0 to 1 h; default 0. Fewer and
     * larger steps, where each costs something.
     */
    public Builder apart(Duration time) {
      Checks.unset(apart, "apart");
      Checks.argument(
          !time.isNegative() && time.compareTo(LONGEST) <= 0, "apart", time, "PT0S to PT1H");
      apart = time;
      return this;
    }

    /**
     * Sets how many changes in this direction any hour may have, from 1; default as many as the
     * rest allows. A budget for growing can leave demand without instances.
     */
    public Builder perHour(int changes) {
      Checks.unset(perHour, "perHour");
      Checks.argument(changes >= 1, "perHour", changes, ">= 1");
      perHour = changes;
      return this;
    }

    /** Makes the rules. */
    public ScalingRules build() {
      Duration standard = up ? Duration.ZERO : Duration.ofMinutes(5);
      return new ScalingRules(this, window == null ? standard : window);
    }

    private static long period(Duration period) {
      Checks.argument(
          !period.isNegative() && !period.isZero() && period.compareTo(LONGEST) <= 0,
          "period",
          period,
          "above PT0S, up to PT1H");
      return period.toNanos();
    }
  }
}
