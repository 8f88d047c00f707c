package io.spinforge.scaling.reactive;

import java.util.List;

/**
 * Stabilization and rate policies as in the {@code behavior} of Kubernetes' Horizontal Pod
 * Autoscaler (autoscaling/v2).
 *
 * <p>Percentages are computed as they are there, in floating point: ten percent more than 100 is
 * 111, because {@code 100 × 1.1} is a little more than 110.
 */
public final class Limits {
  private Limits() {}

  /**
   * Returns the number that the windows allow: not above the lowest recommendation of the window
   * for growing, not below the highest of the one for shrinking.
   */
  public static int stabilize(
      int current, int raw, List<Mark> recommendations, long now, long upWindow, long downWindow) {
    int up = raw;
    int down = raw;
    for (Mark mark : recommendations) {
      if (mark.at() > now - upWindow) {
        up = Math.min(up, mark.value());
      }
      if (mark.at() > now - downWindow) {
        down = Math.max(down, mark.value());
      }
    }
    return Math.min(Math.max(current, up), down);
  }

  /** Returns the highest number that the policies allow now; never below {@code current}. */
  public static int highest(
      int current, List<Rate> rates, boolean smallest, List<Mark> ups, List<Mark> downs, long now) {
    long result = smallest ? Long.MAX_VALUE : Long.MIN_VALUE;
    for (Rate rate : rates) {
      long start = (long) current - sum(ups, now, rate) + sum(downs, now, rate);
      long proposed =
          rate.percent()
              ? (long) Math.ceil(start * (1 + rate.amount() / 100.0))
              : start + rate.amount();
      result = smallest ? Math.min(result, proposed) : Math.max(result, proposed);
    }
    return (int) Math.min(Integer.MAX_VALUE, Math.max(current, result));
  }

  /** Returns the lowest number that the policies allow now; never above {@code current}. */
  public static int lowest(
      int current, List<Rate> rates, boolean smallest, List<Mark> ups, List<Mark> downs, long now) {
    long result = smallest ? Long.MIN_VALUE : Long.MAX_VALUE;
    for (Rate rate : rates) {
      long start = (long) current - sum(ups, now, rate) + sum(downs, now, rate);
      long proposed =
          rate.percent() ? (long) (start * (1 - rate.amount() / 100.0)) : start - rate.amount();
      result = smallest ? Math.max(result, proposed) : Math.min(result, proposed);
    }
    return (int) Math.max(0, Math.min(current, result));
  }

  private static long sum(List<Mark> events, long now, Rate rate) {
    long sum = 0;
    for (Mark event : events) {
      sum += event.at() > now - rate.period() ? event.value() : 0;
    }
    return sum;
  }
}
