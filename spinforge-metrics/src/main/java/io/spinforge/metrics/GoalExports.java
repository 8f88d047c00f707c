package io.spinforge.metrics;

import io.spinforge.metrics.Goal.Indicator;
import io.spinforge.metrics.goal.BurnAlarm;
import io.spinforge.metrics.goal.BurnWindow;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Goals as files for others: alerting rules of Prometheus, objectives of OpenSLO v1.
 *
 * <p>Queries count what all instances served, and so survive restarts. A latency that is no bucket
 * of the histogram cannot be counted there: then the instances' own burn rates are asked.
 */
final class GoalExports {
  private static final List<Double> BUCKETS = List.of(0.1, 0.5, 1.0, 2.0, 5.0);

  private GoalExports() {}

  static String prometheusRules(PerformanceGoals goals) {
    StringBuilder out = new StringBuilder("groups:\n  - name: spinforge-goals\n    rules:\n");
    for (Goal goal : goals.goals()) {
      if (goal.hasBudget()) {
        for (BurnAlarm alarm : BurnAlarm.values()) {
          if (alarm.isPossible(goal.budget())) {
            burn(out, goal, alarm);
          }
        }
      } else {
        level(out, goal);
      }
    }
    return out.toString();
  }

  private static void burn(StringBuilder out, Goal goal, BurnAlarm alarm) {
    String rate = number(alarm.factor());
    rule(
        out,
        "SpinForgeBudgetBurn",
        exceeds(goal, alarm.factor(), alarm.longer())
            + "\n          and\n          "
            + exceeds(goal, alarm.factor(), alarm.shorter()),
        goal,
        // Two alarms of a goal may sound at once: the window tells them apart.
        (alarm.pages() ? "page" : "ticket") + "\n          window: " + alarm.longer().text(),
        "The error budget of "
            + goal.name()
            + " burns more than "
            + rate
            + " times too fast over "
            + alarm.longer().text());
  }

  private static String exceeds(Goal goal, double factor, BurnWindow window) {
    String share = share(goal, window.text());
    return share == null
        ? "max(spinforge_goal_burn_rate{goal=\""
            + goal.name()
            + "\",window=\""
            + window.text()
            + "\"}) > "
            + number(factor)
        : share + " > " + number(factor) + " * " + number(goal.budget());
  }

  /** Returns the share of requests that spent the budget, or null if it cannot be counted. */
  private static @Nullable String share(Goal goal, String window) {
    if (goal.indicator() == Indicator.ERROR_RATE) {
      return "sum(rate(http_requests_total{status=~\"5..\"}["
          + window
          + "])) / sum(rate(http_requests_total["
          + window
          + "]))";
    }
    return BUCKETS.contains(goal.target())
        ? "1 - sum(rate(http_request_duration_seconds_bucket{le=~\""
            + bucket(goal.target())
            + "\"}["
            + window
            + "])) / sum(rate(http_request_duration_seconds_count["
            + window
            + "]))"
        : null;
  }

  /** Clients write 1 as {@code 1} or {@code 1.0}. */
  private static String bucket(double seconds) {
    return seconds == Math.rint(seconds)
        ? (long) seconds + "([.]0)?"
        : number(seconds).replace(".", "[.]");
  }

  private static void level(StringBuilder out, Goal goal) {
    rule(
        out,
        "SpinForgeGoalMissed",
        "max(spinforge_goal_level{goal=\"" + goal.name() + "\"}) >= 2",
        goal,
        "ticket",
        "The critical value of "
            + goal.name()
            + ", "
            + goal.bound(goal.critical())
            + ", is missed");
  }

  private static void rule(
      StringBuilder out, String name, String expression, Goal goal, String severity, String text) {
    out.append("      - alert: ")
        .append(name)
        .append("\n        expr: |-\n          ")
        .append(expression)
        .append(severity.startsWith("page") ? "" : "\n        for: 5m")
        .append("\n        labels:\n          goal: ")
        .append(goal.name())
        .append("\n          severity: ")
        .append(severity)
        .append("\n        annotations:\n          summary: '")
        .append(text)
        .append("'\n");
  }

  static String openSlo(PerformanceGoals goals, String service) {
    StringBuilder out = new StringBuilder();
    for (Goal goal : goals.goals()) {
      if (goal.hasBudget() && share(goal, "") != null) {
        out.append(out.isEmpty() ? "" : "---\n").append(objective(goal, service));
      }
    }
    return out.toString();
  }

  private static String objective(Goal goal, String service) {
    boolean errors = goal.indicator() == Indicator.ERROR_RATE;
    String bad =
        errors
            ? "http_requests_total{status=~\"5..\"}"
            : "http_request_duration_seconds_bucket{le=~\"" + bucket(goal.target()) + "\"}";
    String total = errors ? "http_requests_total" : "http_request_duration_seconds_count";
    return """
    apiVersion: openslo/v1
    kind: SLO
    metadata:
      name: %1$s
      displayName: %1$s %2$s
    spec:
      service: %3$s
      indicator:
        metadata:
          name: %1$s
        spec:
          ratioMetric:
            counter: true
            %4$s:
              metricSource:
                type: Prometheus
                spec:
                  query: 'sum(%5$s)'
            total:
              metricSource:
                type: Prometheus
                spec:
                  query: 'sum(%6$s)'
      timeWindow:
        - duration: 30d
          isRolling: true
      budgetingMethod: Occurrences
      objectives:
        - displayName: %1$s %2$s
          target: %7$s
    """
        .formatted(
            goal.name(),
            goal.bound(goal.target()),
            service,
            errors ? "bad" : "good",
            bad,
            total,
            BigDecimal.ONE.subtract(new BigDecimal(number(goal.budget()))).toPlainString());
  }

  private static String number(double value) {
    String text = String.format(Locale.ROOT, "%.9f", value);
    return new BigDecimal(text).stripTrailingZeros().toPlainString();
  }
}
