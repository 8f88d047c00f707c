package io.spinforge.scaling.reactive;

/**
 * The proportional rule of Kubernetes' Horizontal Pod Autoscaler, one step of one signal.
 *
 * <p>Source: "Horizontal Pod Autoscaling", section "Algorithm details", in the Kubernetes
 * documentation, and the behaviour of its replica calculator. In short: the ratio of the measured
 * to the wanted value, taken over the counted instances, times their number, rounded up.
 *
 * <ul>
 *   <li>Utilization is a whole percentage, cut off, never rounded: {@code int(100 · Σusage /
 *       Σrequest)}. A load per instance is cut off after three decimals, because Kubernetes counts
 *       in thousandths.
 *   <li>A ratio from {@code 1 − down} to {@code 1 + up} changes nothing.
 *   <li>Instances without a sample are set aside; if the ratio is below one they come back as using
 *       all of their request (or the target, where that is more), if it is above one as using
 *       nothing. Instances that are not ready yet come back as using nothing when the ratio is
 *       above one. The ratio is then taken again, and where it has changed sides or lies within the
 *       tolerance nothing changes.
 *   <li>Rounding up subtracts 10⁻⁹ first, so that {@code 1.1 × 10} is 11 and not 12.
 * </ul>
 *
 * <p>At a ratio of exactly one the two differ, as they do there: with a load per instance those
 * without a sample count as idle, with a utilization they stay aside.
 */
public final class Proportional {
  private static final double ROUNDING = 1e-9;

  private Proportional() {}

  /**
   * The outcome of one step.
   *
   * @param replicas proposed number of instances
   * @param measured utilization in percent, or load per instance
   * @param ratio measured divided by wanted, before anything that was set aside came back
   */
  public record Result(int replicas, double measured, double ratio) {}

  /** Computes the step for a wanted utilization in percent; {@code fleet.counted()} is not 0. */
  public static Result utilization(Fleet fleet, int current, int target, Tolerance tolerance) {
    double percent = percent(fleet.usage(), fleet.request());
    double first = percent / target;
    double usage = fleet.usage();
    double request = fleet.request();
    int instances = fleet.counted();
    boolean rebalance = fleet.unready() > 0 && first > 1;
    if (!rebalance && fleet.missing() == 0) {
      return new Result(simple(first, instances, current, tolerance), percent, first);
    }
    if (first != 1) {
      usage += first < 1 ? fleet.missingRequest() * Math.max(100, target) / 100 : 0;
      request += fleet.missingRequest();
      instances += fleet.missing();
    }
    if (rebalance) {
      request += fleet.unreadyRequest();
      instances += fleet.unready();
    }
    double second = percent(usage, request) / target;
    return new Result(again(first, second, instances, current, tolerance), percent, first);
  }

  /** Computes the step for a wanted load per instance; {@code fleet.counted()} is not 0. */
  public static Result perInstance(Fleet fleet, int current, double target, Tolerance tolerance) {
    double mean = mean(fleet.usage(), fleet.counted());
    double first = mean / target;
    double usage = fleet.usage();
    int instances = fleet.counted();
    boolean rebalance = fleet.unready() > 0 && first > 1;
    if (!rebalance && fleet.missing() == 0) {
      return new Result(simple(first, instances, current, tolerance), mean, first);
    }
    usage += first < 1 ? fleet.missing() * target : 0;
    instances += fleet.missing();
    if (rebalance) {
      instances += fleet.unready();
    }
    double second = mean(usage, instances) / target;
    return new Result(again(first, second, instances, current, tolerance), mean, first);
  }

  /**
   * Computes the step for one number that stands for all instances: {@code ceil(total / target)},
   * unless the present number is near enough.
   */
  public static Result total(double total, int current, double target, Tolerance tolerance) {
    double ratio = total == 0 && current == 0 ? 1 : total / (target * current);
    int replicas = tolerance.holds(ratio) ? current : ceil(total / target);
    return new Result(replicas, current == 0 ? total : total / current, ratio);
  }

  /**
   * Computes the step for a value that is to be at {@code target} whatever the number of instances,
   * for example the length of one queue: the ratio times the ready instances. Without any instance
   * it is the ratio itself.
   */
  public static Result value(
      double value, int ready, int current, double target, Tolerance tolerance) {
    double ratio = value / target;
    int replicas =
        current == 0 ? ceil(ratio) : tolerance.holds(ratio) ? current : ceil(ratio * ready);
    return new Result(replicas, value, ratio);
  }

  private static int simple(double ratio, int instances, int current, Tolerance tolerance) {
    return tolerance.holds(ratio) ? current : ceil(ratio * instances);
  }

  private static int again(
      double first, double second, int instances, int current, Tolerance tolerance) {
    if (tolerance.holds(second) || (first < 1 && second > 1) || (first > 1 && second < 1)) {
      return current;
    }
    int replicas = ceil(second * instances);
    return second < 1 ? Math.min(replicas, current) : Math.max(replicas, current);
  }

  private static double percent(double usage, double request) {
    return Math.floor(100 * usage / request + ROUNDING);
  }

  private static double mean(double usage, int instances) {
    return Math.floor(1000 * usage / instances + ROUNDING) / 1000;
  }

  private static int ceil(double value) {
    return (int) Math.ceil(value - ROUNDING);
  }
}
