package io.spinforge.scaling;

/** How much of its decisions an autoscaler carries out. */
public enum Mode {
  /** Decides and tells; changes nothing. */
  DRY_RUN,
  /** Adds, never removes. */
  UP_ONLY,
  /** Adds and removes. */
  FULL
}
