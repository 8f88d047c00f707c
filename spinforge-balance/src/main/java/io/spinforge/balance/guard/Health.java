package io.spinforge.balance.guard;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * What one outlier rule holds against one member. Thread-safe: the books are kept under a lock of
 * the member's own, which is held for a few instructions and asked for by failures, by requests of
 * members that failed, and by those who publish views. Times are of one monotonic clock, in
 * nanoseconds.
 */
public abstract class Health {
  /** Answers to "may this member, which was just chosen, be used?". */
  public enum Admission {
    /** Yes. */
    OPEN,
    /** Yes, as the single trial of an ejected member: nobody else may have it meanwhile. */
    TRIAL,
    /** No: somebody else has the trial. */
    CLOSED
  }

  /** Guards all fields of a rule; those that are volatile are read without it, as hints. */
  private final ReentrantLock lock = new ReentrantLock();

  Health() {}

  /** Tells whether anything at all is held against the member; one volatile read. */
  public abstract boolean suspect();

  /** Tells whether the member is ejected, be it on trial or not; one volatile read. */
  public abstract boolean ejected();

  /** Tells whether the member may be chosen at this time. */
  public final boolean eligible(long now) {
    lock.lock();
    try {
      return isEligible(now);
    } finally {
      lock.unlock();
    }
  }

  /** Returns when an ejected member becomes eligible again, unless failures put that off. */
  public final long eligibleAt() {
    lock.lock();
    try {
      return dueAt();
    } finally {
      lock.unlock();
    }
  }

  /** Notes that a suspect member was chosen. */
  public final Admission chosen(long now) {
    lock.lock();
    try {
      return admit(now);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Accounts the end of a request.
   *
   * @return whether to look again at who may be chosen: {@link #ejected()} or {@link #eligible}
   *     changed, or more is due
   */
  public final boolean ended(boolean failed, long now) {
    lock.lock();
    try {
      boolean before = ejected();
      boolean open = isEligible(now);
      account(failed, now);
      return before != ejected() || open != isEligible(now) || (failed && sweepDue(now));
    } finally {
      lock.unlock();
    }
  }

  /** Tells where to read how many requests succeeded and failed; for rules that ask. */
  public void watch(LongSupplier successes, LongSupplier failures) {}

  /** Tells whether the rule wants to look at all members. */
  boolean sweepDue(long now) {
    return false;
  }

  abstract boolean isEligible(long now);

  abstract long dueAt();

  abstract Admission admit(long now);

  abstract void account(boolean failed, long now);
}
