package io.spinforge.metrics;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The verdicts at one moment. Immutable.
 *
 * @param at when they were given
 * @param window the time that the requests they rest on span; shorter than the goals' window while
 *     that fills
 * @param goals one verdict a goal, in the order the goals were set
 */
public record GoalReport(Instant at, Duration window, List<Verdict> goals) {
  /**
   * One goal's verdict. Latencies are in seconds, throughput in requests a second, rates and usages
   * in shares of 1.
   *
   * @param goal the goal's name: {@code p99}, {@code throughput}, {@code error-rate}…
   * @param level the verdict
   * @param value what was measured; NaN if nothing could be
   * @param target the value to be better than
   * @param critical the value that must not be reached
   * @param samples requests, or readings for CPU and memory
   * @param text value, target and critical for a person, with units
   * @param budget the error budget; null for throughput, CPU and memory, which have none
   */
  public record Verdict(
      String goal,
      GoalLevel level,
      double value,
      double target,
      double critical,
      long samples,
      Text text,
      @Nullable Budget budget) {
    /** Creates a verdict of a goal without a budget. */
    public Verdict(
        String goal,
        GoalLevel level,
        double value,
        double target,
        double critical,
        long samples,
        Text text) {
      this(goal, level, value, target, critical, samples, text, null);
    }
  }

  /**
   * An error budget: the share of requests that may miss the goal's target, here of the last 30
   * days, or since the watch began. Of an error rate under 0.1 % it is 0.1 %, of a 99th percentile
   * 1 %.
   *
   * @param level whether an alarm sounds, by the windows and rates of Google's Site Reliability
   *     Workbook: 14.4 over 1 h and 5 min or 6 over 6 h and 30 min pages, 3 over 1 d and 2 h or 1
   *     over 3 d and 6 h is a ticket; a long window with fewer than 100 requests sounds none
   * @param burnRate how many budgets would be spent if it went on as in {@code window}; NaN without
   *     requests
   * @param window the long window of the alarm that sounds, else the one with the highest rate
   * @param remaining share of the budget that is left, below 0 if overspent; NaN below 100 requests
   */
  public record Budget(BurnLevel level, double burnRate, String window, double remaining) {}

  /**
   * A verdict's values with their units.
   *
   * @param value such as {@code 12.3 ms}
   * @param target such as {@code < 100 ms}
   * @param critical such as {@code < 200 ms}
   */
  public record Text(String value, String target, String critical) {}

  /** Copies the list. */
  public GoalReport {
    Objects.requireNonNull(at, "at");
    Objects.requireNonNull(window, "window");
    goals = List.copyOf(goals);
  }

  /**
   * Returns the worst verdict. A critical one is worst, then a warning, then that one could not be
   * judged.
   */
  public GoalLevel level() {
    List<GoalLevel> given = goals.stream().map(Verdict::level).toList();
    for (GoalLevel level :
        List.of(GoalLevel.CRITICAL, GoalLevel.WARN, GoalLevel.INSUFFICIENT_DATA)) {
      if (given.contains(level)) {
        return level;
      }
    }
    return GoalLevel.OK;
  }

  /** Returns the worst alarm of all budgets, {@code PAGE} first. */
  public BurnLevel burnLevel() {
    for (BurnLevel level : List.of(BurnLevel.PAGE, BurnLevel.TICKET, BurnLevel.INSUFFICIENT_DATA)) {
      for (Verdict verdict : goals) {
        if (verdict.budget != null && verdict.budget.level == level) {
          return level;
        }
      }
    }
    return BurnLevel.OK;
  }

  /**
   * Returns the verdict of a goal.
   *
   * @throws IllegalArgumentException if there is no such goal
   */
  public Verdict goal(String name) {
    return goals.stream()
        .filter(verdict -> verdict.goal.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "name: "
                        + name
                        + " (expected: one of "
                        + goals.stream().map(Verdict::goal).toList()
                        + ")"));
  }

  /** Returns the verdicts as a plain table for a person, one line a goal, ending in a line feed. */
  public String toText() {
    List<String[]> rows = new ArrayList<>();
    rows.add(new String[] {"goal", "value", "target", "critical", "samples", "verdict"});
    for (Verdict verdict : goals) {
      rows.add(
          new String[] {
            verdict.goal,
            verdict.text.value,
            verdict.text.target,
            verdict.text.critical,
            Long.toString(verdict.samples),
            verdict.level.name()
          });
    }
    return table(rows);
  }

  /** Returns the budgets as a plain table for a person, one line each, ending in a line feed. */
  public String toBudgetText() {
    List<String[]> rows = new ArrayList<>();
    rows.add(new String[] {"goal", "burn rate", "window", "budget left", "alarm"});
    for (Verdict verdict : goals) {
      Budget budget = verdict.budget;
      if (budget != null) {
        rows.add(
            new String[] {
              verdict.goal,
              number("%.2f", budget.burnRate),
              budget.window,
              number("%.1f %%", budget.remaining * 100),
              budget.level.name()
            });
      }
    }
    return table(rows);
  }

  private static String number(String format, double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
  }

  private static String table(List<String[]> rows) {
    int columns = rows.get(0).length;
    int[] widths = new int[columns];
    for (String[] row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    StringBuilder out = new StringBuilder();
    for (String[] row : rows) {
      for (int i = 0; i < columns; i++) {
        boolean word = i == 0 || i == columns - 1;
        String pad = " ".repeat(widths[i] - row[i].length());
        out.append(word ? row[i] + (i == 0 ? pad : "") : pad + row[i]);
        out.append(i == columns - 1 ? "\n" : "  ");
      }
    }
    return out.toString();
  }
}
