package io.spinforge.balance.guard;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Members that each have their failures in a row counted, of which at most a part, or one, may be
 * ejected at a time. A member that would be one too many stays, and its next failure asks again.
 */
public final class ConsecutiveDetector extends Detector {
  private final int limit;
  private final long base;
  private final double maxEjected;

  /**
   * How many more may be ejected. Taken by a member under its own lock, together with its ejection,
   * and set by sweeps alone, so a sweep that finds it as it was has missed no ejection.
   */
  private final AtomicInteger room = new AtomicInteger(1);

  /** Creates it for this many failures, a base time, and the part that may be ejected. */
  public ConsecutiveDetector(int limit, long baseNanos, double maxEjected) {
    this.limit = limit;
    this.base = baseNanos;
    this.maxEjected = maxEjected;
  }

  @Override
  public Health newHealth(Object value) {
    return new ConsecutiveHealth(limit, base, this::takeRoom);
  }

  private boolean takeRoom() {
    return room.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
  }

  @Override
  public void sweep(List<Health> healths, long now) {
    int allowed = allowed(maxEjected, healths.size());
    int seen;
    int left;
    do {
      seen = room.get();
      left = allowed;
      for (Health health : healths) {
        left -= health.settled() ? 1 : 0;
      }
    } while (!room.compareAndSet(seen, Math.max(0, left)));
  }
}
