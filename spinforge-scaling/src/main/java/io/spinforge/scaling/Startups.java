package io.spinforge.scaling;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.LongConsumer;

/** Measures how long starts take. Not thread-safe. */
final class Startups {
  private static final int KEPT = 50;
  private static final long LONGEST = Duration.ofHours(2).toNanos();

  private final StartupTime rule;
  private final Deque<Asked> asked = new ArrayDeque<>();
  private final long[] took = new long[KEPT];
  private int count;
  private int desired = -1;
  private long before;
  private long percentile;
  private boolean recalled;

  private record Asked(long at, int goal) {}

  Startups(StartupTime rule) {
    this.rule = rule;
    percentile = rule.first.toNanos();
  }

  /**
   * Takes what a tick saw; {@code now} is on an axis of nanoseconds.
   *
   * @param ended is told how many nanoseconds a start took that has ended
   */
  void see(long now, ScaleTarget.State state, LongConsumer ended) {
    if (!rule.measured) {
      return;
    }
    if (desired >= 0 && state.desired() > desired) {
      asked.addLast(new Asked(before, state.desired())); // asked for in the tick before
    }
    desired = state.desired();
    before = now;
    while (!asked.isEmpty() && asked.getLast().goal() > desired) {
      asked.removeLast(); // taken back
    }
    while (!asked.isEmpty() && asked.getFirst().goal() <= state.ready()) {
      long nanos = Math.max(1, Math.min(LONGEST, now - asked.removeFirst().at()));
      add(nanos);
      ended.accept(nanos);
    }
  }

  /** Puts starts of before, oldest first, in front of those measured since; the first time only. */
  void recall(List<Duration> before) {
    if (!rule.measured || recalled) {
      return;
    }
    recalled = true;
    int kept = Math.min(count, KEPT);
    long[] since = new long[kept];
    for (int i = 0; i < kept; i++) {
      since[i] = took[(count - kept + i) % KEPT];
    }
    for (Duration start : before) {
      add(Math.max(1, Math.min(LONGEST, start.toNanos())));
    }
    for (long nanos : since) {
      add(nanos);
    }
  }

  private void add(long nanos) {
    took[count++ % KEPT] = nanos;
    int n = Math.min(count, KEPT);
    long[] sorted = Arrays.copyOf(took, n);
    Arrays.sort(sorted);
    percentile = sorted[(int) Math.ceil(0.95 * n) - 1];
  }

  /** Returns the 95th percentile of the last starts. */
  Duration percentile() {
    return Duration.ofNanos(percentile);
  }
}
