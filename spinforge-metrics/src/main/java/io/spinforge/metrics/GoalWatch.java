package io.spinforge.metrics;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.spinforge.metrics.Goal.Indicator;
import io.spinforge.metrics.GoalReport.Budget;
import io.spinforge.metrics.GoalReport.Text;
import io.spinforge.metrics.GoalReport.Verdict;
import io.spinforge.metrics.bind.Catalogue;
import io.spinforge.metrics.goal.BurnAlarm;
import io.spinforge.metrics.goal.BurnWindow;
import io.spinforge.metrics.goal.CpuWindow;
import io.spinforge.metrics.goal.ErrorBudget;
import io.spinforge.metrics.goal.RequestWindow;
import io.spinforge.metrics.goal.Requests;
import io.spinforge.metrics.goal.Resources;
import io.spinforge.metrics.goal.Spending;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Judges {@link PerformanceGoals} while a service runs. It has no thread: requests move its window
 * on, and so does each evaluation. Thread-safe.
 */
public final class GoalWatch implements AutoCloseable {
  /** Gauges of one scrape share a report. */
  private static final long SCRAPE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final PerformanceGoals goals;
  private final MeterRegistry registry;
  private final Clock clock;
  private final HttpMetrics http;
  private final Resources resources;
  private final CpuWindow cpu;
  private final RequestWindow requests;
  private final ErrorBudget budgets;

  /** The goals that have a budget, in the order of {@link #budgets}' objectives. */
  private final List<Goal> budgeted;

  /** What each goal is held against, for a person; it never changes, and writing it costs. */
  private final Map<Goal, Text> bounds;

  private final List<Meter> meters = new ArrayList<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  /** The last report, for gauges; volatile publishes the immutable pair. */
  private volatile Latest latest;

  private record Latest(long at, GoalReport report, Spending spending) {}

  GoalWatch(PerformanceGoals goals, MeterRegistry registry, Resources resources) {
    this.goals = goals;
    this.registry = registry;
    this.resources = resources;
    this.clock = registry.config().clock();
    long now = clock.monotonicTime();
    long window = goals.window().toNanos();
    this.cpu = new CpuWindow(resources, now, window);
    this.requests = new RequestWindow(now, window, cpu::read);
    this.budgeted = goals.goals().stream().filter(Goal::hasBudget).toList();
    this.budgets = new ErrorBudget(now, budgeted.stream().mapToLong(GoalWatch::slowFrom).toArray());
    this.bounds =
        goals.goals().stream().distinct().collect(Collectors.toMap(g -> g, GoalWatch::bounds));
    this.latest = judge(now);
    this.http = HttpMetrics.create(registry);
    checkUnwatched();
    register();
    http.attach(requests);
    http.attach(budgets);
  }

  private static Text bounds(Goal goal) {
    return new Text("", goal.bound(goal.target()), goal.bound(goal.critical()));
  }

  private static long slowFrom(Goal goal) {
    return goal.indicator() == Indicator.ERROR_RATE
        ? ErrorBudget.ERRORS
        : Math.round(goal.target() * 1e9);
  }

  private Tags tags(Goal goal) {
    String window = goals.window().toString().substring(2).toLowerCase(Locale.ROOT);
    return Tags.of("goal", goal.name(), "window", window);
  }

  private void checkUnwatched() {
    for (Goal goal : goals.goals()) {
      if (registry.find(Catalogue.GOAL_LEVEL.id()).tags(tags(goal)).meter() != null) {
        throw new IllegalStateException(
            "goals: "
                + goal.name()
                + " over "
                + goals.window()
                + " is watched on this registry already (expected: once, until closed)");
      }
    }
  }

  private void register() {
    for (int i = 0; i < goals.goals().size(); i++) {
      Goal goal = goals.goals().get(i);
      int at = i;
      meters.add(
          Gauge.builder(
                  Catalogue.GOAL_VALUE.id(), this, w -> w.current().report.goals().get(at).value())
              .description(Catalogue.GOAL_VALUE.description())
              .tags(tags(goal))
              .strongReference(true)
              .register(registry));
      meters.add(
          Gauge.builder(
                  Catalogue.GOAL_LEVEL.id(), this, w -> number(w.current().report.goals().get(at)))
              .description(Catalogue.GOAL_LEVEL.description())
              .tags(tags(goal))
              .strongReference(true)
              .register(registry));
    }
    registerBudgets();
  }

  private void registerBudgets() {
    for (int i = 0; i < budgeted.size(); i++) {
      Goal goal = budgeted.get(i);
      int objective = i;
      for (BurnWindow window : BurnWindow.values()) {
        boolean whole = window == BurnWindow.D30;
        gauge(
            whole ? Catalogue.GOAL_BUDGET : Catalogue.GOAL_BURN_RATE,
            whole
                ? spending -> spending.remaining(objective, goal.budget())
                : spending -> spending.burnRate(objective, goal.budget(), window),
            Tags.of("goal", goal.name(), "window", window.text()));
      }
    }
  }

  private void gauge(Catalogue what, ToDoubleFunction<Spending> value, Tags tags) {
    // Another watch of the same goal over another window has the same budget.
    if (registry.find(what.id()).tags(tags).meter() == null) {
      meters.add(
          Gauge.builder(what.id(), this, w -> value.applyAsDouble(w.current().spending))
              .description(what.description())
              .tags(tags)
              .strongReference(true)
              .register(registry));
    }
  }

  private static double number(Verdict verdict) {
    return switch (verdict.level()) {
      case OK -> 0;
      case WARN -> 1;
      case CRITICAL -> 2;
      case INSUFFICIENT_DATA -> Double.NaN;
    };
  }

  private Latest current() {
    Latest known = latest;
    if (clock.monotonicTime() - known.at >= SCRAPE_NANOS) {
      evaluate();
    }
    return latest;
  }

  /** Judges every goal now; some microseconds. After {@link #close()} requests are not seen. */
  public GoalReport evaluate() {
    Latest judged = judge(clock.monotonicTime());
    latest = judged;
    return judged.report;
  }

  private Latest judge(long now) {
    Requests seen = requests.look(now);
    Spending spending = budgets.look(now);
    List<Verdict> verdicts = new ArrayList<>();
    for (Goal goal : goals.goals()) {
      verdicts.add(verdict(goal, seen, spending, now));
    }
    GoalReport report =
        new GoalReport(
            Instant.ofEpochMilli(clock.wallTime()),
            Duration.ofNanos(seen.coveredNanos()),
            verdicts);
    return new Latest(now, report, spending);
  }

  private @Nullable Budget budget(Goal goal, Spending spending) {
    int objective = budgeted.indexOf(goal);
    if (objective < 0) {
      return null;
    }
    double budget = goal.budget();
    BurnAlarm alarm = spending.alarm(objective, budget);
    BurnWindow window = alarm == null ? fastest(spending, objective) : alarm.longer();
    BurnLevel level =
        alarm != null
            ? alarm.pages() ? BurnLevel.PAGE : BurnLevel.TICKET
            : spending.isJudged() ? BurnLevel.OK : BurnLevel.INSUFFICIENT_DATA;
    return new Budget(
        level,
        spending.burnRate(objective, budget, window),
        window.text(),
        spending.remaining(objective, budget));
  }

  private static BurnWindow fastest(Spending spending, int objective) {
    BurnWindow fastest = BurnAlarm.HOUR.longer();
    for (BurnAlarm alarm : BurnAlarm.values()) {
      if (spending.burnRate(objective, 1, alarm.longer())
          > spending.burnRate(objective, 1, fastest)) {
        fastest = alarm.longer();
      }
    }
    return fastest;
  }

  private Verdict verdict(Goal goal, Requests seen, Spending spending, long now) {
    double value = value(goal, seen, now);
    Text bound = requireNonNull(bounds.get(goal), "bounds");
    boolean few =
        goal.indicator().isJudgedByRequests() && seen.total() < PerformanceGoals.MIN_SAMPLES;
    return new Verdict(
        goal.name(),
        few ? GoalLevel.INSUFFICIENT_DATA : goal.judge(value),
        value,
        goal.target(),
        goal.critical(),
        samples(goal.indicator(), seen),
        new Text(goal.text(value), bound.target(), bound.critical()),
        budget(goal, spending));
  }

  private long samples(Indicator indicator, Requests seen) {
    return switch (indicator) {
      case LATENCY, THROUGHPUT, ERROR_RATE -> seen.total();
      case CPU -> cpu.readings();
      case MEMORY -> 1;
    };
  }

  private double value(Goal goal, Requests seen, long now) {
    return switch (goal.indicator()) {
      case LATENCY -> seen.total() == 0 ? Double.NaN : seen.percentile(goal.thousandths()) / 1e9;
      case THROUGHPUT ->
          seen.coveredNanos() == 0 ? Double.NaN : seen.total() * 1e9 / seen.coveredNanos();
      case ERROR_RATE -> seen.total() == 0 ? Double.NaN : (double) seen.errors() / seen.total();
      case CPU -> cpu.usage(now);
      case MEMORY -> resources.memory();
    };
  }

  /** Stops watching and removes the gauges. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      http.detach(requests);
      http.detach(budgets);
      meters.forEach(registry::remove);
    }
  }
}
