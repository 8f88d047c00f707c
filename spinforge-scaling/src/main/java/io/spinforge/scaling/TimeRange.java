package io.spinforge.scaling;

import io.spinforge.scaling.internal.Checks;
import java.time.Instant;

/**
 * A span of time. Immutable.
 *
 * @param from first instant
 * @param to first instant after it, later than {@code from}
 */
public record TimeRange(Instant from, Instant to) {
  /** Checks the order. */
  public TimeRange {
    Checks.argument(from.isBefore(to), "to", to, "after " + from);
  }

  boolean holds(Instant time) {
    return !time.isBefore(from) && time.isBefore(to);
  }
}
