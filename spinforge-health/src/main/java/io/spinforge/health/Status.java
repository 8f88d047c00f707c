package io.spinforge.health;

/** What the checker believes of a target. */
public enum Status {
  /** Not probed yet. */
  UNKNOWN,
  /** Fit for traffic. */
  HEALTHY,
  /** Fit, but it said itself that it is not well. */
  DEGRADED,
  /** Not fit for traffic. */
  UNHEALTHY
}
