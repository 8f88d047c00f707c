package io.spinforge.metrics;

import java.util.Locale;

/**
 * One goal: what is measured, and the two values it is held against. Immutable.
 *
 * @param name as it stands in reports and tags
 * @param indicator what is measured
 * @param thousandths the percentile in thousandths of a percent, for latencies; else 0
 * @param target the value to be better than
 * @param critical the value that must not be reached
 */
record Goal(String name, Indicator indicator, int thousandths, double target, double critical) {
  enum Indicator {
    LATENCY("<"),
    THROUGHPUT(">"),
    ERROR_RATE("<"),
    CPU("<"),
    MEMORY("<");

    private final String better;

    Indicator(String better) {
      this.better = better;
    }

    boolean isJudgedByRequests() {
      return this == LATENCY || this == THROUGHPUT || this == ERROR_RATE;
    }
  }

  /** Returns the share of requests that may miss the goal; NaN if it is not about requests. */
  double budget() {
    return switch (indicator) {
      case LATENCY -> (100_000 - thousandths) / 100_000.0;
      case ERROR_RATE -> target;
      case THROUGHPUT, CPU, MEMORY -> Double.NaN;
    };
  }

  boolean hasBudget() {
    return !Double.isNaN(budget());
  }

  GoalLevel judge(double value) {
    if (Double.isNaN(value)) {
      return GoalLevel.INSUFFICIENT_DATA;
    }
    if (isBetter(value, target)) {
      return GoalLevel.OK;
    }
    return isBetter(value, critical) ? GoalLevel.WARN : GoalLevel.CRITICAL;
  }

  private boolean isBetter(double value, double than) {
    return indicator == Indicator.THROUGHPUT ? value > than : value < than;
  }

  /** Writes a value for a person: {@code 12.3 ms}, {@code 1,024/s}, {@code 0.05 %}. */
  String text(double value) {
    if (Double.isNaN(value)) {
      return "-";
    }
    return switch (indicator) {
      case LATENCY -> latency(value * 1000);
      case THROUGHPUT -> String.format(Locale.ROOT, value < 10 ? "%,.1f/s" : "%,.0f/s", value);
      case ERROR_RATE -> String.format(Locale.ROOT, "%.2f %%", value * 100);
      case CPU, MEMORY -> String.format(Locale.ROOT, "%.1f %%", value * 100);
    };
  }

  private static String latency(double millis) {
    String form = millis < 10 ? "%.2f ms" : millis < 100 ? "%.1f ms" : "%,.0f ms";
    return String.format(Locale.ROOT, form, millis);
  }

  String bound(double value) {
    return indicator.better + " " + text(value);
  }
}
