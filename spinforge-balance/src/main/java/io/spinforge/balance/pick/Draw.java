package io.spinforge.balance.pick;

/**
 * Random integers below a bound by a multiplication instead of a division, which costs several
 * times that: Lemire, "Fast random integer generation in an interval" (2019), without its
 * correction, so that some are more likely by bound / 2^32.
 */
final class Draw {
  private static final long LOW = 0xFFFF_FFFFL;

  private Draw() {}

  /** Returns a number below a positive bound, by the low half of random bits. */
  static int low(long bits, int bound) {
    return (int) (((bits & LOW) * bound) >>> 32);
  }

  /** Returns one by the high half. */
  static int high(long bits, int bound) {
    return (int) (((bits >>> 32) * bound) >>> 32);
  }
}
