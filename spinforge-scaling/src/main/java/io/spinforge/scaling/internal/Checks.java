package io.spinforge.scaling.internal;

import org.jspecify.annotations.Nullable;

/** The two sentences that every setter speaks. */
public final class Checks {
  private Checks() {}

  /** Throws if the value of a setter is not right. */
  public static void argument(boolean right, String name, Object value, String rule) {
    if (!right) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + rule + ")");
    }
  }

  /** Throws if a setter was called before. */
  public static void unset(@Nullable Object before, String name) {
    if (before != null) {
      throw new IllegalStateException(name + ": set twice (before: " + before + ")");
    }
  }
}
