package io.spinforge.health.probe;

/** What one probe says of its target. */
public enum Verdict {
  /** Fit for traffic. */
  HEALTHY,
  /** Fit, but the target says itself that it is not well. */
  DEGRADED,
  /** Failed; counts towards the checker's {@code fall}. */
  FAILED,
  /** Failed beyond doubt (nobody listens); the target is unhealthy at once. */
  FAILED_NOW,
  /** Says nothing of the target, for example because the checker itself was short of resources. */
  INCONCLUSIVE
}
