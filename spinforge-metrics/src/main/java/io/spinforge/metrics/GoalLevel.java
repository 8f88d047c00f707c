package io.spinforge.metrics;

/** A goal's verdict. */
public enum GoalLevel {
  /** Within the target. */
  OK,
  /** Beyond the target, within the critical value. */
  WARN,
  /** Beyond the critical value. */
  CRITICAL,
  /** Too few samples to judge. */
  INSUFFICIENT_DATA
}
