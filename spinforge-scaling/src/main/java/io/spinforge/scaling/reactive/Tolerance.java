package io.spinforge.scaling.reactive;

/**
 * How far a ratio may be from one before anything changes.
 *
 * @param up share above one that is ignored, from 0
 * @param down share below one that is ignored, from 0 to below 1
 */
public record Tolerance(double up, double down) {
  /** Tells whether the ratio is near enough to one; both ends count as near. */
  public boolean holds(double ratio) {
    return ratio >= 1 - down && ratio <= 1 + up;
  }
}
