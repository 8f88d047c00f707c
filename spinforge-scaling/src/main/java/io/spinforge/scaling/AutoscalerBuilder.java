package io.spinforge.scaling;

import static java.util.Objects.requireNonNull;

import io.spinforge.scaling.history.HistoryStore;
import io.spinforge.scaling.internal.Checks;
import io.spinforge.scaling.lease.LeaderLease;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.helpers.NOPLogger;

/** Collects what an {@link Autoscaler} is made of. Not thread-safe. */
public final class AutoscalerBuilder {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Duration SHORTEST = Duration.ofMillis(10);
  private static final Duration LONGEST = Duration.ofHours(1);

  final String name;
  final List<Signal> signals = new ArrayList<>();
  final List<ScalingListener> listeners = new ArrayList<>();
  private @Nullable ScaleTarget target;
  private int @Nullable [] limits;
  private @Nullable Duration interval;
  private @Nullable Duration staleAfter;
  private @Nullable ZoneId zone;
  private @Nullable ReactivePolicy policy;
  private @Nullable ScalingRules up;
  private @Nullable ScalingRules down;
  private @Nullable Mode mode;
  private @Nullable PredictivePolicy predictive;
  private @Nullable StartupTime startup;
  private @Nullable HistoryStore history;
  private @Nullable LeaderLease lease;
  private @Nullable InstantSource clock;
  private @Nullable LongSupplier ticker;

  AutoscalerBuilder(String name) {
    Checks.argument(
        NAME.matcher(name).matches(), "name", "'" + name + "'", "1 to 64 of A-Z a-z 0-9 . _ -");
    this.name = name;
  }

  /** Sets what is scaled; required. It is never closed by the autoscaler. */
  public AutoscalerBuilder target(ScaleTarget target) {
    Checks.unset(this.target, "target");
    this.target = requireNonNull(target, "target");
    return this;
  }

  /** Adds a signal; at least one is required, and each needs a name of its own. */
  public AutoscalerBuilder signal(Signal signal) {
    signals.add(requireNonNull(signal, "signal"));
    return this;
  }

  /**
   * Sets the limits; default 1 to 10. A minimum of 0 needs a {@link Signal#totalDemand} to start
   * from nothing.
   */
  public AutoscalerBuilder limits(int min, int max) {
    Checks.unset(limits, "limits");
    Checks.argument(
        min >= 0 && max >= 1 && min <= max,
        "limits",
        min + " to " + max,
        "0 <= minimum <= maximum, maximum >= 1");
    limits = new int[] {min, max};
    return this;
  }

  /** Sets the time from tick to tick, 10 ms to 1 h; default 30 s. */
  public AutoscalerBuilder interval(Duration interval) {
    Checks.unset(this.interval, "interval");
    Checks.argument(
        interval.compareTo(SHORTEST) >= 0 && interval.compareTo(LONGEST) <= 0,
        "interval",
        interval,
        "PT0.01S to PT1H");
    this.interval = interval;
    return this;
  }

  /** Sets the age from which a sample is not usable; default three intervals, never below one. */
  public AutoscalerBuilder staleAfter(Duration age) {
    Checks.unset(staleAfter, "staleAfter");
    Checks.argument(!age.isNegative() && !age.isZero(), "staleAfter", age, "above PT0S");
    staleAfter = age;
    return this;
  }

  /** Sets the zone that decisions tell the time in; default the system's. */
  public AutoscalerBuilder zone(ZoneId zone) {
    Checks.unset(this.zone, "zone");
    this.zone = requireNonNull(zone, "zone");
    return this;
  }

  /** Sets the rule; default {@link ReactivePolicy#proportional()}. */
  public AutoscalerBuilder reactive(ReactivePolicy policy) {
    Checks.unset(this.policy, "reactive");
    this.policy = requireNonNull(policy, "policy");
    return this;
  }

  /**
   * Forecasts the demand of the first signal; default off. Unless {@link #behavior} says otherwise,
   * shrinking then follows the highest number of the last 10 minutes, and once in 10 minutes.
   */
  public AutoscalerBuilder predictive(PredictivePolicy policy) {
    Checks.unset(predictive, "predictive");
    predictive = requireNonNull(policy, "policy");
    return this;
  }

  /**
   * Sets how long a new instance takes until it serves, which is how far ahead a forecast looks;
   * default {@link StartupTime#measured()}.
   */
  public AutoscalerBuilder startup(StartupTime time) {
    Checks.unset(startup, "startup");
    startup = requireNonNull(time, "time");
    return this;
  }

  /** Sets how fast each direction may go; default as the policy says. */
  public AutoscalerBuilder behavior(ScalingRules up, ScalingRules down) {
    Checks.unset(this.up, "behavior");
    Checks.argument(up.up, "up", up, "ScalingRules.up()");
    Checks.argument(!down.up, "down", down, "ScalingRules.down()");
    this.up = up;
    this.down = down;
    return this;
  }

  /** Sets how much of the decisions is carried out; default {@link Mode#FULL}. */
  public AutoscalerBuilder mode(Mode mode) {
    Checks.unset(this.mode, "mode");
    this.mode = requireNonNull(mode, "mode");
    return this;
  }

  /**
   * Keeps demand, decisions and annotations, so that a restart need not learn anew; default none.
   * Reading and writing are done by a thread of their own. Until the history was read nothing
   * shrinks, if there is a {@link #predictive} policy, for up to a day.
   *
   * @param history never closed by the autoscaler
   */
  public AutoscalerBuilder history(HistoryStore history) {
    Checks.unset(this.history, "history");
    this.history = requireNonNull(history, "history");
    return this;
  }

  /**
   * Acts only while it holds a lease, so that of several schedulers one does; default none. Who
   * follows sees and decides the same, and changes nothing. A new leader removes nothing for one
   * window.
   *
   * @param lease of this autoscaler alone; given back when that is closed
   */
  public AutoscalerBuilder lease(LeaderLease lease) {
    Checks.unset(this.lease, "lease");
    this.lease = requireNonNull(lease, "lease");
    return this;
  }

  /** Adds a listener. */
  public AutoscalerBuilder listener(ScalingListener listener) {
    listeners.add(requireNonNull(listener, "listener"));
    return this;
  }

  /** Sets the wall clock that {@link Autoscaler#start} ticks with; default the system's. */
  public AutoscalerBuilder clock(InstantSource clock) {
    Checks.unset(this.clock, "clock");
    this.clock = requireNonNull(clock, "clock");
    return this;
  }

  /** Sets the source of nanoseconds that ticks are timed with; default {@link System#nanoTime}. */
  public AutoscalerBuilder ticker(LongSupplier ticker) {
    Checks.unset(this.ticker, "ticker");
    this.ticker = requireNonNull(ticker, "ticker");
    return this;
  }

  /**
   * Makes the autoscaler; it does nothing before {@link Autoscaler#start} or {@link
   * Autoscaler#tick}.
   *
   * @throws IllegalStateException naming everything that is missing or does not fit together
   */
  public Autoscaler build() {
    Plan plan = plan();
    List<String> problems = problems(plan);
    ScaleTarget scaled = target;
    if (scaled == null) {
      problems.add(0, "target: missing (expected: target(...))");
    }
    if (scaled == null || !problems.isEmpty()) {
      throw new IllegalStateException(
          "Autoscaler " + name + " cannot be built: " + String.join("; ", problems));
    }
    return new Autoscaler(
        plan,
        scaled,
        listeners,
        clock == null ? Clock.systemUTC() : clock,
        ticker == null ? System::nanoTime : ticker,
        history,
        lease,
        Autoscaler.LOG);
  }

  /**
   * Makes the same autoscaler over another target and other sources, for a rehearsal: every signal
   * keeps its name, kind and wanted value; clock, ticker, history, lease and listeners are left
   * out, and nothing is logged. Does not need a target of its own.
   *
   * @param target the target of the rehearsal
   * @param utilization what takes the place of sources of {@link Signal#utilization}
   * @param load what takes the place of sources of {@link Signal#perInstanceLoad}
   * @param total what takes the place of sources of {@link Signal#totalDemand}
   * @throws IllegalStateException naming everything that is missing or does not fit together
   */
  public Autoscaler rehearse(
      ScaleTarget target, MetricSource utilization, MetricSource load, DoubleSupplier total) {
    Plan plan = plan();
    List<String> problems = problems(plan);
    if (!problems.isEmpty()) {
      throw new IllegalStateException(
          "Autoscaler " + name + " cannot be built: " + String.join("; ", problems));
    }
    List<Signal> over =
        plan.signals().stream().map(signal -> signal.over(utilization, load, total)).toList();
    return new Autoscaler(
        plan.with(over),
        target,
        List.of(),
        InstantSource.fixed(Instant.EPOCH),
        () -> 0,
        null,
        null,
        NOPLogger.NOP_LOGGER);
  }

  private Plan plan() {
    ReactivePolicy rule = policy == null ? ReactivePolicy.proportional() : policy;
    Duration every = interval == null ? Duration.ofSeconds(30) : interval;
    return new Plan(
        name,
        List.copyOf(signals),
        rule,
        up == null ? ScalingRules.up().build() : up,
        down == null ? shrinking(rule) : down,
        limits == null ? 1 : limits[0],
        limits == null ? 10 : limits[1],
        mode == null ? Mode.FULL : mode,
        every,
        staleAfter == null ? every.multipliedBy(3) : staleAfter,
        zone == null ? ZoneId.systemDefault() : zone,
        predictive,
        startup == null ? StartupTime.measured() : startup);
  }

  private ScalingRules shrinking(ReactivePolicy rule) {
    return predictive == null
        ? rule.down()
        : ScalingRules.down()
            .stabilization(Duration.ofMinutes(10))
            .apart(Duration.ofMinutes(10))
            .build();
  }

  private List<String> problems(Plan plan) {
    List<String> problems = new ArrayList<>();
    if (signals.isEmpty()) {
      problems.add("signal: missing (expected: at least one signal(...))");
    }
    Set<String> names = new HashSet<>();
    for (Signal signal : signals) {
      if (!names.add(signal.name())) {
        problems.add("signal: two named '" + signal.name() + "' (expected: named(...) on one)");
      }
    }
    boolean fromNothing = signals.stream().anyMatch(s -> s.kind() == Signal.Kind.TOTAL);
    if (plan.min() == 0 && !fromNothing) {
      problems.add("limits: minimum 0 (expected: >= 1, or a Signal.totalDemand to start from 0)");
    }
    if (plan.staleAfter().compareTo(plan.interval()) < 0) {
      problems.add(
          "staleAfter: "
              + plan.staleAfter()
              + " (expected: >= the interval of "
              + plan.interval()
              + ")");
    }
    return problems;
  }
}
