package io.spinforge.benchmarks.sim.scaling;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Kubernetes' Horizontal Pod Autoscaler for one utilization, written down from the documentation's
 * "Algorithm details" and "Configurable scaling behavior": whole thousandths, lists that are walked
 * from the beginning, nothing shared with the module.
 */
final class HpaReference {
  /** What is known of a pod: milli-units used and requested. */
  record Pod(Kind kind, long usage, long request) {}

  enum Kind {
    MEASURED,
    MISSING,
    STARTING
  }

  /** At most {@code amount} pods or percent in {@code seconds}. */
  record Policy(boolean percent, int amount, int seconds) {}

  /** One direction. */
  record Direction(
      List<Policy> policies, boolean smallest, int windowSeconds, int tolerancePercent) {}

  private record Entry(long millis, long value) {}

  private final int min;
  private final int max;
  private final long target;
  private final Direction up;
  private final Direction down;
  private final List<Entry> recommendations = new ArrayList<>();
  private final List<Entry> changes = new ArrayList<>();

  HpaReference(int min, int max, int target, Direction up, Direction down) {
    this.min = min;
    this.max = max;
    this.target = target;
    this.up = up;
    this.down = down;
  }

  /** Returns the number for now, and remembers it as done. */
  long decide(long millis, long current, List<Pod> pods) {
    if (recommendations.isEmpty()) {
      recommendations.add(new Entry(millis, current));
    }
    long raw = metric(current, pods);
    long atMost = raw;
    long atLeast = raw;
    for (Entry entry : recommendations) {
      if (millis - entry.millis() < 1000L * up.windowSeconds()) {
        atMost = Math.min(atMost, entry.value());
      }
      if (millis - entry.millis() < 1000L * down.windowSeconds()) {
        atLeast = Math.max(atLeast, entry.value());
      }
    }
    recommendations.add(new Entry(millis, raw));
    long stabilized = current;
    stabilized = stabilized < atMost ? atMost : stabilized;
    stabilized = stabilized > atLeast ? atLeast : stabilized;
    long limited = stabilized;
    if (stabilized > current) {
      limited = Math.min(stabilized, limit(up, millis, current, 1));
    } else if (stabilized < current) {
      limited = Math.max(stabilized, limit(down, millis, current, -1));
    }
    long result = Math.max(min, Math.min(max, limited));
    if (result != current) {
      changes.add(new Entry(millis, result - current));
    }
    return result;
  }

  private long limit(Direction direction, long millis, long current, int sign) {
    @Nullable Long chosen = null;
    for (Policy policy : direction.policies()) {
      long start = current;
      for (Entry change : changes) {
        start -= millis - change.millis() < 1000L * policy.seconds() ? change.value() : 0;
      }
      long allowed = start + sign * (long) policy.amount();
      if (policy.percent()) {
        // Percentages are computed in floating point there, so they are here.
        double exact = start * (1 + sign * policy.amount() / 100.0);
        allowed = sign > 0 ? (long) Math.ceil(exact) : (long) exact;
      }
      boolean further = chosen != null && (sign > 0) == (allowed > chosen);
      chosen = chosen == null || further != direction.smallest() ? (Long) allowed : chosen;
    }
    long result = chosen == null ? current : chosen;
    return sign > 0 ? Math.max(current, result) : Math.max(0, Math.min(current, result));
  }

  private long metric(long current, List<Pod> pods) {
    List<Pod> counted = new ArrayList<>();
    boolean missing = false;
    boolean starting = false;
    for (Pod pod : pods) {
      if (pod.kind() == Kind.MEASURED) {
        counted.add(pod);
      }
      missing |= pod.kind() == Kind.MISSING;
      starting |= pod.kind() == Kind.STARTING;
    }
    long first = percent(counted);
    if (!missing && !(first > target && starting)) {
      return near(first) ? current : up(first * counted.size());
    }
    List<Pod> filled = new ArrayList<>(counted);
    for (Pod pod : pods) {
      boolean idle = pod.kind() == Kind.STARTING || first > target;
      if (pod.kind() == Kind.MISSING && first != target) {
        long worst = Math.max(100, target) * pod.request();
        filled.add(new Pod(Kind.MEASURED, idle ? 0 : worst / 100, pod.request()));
      } else if (pod.kind() == Kind.STARTING && first > target) {
        filled.add(new Pod(Kind.MEASURED, 0, pod.request()));
      }
    }
    long second = percent(filled);
    boolean turned = (first > target && second < target) || (first < target && second > target);
    if (near(second) || turned) {
      return current;
    }
    long replicas = up(second * filled.size());
    boolean wrong =
        (second < target && replicas > current) || (second > target && replicas < current);
    return wrong ? current : replicas;
  }

  private static long percent(List<Pod> pods) {
    long usage = 0;
    long request = 0;
    for (Pod pod : pods) {
      usage += pod.usage();
      request += pod.request();
    }
    return 100 * usage / request;
  }

  private boolean near(long percent) {
    return 100 * percent >= (100 - down.tolerancePercent()) * target
        && 100 * percent <= (100 + up.tolerancePercent()) * target;
  }

  private long up(long dividend) {
    return (dividend + target - 1) / target;
  }
}
