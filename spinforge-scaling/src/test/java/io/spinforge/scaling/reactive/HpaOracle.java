package io.spinforge.scaling.reactive;

import java.util.ArrayList;
import java.util.List;

/**
 * The algorithm of the Horizontal Pod Autoscaler, written down slowly from the section "Algorithm
 * details" of the Kubernetes documentation: a list of instances, whole thousandths, no floating
 * point.
 */
final class HpaOracle {
  enum Kind {
    COUNTED,
    MISSING,
    UNREADY
  }

  record Pod(Kind kind, long usage, long request) {}

  private final long current;
  private final long target; // percent, or thousandths
  private final boolean utilization;

  HpaOracle(long current, long target, boolean utilization) {
    this.current = current;
    this.target = target;
    this.utilization = utilization;
  }

  long replicas(List<Pod> pods) {
    List<Pod> measured = new ArrayList<>();
    List<Pod> missing = new ArrayList<>();
    List<Pod> unready = new ArrayList<>();
    for (Pod pod : pods) {
      switch (pod.kind()) {
        case COUNTED -> measured.add(pod);
        case MISSING -> missing.add(pod);
        case UNREADY -> unready.add(pod);
      }
    }
    long first = value(measured, false);
    boolean up = first > target;
    boolean down = first < target;
    if (missing.isEmpty() && !(up && !unready.isEmpty())) {
      return near(first) ? current : ceil(first * measured.size(), target);
    }
    List<Pod> all = new ArrayList<>(measured);
    if (up) {
      missing.forEach(pod -> all.add(new Pod(Kind.COUNTED, 0, pod.request())));
      unready.forEach(pod -> all.add(new Pod(Kind.COUNTED, 0, pod.request())));
    } else if (down) {
      all.addAll(missing);
    } else if (!utilization) {
      missing.forEach(pod -> all.add(new Pod(Kind.COUNTED, 0, pod.request())));
    }
    long second = value(all, true);
    boolean turned = (up && second < target) || (down && second > target);
    if (near(second) || turned) {
      return current;
    }
    long replicas = ceil(second * all.size(), target);
    boolean overshot =
        (second < target && replicas > current) || (second > target && replicas < current);
    return overshot ? current : replicas;
  }

  /** Percent of the requests, or thousandths per instance; a missing pod uses what is worst. */
  private long value(List<Pod> pods, boolean filled) {
    long hundredfold = 0;
    long request = 0;
    for (Pod pod : pods) {
      boolean worst = filled && pod.kind() == Kind.MISSING;
      long worstCase = utilization ? Math.max(100, target) * pod.request() : 100 * target;
      hundredfold += worst ? worstCase : 100 * pod.usage();
      request += pod.request();
    }
    return utilization ? hundredfold / request : hundredfold / 100 / pods.size();
  }

  private boolean near(long value) {
    return 10 * value >= 9 * target && 10 * value <= 11 * target;
  }

  private static long ceil(long dividend, long divisor) {
    return (dividend + divisor - 1) / divisor;
  }
}
