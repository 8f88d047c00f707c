package io.spinforge.scaling.backtest;

import static java.util.Objects.requireNonNull;

import io.spinforge.scaling.Autoscaler;
import io.spinforge.scaling.AutoscalerBuilder;
import io.spinforge.scaling.ReactivePolicy;
import io.spinforge.scaling.Signal;
import io.spinforge.scaling.internal.Checks;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Plays a recorded load through an autoscaler in virtual time.
 *
 * <p>It is the autoscaler of production, {@link Autoscaler#tick}, over simulated instances: they
 * share the demand equally, serve no more than their capacity (a utilization never reads more than
 * 100 %), take the startup time to become ready, and are paid from the request on. In a gap of the
 * trace the signals fail. Queues are not simulated: what is beyond the capacity is lost.
 *
 * <p>Not thread-safe; cost is that of the ticks, some ten microseconds each.
 */
public final class Backtester {
  private final Trace trace;
  private @Nullable Duration startup;
  private @Nullable Double capacity;
  private @Nullable Double ceiling;
  private @Nullable Duration warmup;
  private boolean alone;
  private boolean brief;
  private @Nullable Consumer<BacktestRun.Point> observer;

  private Backtester(Trace trace) {
    this.trace = trace;
  }

  /** Starts to describe a backtest on a trace. */
  public static Backtester on(Trace trace) {
    return new Backtester(requireNonNull(trace, "trace"));
  }

  /** Sets how long a simulated instance takes until it serves, 0 to 2 h; default 3 min. */
  public Backtester startup(Duration time) {
    Checks.unset(startup, "startup");
    Checks.argument(
        !time.isNegative() && time.compareTo(Duration.ofHours(2)) <= 0,
        "startup",
        time,
        "PT0S to PT2H");
    startup = time;
    return this;
  }

  /**
   * Sets the demand that one instance serves at most, in the trace's unit, above 0; default the
   * 95th percentile of the trace by 20.
   */
  public Backtester capacity(double demand) {
    Checks.unset(capacity, "capacity");
    Checks.argument(
        demand > 0 && demand < Double.POSITIVE_INFINITY, "capacity", demand, "above 0.0");
    capacity = demand;
    return this;
  }

  /** Sets the share of its capacity from which an instance counts as overloaded; default 0.9. */
  public Backtester ceiling(double share) {
    Checks.unset(ceiling, "ceiling");
    Checks.argument(share > 0 && share <= 1, "ceiling", share, "above 0.0, up to 1.0");
    ceiling = share;
    return this;
  }

  /**
   * Sets how much of the trace is played but not counted; default 7 days, or half of a trace of
   * less than 14.
   */
  public Backtester warmup(Duration time) {
    Checks.unset(warmup, "warmup");
    Checks.argument(
        !time.isNegative() && time.compareTo(trace.length()) < 0,
        "warmup",
        time,
        "PT0S to below " + trace.length());
    warmup = time;
    return this;
  }

  /** Leaves out the HPA beside it, which takes half of the time. */
  public Backtester alone() {
    alone = true;
    return this;
  }

  /** Keeps no points, which take some kilobytes each; charts are empty then. */
  public Backtester brief() {
    brief = true;
    return this;
  }

  /** Shows every tick of the tried autoscaler to an observer. */
  public Backtester observe(Consumer<BacktestRun.Point> observer) {
    Checks.unset(this.observer, "observe");
    this.observer = requireNonNull(observer, "observer");
    return this;
  }

  /**
   * Plays the trace through what the builder describes, and beside it through the rule of
   * Kubernetes' HPA for a CPU utilization of 70 % with Kubernetes' defaults and the same limits and
   * interval.
   *
   * <p>The builder's signals keep name, kind and wanted value and get the trace as their source;
   * its target, listeners and clock are left out. Nothing of the host is touched.
   *
   * @throws IllegalStateException if the builder lacks something other than a target
   */
  public Backtest run(AutoscalerBuilder builder) {
    Rehearsal.Settings settings = settings();
    List<BacktestRun> runs = new ArrayList<>();
    Rehearsal ours = new Rehearsal(trace, settings);
    Autoscaler scaler = builder.rehearse(ours, ours.utilization(), ours.load(), ours.total());
    runs.add(ours.play(scaler.name(), scaler, !brief, observer));
    if (!alone) {
      Rehearsal theirs = new Rehearsal(trace, settings);
      Autoscaler hpa = hpa(theirs, scaler);
      runs.add(theirs.play("HPA at 70 %", hpa, !brief, null));
    }
    return new Backtest(
        trace, settings.startup(), settings.capacity(), settings.ceiling(), settings.from(), runs);
  }

  private static Autoscaler hpa(Rehearsal fleet, Autoscaler beside) {
    return Autoscaler.named("hpa")
        .signal(Signal.utilization(fleet.utilization(), 0.70).named("cpu"))
        .reactive(ReactivePolicy.proportional())
        .limits(Math.max(1, beside.stats().min()), beside.stats().max())
        .interval(beside.interval())
        .zone(ZoneOffset.UTC)
        .rehearse(fleet, fleet.utilization(), fleet.load(), fleet.total());
  }

  private Rehearsal.Settings settings() {
    Duration week = Duration.ofDays(7);
    Duration half = trace.length().dividedBy(2);
    Duration skip = warmup != null ? warmup : half.compareTo(week) < 0 ? half : week;
    Instant from = trace.start().plus(skip);
    double each = capacity != null ? capacity : trace.percentile(0.95) / 20;
    Checks.argument(each > 0, "capacity", each, "above 0.0; the trace's 95th percentile is 0");
    return new Rehearsal.Settings(
        startup == null ? Duration.ofMinutes(3) : startup,
        each,
        ceiling == null ? 0.9 : ceiling,
        from);
  }
}
