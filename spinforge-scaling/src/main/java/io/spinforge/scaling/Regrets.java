package io.spinforge.scaling;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How much less has to be needed before instances are removed, learned from removals that were
 * taken back.
 *
 * <p>A removal that growth takes back within the break-even time has cost a startup and saved
 * nothing. It happens where the bound on demand moves by more within that time than it is below the
 * number that was left, and by how much bounds move differs from load to load. So the margin is not
 * stated but follows what happens, as the certainty of forecasts does (adaptive conformal
 * inference, I. Gibbs and E. Candès, 2021): each removal that is taken back raises it, each that
 * lasts lowers it a little, so that in the long run three in a thousand are taken back whatever the
 * demand does, unless the margin is at its end. Its unit is the headroom above the forecast. Not
 * thread-safe.
 */
final class Regrets {
  /** Share of removals that may be taken back. */
  private static final double ALLOWED = 0.003;

  /** How far one removal moves the margin. */
  private static final double PACE = 0.1;

  private static final double FIRST = 0.5;
  private static final double MOST = 3;

  private final long window;
  private final Deque<Removal> open = new ArrayDeque<>();
  private double margin;
  private int desired = -1;
  private long before;
  private boolean recalled;

  private record Removal(long at, int from) {}

  /**
   * Makes one that knows nothing.
   *
   * @param window within which growth to the number of before takes a removal back; 0 for none,
   *     which leaves the margin at 0
   */
  Regrets(Duration window) {
    this.window = window.toNanos();
    margin = window.isZero() ? 0 : FIRST;
  }

  /** Takes the number that a tick saw; {@code now} is on an axis of nanoseconds. */
  void see(long now, int desired) {
    // What this tick sees was decided in the tick before.
    while (!open.isEmpty() && before - open.getFirst().at() >= window) {
      open.removeFirst();
      margin = Math.max(0, margin - PACE * ALLOWED);
    }
    if (desired < this.desired) {
      open.addLast(new Removal(before, this.desired));
    } else if (desired > this.desired) {
      takeBack(desired);
    }
    this.desired = desired;
    before = now;
  }

  private void takeBack(int desired) {
    int removals = open.size();
    while (!open.isEmpty() && open.getLast().from() <= desired) {
      open.removeLast();
    }
    if (open.size() < removals) {
      margin = Math.min(MOST, margin + PACE * (1 - ALLOWED));
    }
  }

  /** Tells whether growth in this tick would come within the window of a removal. */
  boolean fresh() {
    return !open.isEmpty() && before - open.getLast().at() < window;
  }

  /** Puts the margin of before in front of what was learned since; the first time only. */
  void recall(double margin) {
    if (!recalled && window > 0 && margin >= 0) {
      recalled = true;
      this.margin = Math.max(0, Math.min(MOST, margin + this.margin - FIRST));
    }
  }

  /** Returns the margin in headrooms, 0 to 3. */
  double margin() {
    return margin;
  }
}
