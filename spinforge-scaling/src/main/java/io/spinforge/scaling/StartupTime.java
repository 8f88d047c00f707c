package io.spinforge.scaling;

import io.spinforge.scaling.internal.Checks;
import java.time.Duration;

/** How long a new instance takes until it serves. Immutable. */
public final class StartupTime {
  private static final Duration LONGEST = Duration.ofHours(2);

  final Duration first;
  final boolean measured;

  private StartupTime(Duration first, boolean measured) {
    this.first = first;
    this.measured = measured;
  }

  /**
   * Measures it: the 95th percentile of the last 50 starts, from the request to the tick that sees
   * as many ready instances as were asked for; 2 min until the first.
   */
  public static StartupTime measured() {
    return new StartupTime(Duration.ofMinutes(2), true);
  }

  /** Takes it as given, above 0 and up to 2 h. */
  public static StartupTime fixed(Duration time) {
    Checks.argument(
        !time.isNegative() && !time.isZero() && time.compareTo(LONGEST) <= 0,
        "startup",
        time,
        "above PT0S, up to PT2H");
    return new StartupTime(time, false);
  }

  @Override
  public String toString() {
    return measured ? "measured" : "fixed " + first;
  }
}
