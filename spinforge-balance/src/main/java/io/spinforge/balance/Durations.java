package io.spinforge.balance;

import java.time.Duration;

/** The one rule for durations in builders: above 0, and short enough for nanosecond sums. */
final class Durations {
  private static final Duration LONGEST = Duration.ofDays(365);

  private Durations() {}

  static long nanos(String name, Duration duration) {
    if (duration.isZero() || duration.isNegative() || duration.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(name + ": " + duration + " (expected: > 0, <= 365 days)");
    }
    return duration.toNanos();
  }
}
