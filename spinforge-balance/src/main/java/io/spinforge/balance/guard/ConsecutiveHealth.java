package io.spinforge.balance.guard;

import java.util.function.BooleanSupplier;

/**
 * Ejects after a number of failures in a row, for a base time multiplied by the number of ejections
 * so far, as Envoy's consecutive detector does. When the time is over one request is let in as a
 * trial: its success takes the member back, its failure ejects it for longer. Each base time spent
 * in good health forgives one ejection.
 */
public final class ConsecutiveHealth extends Health {
  private static final int MAX_MULTIPLIER = 10;

  private final int limit;
  private final long base;
  private final BooleanSupplier room;

  private volatile int row;

  private volatile boolean ejected;
  private boolean onTrial;
  private int ejections;
  private long until;
  private long returned;

  /** Creates it with nothing held against the member. */
  public ConsecutiveHealth(int limit, long baseNanos) {
    this(limit, baseNanos, () -> true);
  }

  ConsecutiveHealth(int limit, long baseNanos, BooleanSupplier room) {
    this.limit = limit;
    this.base = baseNanos;
    this.room = room;
  }

  @Override
  public boolean suspect() {
    return row > 0;
  }

  @Override
  public boolean ejected() {
    return ejected;
  }

  @Override
  boolean isEligible(long now) {
    return !ejected || now - until >= 0;
  }

  @Override
  long dueAt() {
    return until;
  }

  @Override
  Admission admit(long now) {
    if (!ejected) {
      return Admission.OPEN;
    }
    if (now - until < 0) {
      return Admission.CLOSED;
    }
    // Should the trial never end, the next one is let in a base time later.
    until = now + base;
    onTrial = true;
    return Admission.TRIAL;
  }

  @Override
  void account(boolean failed, long now) {
    if (ejected && !onTrial) {
      return; // began before the ejection, says nothing about now
    }
    if (!failed) {
      returned = ejected ? now : returned;
      row = 0;
      ejected = false;
      onTrial = false;
      return;
    }
    if (!ejected) {
      int failures = Math.min(row, limit) + 1;
      row = failures;
      if (failures < limit || !room.getAsBoolean()) {
        return;
      }
      ejections -= (int) Math.min(ejections, Math.max(0, (now - returned) / base));
    }
    ejected = true;
    onTrial = false;
    ejections = Math.min(ejections + 1, MAX_MULTIPLIER);
    until = now + base * ejections;
  }
}
