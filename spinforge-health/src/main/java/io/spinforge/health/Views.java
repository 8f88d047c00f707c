package io.spinforge.health;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Sorts targets into a view and decides which are effective. */
final class Views {
  private Views() {}

  static <T> HealthView<T> empty() {
    return new HealthView<>(
        List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), false, 0);
  }

  /**
   * Returns the view of the slots. Its effective list is the same object as the previous view's if
   * it holds the same objects: who compares by identity sees whether it has changed.
   */
  static <T> HealthView<T> of(
      Collection<Slot<T>> slots, double panicBelow, int localHealth, HealthView<T> previous) {
    List<T> healthy = new ArrayList<>(slots.size());
    List<T> degraded = new ArrayList<>();
    List<T> unhealthy = new ArrayList<>();
    List<T> unknown = new ArrayList<>();
    List<T> drained = new ArrayList<>();
    List<T> suspended = new ArrayList<>();
    for (Slot<T> slot : slots) {
      List<T> list =
          slot.drained
              ? drained
              : switch (slot.standing.status()) {
                case HEALTHY -> healthy;
                case DEGRADED -> degraded;
                case UNHEALTHY -> unhealthy;
                case UNKNOWN -> unknown;
              };
      list.add(slot.value);
      if (slot.suspended) {
        suspended.add(slot.value);
      }
    }
    int fit = healthy.size() + degraded.size();
    int candidates = fit + unhealthy.size() + unknown.size();
    boolean enough = enough(fit, candidates, panicBelow);
    boolean panic = !enough && !enough(fit + unknown.size(), candidates, panicBelow);
    List<T> effective = new ArrayList<>(candidates);
    for (Slot<T> slot : slots) {
      if (!slot.drained && offered(slot.standing.status(), enough, panic)) {
        effective.add(slot.value);
      }
    }
    return new HealthView<>(
        same(effective, previous.effective()) ? previous.effective() : effective,
        healthy,
        degraded,
        unhealthy,
        unknown,
        drained,
        suspended,
        panic && !unhealthy.isEmpty(),
        localHealth);
  }

  private static boolean enough(int usable, int candidates, double panicBelow) {
    return usable > 0 && usable >= panicBelow * candidates;
  }

  private static boolean offered(Status status, boolean enough, boolean panic) {
    return switch (status) {
      case HEALTHY, DEGRADED -> true;
      case UNKNOWN -> !enough;
      case UNHEALTHY -> panic;
    };
  }

  @SuppressWarnings("ReferenceEquality") // a new value may be equal to the old one
  private static <T> boolean same(List<T> a, List<T> b) {
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (a.get(i) != b.get(i)) {
        return false;
      }
    }
    return true;
  }
}
