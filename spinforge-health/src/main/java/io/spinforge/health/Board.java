package io.spinforge.health;

import io.spinforge.health.probe.ProbeResult;
import io.spinforge.health.probe.Verdict;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** What is told of the targets: their view, and each change of status. Not thread-safe. */
final class Board<T> {
  private final Rules rules;
  private final Damping damping;
  private final List<Transition<T>> transitions = new ArrayList<>();
  private HealthView<T> view = Views.empty();
  private boolean changed;
  private long publishedAt;

  Board(Rules rules, long longAgo) {
    this.rules = rules;
    this.damping = new Damping(rules.firstHold().toNanos(), rules.longestHold().toNanos());
    this.publishedAt = longAgo;
  }

  HealthView<T> view() {
    return view;
  }

  /** Returns the transitions since the last call. */
  List<Transition<T>> takeTransitions() {
    if (transitions.isEmpty()) {
      return List.of();
    }
    List<Transition<T>> taken = List.copyOf(transitions);
    transitions.clear();
    return taken;
  }

  /** The view is not true any more. */
  void changed() {
    changed = true;
  }

  boolean stale() {
    return changed;
  }

  /** Returns when a stale view may be replaced: building one is O(n). */
  long due(int targets) {
    return publishedAt + targets * 1_000L;
  }

  void publish(Collection<Slot<T>> slots, int localHealth, long now) {
    changed = false;
    publishedAt = now;
    view = Views.of(slots, rules.panicBelow(), localHealth, view);
  }

  /**
   * Takes a result into account and returns how many passed probes in a row make the target fit:
   * more than there can be, if it has not passed them for as long as it was told to.
   */
  int rise(Slot<T> slot, ProbeResult result, long now) {
    boolean conclusive = result.verdict() != Verdict.INCONCLUSIVE;
    if (result.failure() != null) {
      slot.passingSince = 0;
    } else if (conclusive && slot.holdNanos > 0 && slot.passingSince == 0) {
      // 0 means none.
      slot.passingSince = now == 0 ? 1 : now;
    }
    return slot.held(now) ? Integer.MAX_VALUE : rules.rise();
  }

  /** The status of a target is another one. */
  void flip(Slot<T> slot, Standing before, ProbeResult result, long now) {
    changed = true;
    if (slot.standing.fit() != before.fit()) {
      damp(slot, before.fit(), now);
    }
    String reason = result.detail();
    if (result.verdict() == Verdict.FAILED && before.failures() > 0) {
      reason += " (" + (before.failures() + 1) + " failures in a row)";
    }
    if (slot.holdNanos > 0) {
      reason += " (flapping: must pass for " + slot.holdNanos / 1_000_000_000.0 + " s)";
    }
    transitions.add(
        new Transition<>(
            slot.value,
            before.status(),
            slot.standing.status(),
            result.failure(),
            reason.isEmpty() ? "passed" : reason,
            rules.clock().instant()));
  }

  private void damp(Slot<T> slot, boolean fell, long now) {
    if (fell) {
      slot.falls = damping.falls(slot.falls, now - slot.fitSince);
      slot.holdNanos = damping.hold(slot.falls);
    } else if (slot.standing.fit()) {
      slot.fitSince = now;
      slot.holdNanos = 0;
    }
    slot.passingSince = 0;
  }
}
