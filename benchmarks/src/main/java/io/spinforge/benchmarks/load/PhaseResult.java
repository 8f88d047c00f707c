package io.spinforge.benchmarks.load;

import java.time.Duration;
import java.util.Map;

/**
 * What came of a phase.
 *
 * @param name the phase's name
 * @param rate requests due per second
 * @param due requests that were due so far
 * @param ok good answers
 * @param failures failed requests by reason, those that found no room in flight included
 * @param latency from when a request was due to its answer, good or failed
 * @param lateness from when a request was due to when the driver sent it: the driver's own fault
 * @param allowedLateness what {@code lateness.p99} may be for the result to be valid
 */
public record PhaseResult(
    String name,
    double rate,
    long due,
    long ok,
    Map<String, Long> failures,
    Latency latency,
    Latency lateness,
    Duration allowedLateness) {

  /** Copies the failures. */
  public PhaseResult {
    failures = Map.copyOf(failures);
  }

  /** Returns how many requests failed. */
  public long failed() {
    return failures.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Returns how many requests are still in flight. */
  public long unanswered() {
    return due - ok - failed();
  }

  /** Returns false when the driver was so late that the figures tell of it, not of the service. */
  public boolean valid() {
    return lateness.p99().compareTo(allowedLateness) <= 0;
  }
}
