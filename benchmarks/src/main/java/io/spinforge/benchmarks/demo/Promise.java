package io.spinforge.benchmarks.demo;

import io.spinforge.benchmarks.load.PhaseResult;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Something a scene promised, what was measured, and whether it was kept.
 *
 * @param promised the promise with its number
 * @param measured the measured number
 * @param kept the verdict
 */
record Promise(String promised, String measured, boolean kept) {

  /** Promises that every request of some phases is answered well. */
  static Promise noneFailed(PhaseResult... phases) {
    long due = 0;
    long waiting = 0;
    Map<String, Long> why = new TreeMap<>();
    for (PhaseResult phase : phases) {
      due += phase.due();
      waiting += phase.unanswered();
      phase.failures().forEach((reason, count) -> why.merge(reason, count, Long::sum));
    }
    if (waiting > 0) {
      why.put("unanswered", waiting);
    }
    long bad = why.values().stream().mapToLong(Long::longValue).sum();
    String of = String.format(Locale.ROOT, "%,d of %,d", bad, due);
    return new Promise("failed requests: 0", of + reasons(why), bad == 0 && due > 0);
  }

  /**
   * Promises a 99th percentile below a limit. Where the driver itself was late the figure tells of
   * a machine that is too busy to measure on, and proves nothing.
   */
  static Promise p99Below(Duration limit, PhaseResult phase) {
    Duration p99 = phase.latency().p99();
    boolean kept = phase.valid() && phase.latency().count() > 0 && p99.compareTo(limit) < 0;
    String late = " (invalid: driver late by " + millis(phase.lateness().p99()) + ")";
    return new Promise("p99 < " + millis(limit), millis(p99) + (phase.valid() ? "" : late), kept);
  }

  /** Promises that something happens in time; an empty time means that it never did. */
  static Promise within(Duration limit, String what, Optional<Duration> took) {
    return new Promise(
        what + " within " + shortest(limit),
        took.map(time -> "after " + shortest(time)).orElse("not seen"),
        took.isPresent() && took.get().compareTo(limit) <= 0);
  }

  /** Promises a count that is never exceeded. */
  static Promise atMost(long limit, String what, long measured) {
    return new Promise(what + ": " + most(limit), String.valueOf(measured), measured <= limit);
  }

  /** Promises a count that is reached. */
  static Promise atLeast(long least, String what, long measured) {
    return new Promise(what + ": >= " + least, String.valueOf(measured), measured >= least);
  }

  /** Promises a share, in percent, below a limit; NaN, no share at all, breaks it. */
  static Promise shareBelow(double limit, String what, double percent) {
    return new Promise(
        String.format(Locale.ROOT, "%s < %.0f %%", what, limit),
        Double.isNaN(percent) ? "not seen" : String.format(Locale.ROOT, "%.1f %%", percent),
        percent < limit);
  }

  private static String most(long limit) {
    return limit == 0 ? "0" : "<= " + limit;
  }

  private static String reasons(Map<String, Long> why) {
    return why.isEmpty()
        ? ""
        : why.entrySet().stream()
            .map(reason -> reason.getKey() + " " + reason.getValue())
            .collect(Collectors.joining(", ", " (", ")"));
  }

  private static String shortest(Duration time) {
    return time.toMillis() < 1_000
        ? millis(time)
        : String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1e3);
  }

  static String millis(Duration time) {
    return time.toMillis() + " ms";
  }
}
