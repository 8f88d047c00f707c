package io.spinforge.health;

import io.spinforge.health.probe.Verdict;

/**
 * Where a target stands between two statuses: the pure rise/fall machine.
 *
 * <p>Consecutive counting as HAProxy ({@code rise}/{@code fall}) and Envoy (healthy and unhealthy
 * threshold) do it: a passed probe clears the failures, a failure clears the passed ones, and the
 * first result decides alone. {@link Verdict#FAILED_NOW} skips the count. {@link
 * Verdict#INCONCLUSIVE} changes nothing. A fit target moves between healthy and degraded with each
 * passed probe, because that is its own word.
 *
 * @param status the status
 * @param failures failures in a row of a fit target, below {@code fall}
 * @param passes passed probes in a row of an unhealthy target, below {@code rise}
 */
record Standing(Status status, int failures, int passes) {
  static final Standing UNKNOWN = new Standing(Status.UNKNOWN, 0, 0);
  static final Standing HEALTHY = new Standing(Status.HEALTHY, 0, 0);
  static final Standing DEGRADED = new Standing(Status.DEGRADED, 0, 0);
  static final Standing UNHEALTHY = new Standing(Status.UNHEALTHY, 0, 0);

  /** Returns where the target stands after one more result. */
  Standing step(Verdict verdict, int rise, int fall) {
    return switch (verdict) {
      case HEALTHY -> passed(HEALTHY, rise);
      case DEGRADED -> passed(DEGRADED, rise);
      case FAILED -> failed(fall);
      case FAILED_NOW -> UNHEALTHY;
      case INCONCLUSIVE -> this;
    };
  }

  /** Returns whether the status is healthy or degraded. */
  boolean fit() {
    return status == Status.HEALTHY || status == Status.DEGRADED;
  }

  /** Returns whether results have begun to point to another status. */
  boolean pending() {
    return failures > 0 || passes > 0;
  }

  private Standing passed(Standing fit, int rise) {
    return status == Status.UNHEALTHY && passes + 1 < rise
        ? new Standing(Status.UNHEALTHY, 0, passes + 1)
        : fit;
  }

  private Standing failed(int fall) {
    boolean decided = status == Status.UNKNOWN || status == Status.UNHEALTHY;
    return decided || failures + 1 >= fall ? UNHEALTHY : new Standing(status, failures + 1, 0);
  }
}
