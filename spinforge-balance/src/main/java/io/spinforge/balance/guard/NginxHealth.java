package io.spinforge.balance.guard;

/**
 * nginx's {@code max_fails} and {@code fail_timeout}, by its own bookkeeping of three values a
 * peer: a count of fails, the time {@code accessed} of the last failure, and the time {@code
 * checked} of the last failure or later check.
 *
 * <ul>
 *   <li>A failure adds one and sets both times.
 *   <li>A member is left out while it has {@code max_fails} and no more than {@code fail_timeout}
 *       has passed since it was checked.
 *   <li>Choosing a member whose check is longer ago counts as a new check. For an ejected member
 *       that closes it again behind the request that was let in: one try per {@code fail_timeout}.
 *   <li>A success clears the count only if a check came after the last failure.
 * </ul>
 *
 * <p>So the count is no sliding window: failures further apart than {@code fail_timeout} never add
 * up once a success came between them, while failures closer together do, whatever succeeds in
 * between.
 */
public final class NginxHealth extends Health {
  private final int maxFails;
  private final long failTimeout;

  private volatile int fails;

  private long accessed;
  private long checked;

  /** Creates it with nothing held against the member. */
  public NginxHealth(int maxFails, long failTimeoutNanos) {
    this.maxFails = maxFails;
    this.failTimeout = failTimeoutNanos;
  }

  @Override
  public boolean suspect() {
    return fails > 0;
  }

  @Override
  public boolean ejected() {
    return fails >= maxFails;
  }

  @Override
  boolean isEligible(long now) {
    return fails < maxFails || now - checked > failTimeout;
  }

  @Override
  long dueAt() {
    return checked + failTimeout + 1;
  }

  @Override
  Admission admit(long now) {
    boolean due = now - checked > failTimeout;
    if (fails >= maxFails && !due) {
      return Admission.CLOSED;
    }
    if (due) {
      checked = now;
    }
    return fails >= maxFails ? Admission.TRIAL : Admission.OPEN;
  }

  @Override
  void account(boolean failed, long now) {
    int before = fails;
    if (failed) {
      fails = Math.min(before, Integer.MAX_VALUE - 1) + 1;
      accessed = now;
      checked = now;
    } else if (before > 0 && accessed - checked < 0) {
      fails = 0;
    }
  }
}
