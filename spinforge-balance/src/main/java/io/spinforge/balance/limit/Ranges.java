package io.spinforge.balance.limit;

import java.time.Duration;

/** The rules for numbers in this package. */
final class Ranges {
  private static final Duration LONGEST = Duration.ofDays(365);

  private Ranges() {}

  static void atLeast(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= " + least + ")");
    }
  }

  static void bounds(int initial, int min, int max) {
    atLeast("min", min, 1);
    atLeast("max", max, min);
    if (initial < min || initial > max) {
      throw new IllegalArgumentException(
          "initial: " + initial + " (expected: " + min + " to " + max + ")");
    }
  }

  static void part(String name, double value) {
    if (!(value > 0 && value <= 1)) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: > 0, <= 1)");
    }
  }

  static void window(Duration value) {
    if (value.isNegative() || value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("window: " + value + " (expected: >= 0, <= 365 days)");
    }
  }

  static long positive(String name, Duration value) {
    if (value.isZero() || value.isNegative() || value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: > 0, <= 365 days)");
    }
    return value.toNanos();
  }
}
