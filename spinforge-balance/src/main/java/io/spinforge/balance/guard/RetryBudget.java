package io.spinforge.balance.guard;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Finagle's retry budget: every request of the last ten seconds earns a fraction of an extra
 * attempt, and a minimum rate is granted on top, so that a quiet service can retry too. When
 * everything fails, load grows by that fraction and no further. Lock-free; each of ten slices of a
 * second is taken back when its time is over.
 */
public final class RetryBudget {
  private static final int SLICES = 10;
  private static final long SLICE_NANOS = 1_000_000_000L;
  private static final long PRICE = 1_000; // of one extra attempt: deposits are thousandths

  private final long deposit;
  private final long reserve;
  private final long origin;

  /** Deposits less withdrawals of each slice; what it holds is always part of the balance. */
  private final AtomicLongArray slices = new AtomicLongArray(SLICES);

  private final AtomicLong balance = new AtomicLong();

  /** The newest slice, counted from the origin; moved on by whoever comes first. */
  private final AtomicLong newest = new AtomicLong();

  /** Creates a full reserve and no deposits. */
  public RetryBudget(double ratio, int minPerSecond, long now) {
    deposit = Math.round(ratio * PRICE);
    reserve = PRICE * minPerSecond * SLICES;
    origin = now;
  }

  /** Counts a request, not an extra attempt. */
  public void deposit(long now) {
    int slice = advance(now);
    slices.getAndAdd(slice, deposit);
    balance.getAndAdd(deposit);
  }

  /** Pays for one extra attempt; false, and nothing is paid, if the budget is exhausted. */
  public boolean tryWithdraw(long now) {
    int slice = advance(now);
    long seen;
    do {
      seen = balance.get();
      if (seen + reserve < PRICE) {
        return false;
      }
    } while (!balance.compareAndSet(seen, seen - PRICE));
    slices.getAndAdd(slice, -PRICE);
    return true;
  }

  /** Returns how many extra attempts could be paid for at this time. */
  public long available(long now) {
    advance(now);
    return Math.max(0, (balance.get() + reserve) / PRICE);
  }

  private int advance(long now) {
    long current = Math.max(0, (now - origin) / SLICE_NANOS);
    long seen = newest.get();
    while (seen < current && !newest.compareAndSet(seen, current)) {
      seen = newest.get();
    }
    for (long i = Math.max(seen, current - SLICES); i < current; i++) {
      balance.getAndAdd(-slices.getAndSet((int) ((i + 1) % SLICES), 0));
    }
    return (int) (Math.max(seen, current) % SLICES);
  }
}
