package io.spinforge.balance.guard;

import java.util.Arrays;

/**
 * How requests are shared among priorities, by Envoy's formulas, in whole percents. A priority's
 * health is the part of its members that can be used times a factor, at most 100: with Envoy's 1.4
 * it is taken to have a reserve of two fifths. The first gets its health's worth of requests, the
 * next what is left up to its own, and so on; where all together do not reach 100, each gets its
 * part of the sum.
 */
public final class Priorities {
  private Priorities() {}

  /**
   * Returns the health of each priority in percent.
   *
   * @param overprovisioning the factor, 1 or more; infinite where any usable member is enough
   */
  public static int[] health(int[] usable, int[] members, double overprovisioning) {
    int[] health = new int[members.length];
    for (int i = 0; i < members.length; i++) {
      health[i] =
          usable[i] == 0
              ? 0
              : (int) Math.min(100, Math.rint(overprovisioning * 100) * usable[i] / members[i]);
    }
    return health;
  }

  /** Returns the sum of healths, at most 100: below that, panic thresholds count. */
  public static int total(int[] health) {
    return Math.min(100, Arrays.stream(health).sum());
  }

  /** Returns the percentage of requests for each priority; at least one health is above 0. */
  public static int[] loads(int[] health) {
    return distribute(health, total(health));
  }

  /** Returns percentages in proportion to counts, for when no priority has any health. */
  public static int[] proportional(int[] counts) {
    return distribute(counts, Arrays.stream(counts).sum());
  }

  /** What rounding leaves over goes to the first that gets anything. */
  private static int[] distribute(int[] parts, int total) {
    int[] loads = new int[parts.length];
    int left = 100;
    int first = -1;
    for (int i = 0; i < parts.length; i++) {
      loads[i] = (int) Math.min(left, 100L * parts[i] / total);
      left -= loads[i];
      first = first < 0 && parts[i] > 0 ? i : first;
    }
    loads[first] += left;
    return loads;
  }
}
