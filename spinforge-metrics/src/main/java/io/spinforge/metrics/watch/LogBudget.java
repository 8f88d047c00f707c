package io.spinforge.metrics.watch;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Limits log lines: so many within each period, and a count of those that were left out. Without it
 * a service that is slow everywhere would be slower still for telling so. Thread-safe.
 */
public final class LogBudget {
  private final int lines;
  private final long periodNanos;
  private final LongSupplier ticker;

  /** Guards everything below; held for a few instructions. */
  private final ReentrantLock lock = new ReentrantLock();

  private long periodStart;
  private int used;
  private long leftOut;

  /**
   * Creates a budget.
   *
   * @param lines allowed within a period
   * @param ticker nanoseconds
   */
  public LogBudget(int lines, Duration period, LongSupplier ticker) {
    this.lines = lines;
    this.periodNanos = period.toNanos();
    this.ticker = ticker;
    this.periodStart = ticker.getAsLong();
  }

  /**
   * Asks for a line.
   *
   * @return how many lines were left out since the last that was allowed, or -1 if this is one more
   */
  public long take() {
    lock.lock();
    try {
      long now = ticker.getAsLong();
      if (now - periodStart >= periodNanos) {
        periodStart = now;
        used = 0;
      }
      if (used == lines) {
        leftOut++;
        return -1;
      }
      used++;
      long before = leftOut;
      leftOut = 0;
      return before;
    } finally {
      lock.unlock();
    }
  }
}
