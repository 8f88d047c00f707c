package io.spinforge.scaling;

/** What had the last word in a decision. */
public enum Constraint {
  /** Nothing: the number is the highest proposal as it is. */
  NONE(false),
  /** The number is near enough, or the rule does not see enough of a reason. */
  TOLERANCE(false),
  /** A stabilization window. */
  STABILIZATION(false),
  /** A rate policy. */
  RATE(false),
  /** The lower limit. */
  MINIMUM(false),
  /** The upper limit. */
  MAXIMUM(false),
  /** {@link Mode#DRY_RUN}: told, not done. */
  DRY_RUN(false),
  /** {@link Mode#UP_ONLY}: not removed. */
  UP_ONLY(false),
  /** {@link Autoscaler#pause}. */
  PAUSED(false),
  /** Another scheduler leads: told, not done. */
  FOLLOWER(false),
  /** This scheduler leads for less than a window, and removes nothing yet. */
  NEW_LEADER(false),
  /** Samples are incomplete, so nothing shrinks. */
  PARTIAL_DATA(true),
  /** No signal has anything usable. */
  NO_DATA(true),
  /** The target could not be read. */
  TARGET_UNREADABLE(true),
  /** The target said something impossible: a negative number, or more than the upper limit. */
  TARGET_NONSENSE(true),
  /** Somebody set the target to zero, which the limits do not allow: maintenance. */
  ZERO(true),
  /** Somebody else changes the target's number. */
  CONTENDED(true),
  /** The clock jumped by more than one interval: this tick's samples are dropped. */
  CLOCK_JUMP(true),
  /** The history has not been read yet, so the forecast does not know it: nothing shrinks. */
  HISTORY_AWAY(true),
  /** The target refused or did not answer; the next try waits. */
  BACKOFF(true);

  private final boolean hazard;

  Constraint(boolean hazard) {
    this.hazard = hazard;
  }

  /** Tells whether this holds the number because something outside is wrong. */
  public boolean hazard() {
    return hazard;
  }
}
