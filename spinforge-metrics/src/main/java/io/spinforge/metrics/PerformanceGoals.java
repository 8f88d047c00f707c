package io.spinforge.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.spinforge.metrics.Goal.Indicator;
import io.spinforge.metrics.goal.Latencies;
import io.spinforge.metrics.goal.ProcessResources;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a service promises about itself: latency percentiles, throughput, error rate, CPU and
 * memory, each with a target (beyond it: WARN) and a critical value (beyond it: CRITICAL).
 * Immutable.
 */
public final class PerformanceGoals {
  /** Fewer requests than this in the window are not judged. */
  public static final int MIN_SAMPLES = 100;

  private static final Duration DEFAULT_WINDOW = Duration.ofMinutes(5);

  private final List<Goal> goals;
  private final Duration window;

  private PerformanceGoals(List<Goal> goals, Duration window) {
    this.goals = List.copyOf(goals);
    this.window = window;
  }

  /**
   * Returns the seven standard goals, over 5 minutes: p50 under 100 ms (critical 200 ms), p95 under
   * 500 ms (1 s), p99 under 1 s (2 s), more than 1,000 requests a second (500), an error rate under
   * 0.1 % (1 %), CPU under 70 % (90 %), memory under 80 % (95 %).
   */
  public static PerformanceGoals defaults() {
    return builder()
        .latency(50, Duration.ofMillis(100), Duration.ofMillis(200))
        .latency(95, Duration.ofMillis(500), Duration.ofSeconds(1))
        .latency(99, Duration.ofSeconds(1), Duration.ofSeconds(2))
        .throughput(1000, 500)
        .errorRate(0.001, 0.01)
        .cpu(0.70, 0.90)
        .memory(0.80, 0.95)
        .build();
  }

  /** Returns a builder without goals. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Starts to watch what {@link HttpMetrics} records into this registry, and this process. The
   * verdicts also become gauges {@code spinforge.goal.value}, {@code .level}, {@code .burn.rate}
   * and {@code .budget.remaining} of the registry until the watch is closed. Time is the registry's
   * clock.
   *
   * @throws IllegalStateException if a goal of this name and window is watched there already
   */
  public GoalWatch watch(MeterRegistry registry) {
    return new GoalWatch(
        this, Objects.requireNonNull(registry, "registry"), new ProcessResources());
  }

  /**
   * Returns the goals as alerting rules of Prometheus (YAML): for goals on requests the burn rates
   * of the budget ({@link GoalReport.Budget}) with the labels {@code goal}, {@code severity} (page
   * or ticket) and {@code window}, for the others that the critical value is missed. Needs no
   * running service.
   */
  public String toPrometheusRules() {
    return GoalExports.prometheusRules(this);
  }

  /**
   * Returns the goals on requests as objectives of OpenSLO v1 (YAML documents); those on latencies
   * only where the target is a bucket of {@code http.request.duration}.
   *
   * @param service the service's name there: lower-case letters, digits and dashes
   */
  public String toOpenSlo(String service) {
    if (!service.matches("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")) {
      throw new IllegalArgumentException(
          "service: \"" + service + "\" (expected: lower-case letters, digits and dashes)");
    }
    return GoalExports.openSlo(this, service);
  }

  List<Goal> goals() {
    return goals;
  }

  /** Returns the time over which goals are judged. */
  public Duration window() {
    return window;
  }

  /** Collects goals; each at most once. Not thread-safe. */
  public static final class Builder {
    private final List<Goal> goals = new ArrayList<>();
    private @Nullable Duration window;

    private Builder() {}

    /**
     * Adds a goal for a latency percentile, named {@code p99} for 99.
     *
     * @param percentile more than 0, less than 100, at most three decimals
     * @param target to be under; 10 microseconds to 1,000 seconds, at most three digits that are
     *     not zero (250 ms, 1.25 s), which is what the window resolves exactly
     * @param critical at least the target, by the same rule
     */
    public Builder latency(double percentile, Duration target, Duration critical) {
      if (!(percentile > 0 && percentile < 100)
          || BigDecimal.valueOf(percentile).stripTrailingZeros().scale() > 3) {
        throw new IllegalArgumentException(
            "percentile: " + percentile + " (expected: 0 < percentile < 100, three decimals)");
      }
      String name = "p" + BigDecimal.valueOf(percentile).stripTrailingZeros().toPlainString();
      double low = seconds(name + " target", target);
      double high = seconds(name + " critical", critical);
      int thousandths = (int) Math.round(percentile * 1000);
      return add(new Goal(name, Indicator.LATENCY, thousandths, low, high));
    }

    private static double seconds(String name, Duration threshold) {
      if (threshold.compareTo(Duration.ofSeconds(1000)) > 0
          || !Latencies.isEdge(threshold.toNanos())) {
        throw new IllegalArgumentException(
            name
                + ": "
                + threshold
                + " (expected: PT0.00001S to PT16M40S with at most three significant digits)");
      }
      return threshold.toNanos() / 1e9;
    }

    /** Adds a goal for requests a second: more than the target, critical at most the target. */
    public Builder throughput(double target, double critical) {
      checkPositive("throughput target", target, Double.MAX_VALUE);
      checkPositive("throughput critical", critical, Double.MAX_VALUE);
      return add(new Goal("throughput", Indicator.THROUGHPUT, 0, target, critical));
    }

    /** Adds a goal for the share of requests answered with a 5xx status, 0 to 1. */
    public Builder errorRate(double target, double critical) {
      return share("error-rate", Indicator.ERROR_RATE, target, critical);
    }

    /** Adds a goal for this process's share of the CPU time it may use, 0 to 1. */
    public Builder cpu(double target, double critical) {
      return share("cpu", Indicator.CPU, target, critical);
    }

    /**
     * Adds a goal for memory, 0 to 1: the worse of the live heap's share of the largest heap, and
     * the resident memory's share of the container's or host's.
     */
    public Builder memory(double target, double critical) {
      return share("memory", Indicator.MEMORY, target, critical);
    }

    private Builder share(String name, Indicator indicator, double target, double critical) {
      checkPositive(name + " target", target, 1);
      checkPositive(name + " critical", critical, 1);
      return add(new Goal(name, indicator, 0, target, critical));
    }

    private static void checkPositive(String name, double value, double most) {
      if (!(value > 0 && value <= most)) {
        String rule = most == 1 ? "0 < share <= 1" : "> 0";
        throw new IllegalArgumentException(name + ": " + value + " (expected: " + rule + ")");
      }
    }

    private Builder add(Goal goal) {
      boolean more = goal.indicator() == Indicator.THROUGHPUT;
      if (more ? goal.target() < goal.critical() : goal.target() > goal.critical()) {
        throw new IllegalArgumentException(
            goal.name()
                + " target: "
                + goal.text(goal.target())
                + " (expected: "
                + (more ? ">= " : "<= ")
                + "critical, "
                + goal.text(goal.critical())
                + ")");
      }
      if (goals.stream().anyMatch(known -> known.name().equals(goal.name()))) {
        throw new IllegalStateException(goal.name() + ": set twice (expected: once)");
      }
      goals.add(goal);
      return this;
    }

    /** Sets the time over which goals are judged, 1 second to 1 hour; default 5 minutes. */
    public Builder window(Duration window) {
      if (this.window != null) {
        throw new IllegalStateException("window: set twice (expected: once)");
      }
      if (window.compareTo(Duration.ofSeconds(1)) < 0
          || window.compareTo(Duration.ofHours(1)) > 0) {
        throw new IllegalArgumentException("window: " + window + " (expected: PT1S to PT1H)");
      }
      this.window = window;
      return this;
    }

    /**
     * Returns the goals.
     *
     * @throws IllegalStateException if there is none
     */
    public PerformanceGoals build() {
      if (goals.isEmpty()) {
        throw new IllegalStateException("goals: none (expected: at least one)");
      }
      return new PerformanceGoals(goals, window == null ? DEFAULT_WINDOW : window);
    }
  }
}
