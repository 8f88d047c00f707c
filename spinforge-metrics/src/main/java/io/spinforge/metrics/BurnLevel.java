package io.spinforge.metrics;

/** How fast an error budget is being spent. */
public enum BurnLevel {
  /** No alarm. */
  OK,
  /** It will be spent too early: somebody should look into it in working hours. */
  TICKET,
  /** It will be gone in days or hours: somebody has to be woken. */
  PAGE,
  /** Too few requests to judge. */
  INSUFFICIENT_DATA
}
