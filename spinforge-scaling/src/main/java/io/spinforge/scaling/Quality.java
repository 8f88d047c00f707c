package io.spinforge.scaling;

/** How much of the truth a signal's samples hold, from best to worst. */
public enum Quality {
  /** Every instance that counts has a usable sample. */
  COMPLETE,
  /** Some were not measured; they are taken at their worst case, so the number is still safe. */
  FILLED,
  /**
   * Some samples are not usable (not a number, negative, stale, from the future) or some ready
   * instances are not in the reading at all: nothing shrinks on this.
   */
  PARTIAL,
  /** There is nothing usable: the signal makes no proposal, and nothing shrinks. */
  MISSING
}
