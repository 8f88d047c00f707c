package io.spinforge.metrics;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * A CPU profile. Immutable.
 *
 * @param recording the .jfr file, for JDK Mission Control
 * @param flameGraph one HTML document that needs nothing else
 * @param duration how long was recorded
 * @param samples stacks that were taken
 * @param hottest the methods that ran most, at most 30, the hottest first
 */
public record Profile(
    Path recording, Path flameGraph, Duration duration, long samples, List<HotMethod> hottest) {
  /**
   * A method by how often it was the one that ran.
   *
   * @param method class and name
   * @param samples in which it was on top of its stack
   * @param share of all samples, 0 to 1
   */
  public record HotMethod(String method, long samples, double share) {}

  /** Copies the list. */
  public Profile {
    hottest = List.copyOf(hottest);
  }

  /** Returns the ten hottest methods as lines for a person. */
  public String toText() {
    StringBuilder text = new StringBuilder();
    hottest.stream()
        .limit(10)
        .forEach(
            hot ->
                text.append(
                    String.format(Locale.ROOT, "%5.1f %%  %s%n", hot.share() * 100, hot.method())));
    return text.toString();
  }
}
