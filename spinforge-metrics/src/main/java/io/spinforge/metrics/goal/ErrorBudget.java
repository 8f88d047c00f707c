package io.spinforge.metrics.goal;

import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts requests, and those that spend a budget, over eight windows up to thirty days.
 *
 * <p>Counters only ever grow. Four rings hold what they were when each slot of 1 s, 30 s, 5 min and
 * 1 h began; a window is the difference between the counters now and at the slot it begins with. So
 * a window of n slots reaches back between n - 1 and n of them, every sum is exact for that span,
 * and the memory is fixed: 47 KB for requests and as much for each objective. A request costs one
 * atomic addition, and one more for each budget it spends; one that races with the end of a slot
 * counts in one of the two. What happened before a restart is not known.
 */
public final class ErrorBudget implements RequestSink {
  /** The threshold of an objective that is spent by errors, not by slowness. */
  public static final long ERRORS = -1;

  private static final long SECOND = 1_000_000_000;

  private final long origin;

  /** For each objective from which latency on a request spends it. */
  private final long[] slowFrom;

  private final LongAdder total = new LongAdder();
  private final LongAdder[] spent;

  /** Guards {@link #rings} and writes of {@link #second}. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Ring[] rings;

  /** The second last turned to; volatile so that a request sees its end without the lock. */
  private volatile long second;

  /** Counters as they were when slots began: requests first, then each objective. */
  private static final class Ring {
    final int slotSeconds;
    final long[][] counts;
    long slot;

    Ring(int slotSeconds, int slots, int counters) {
      this.slotSeconds = slotSeconds;
      this.counts = new long[counters][slots];
    }

    void turn(long second, long[] now) {
      long current = second / slotSeconds;
      int slots = counts[0].length;
      // Nothing was counted in the slots between, so all of them began with what there is now.
      for (long at = Math.max(slot + 1, current - slots + 1); at <= current; at++) {
        for (int i = 0; i < now.length; i++) {
          counts[i][(int) (at % slots)] = now[i];
        }
      }
      slot = current;
    }

    long at(int counter, int slotsBack) {
      long first = Math.max(0, slot - slotsBack + 1);
      return counts[counter][(int) (first % counts[counter].length)];
    }
  }

  /**
   * Creates an empty budget.
   *
   * @param now the time, in nanoseconds
   * @param slowFrom for each objective the least latency that spends it, or {@link #ERRORS}
   */
  public ErrorBudget(long now, long... slowFrom) {
    this.origin = now;
    this.slowFrom = slowFrom.clone();
    this.spent = new LongAdder[slowFrom.length];
    Arrays.setAll(spent, i -> new LongAdder());
    this.rings = new Ring[BurnWindow.SLOTS.length];
    Arrays.setAll(
        rings, i -> new Ring(BurnWindow.SLOT_SECONDS[i], BurnWindow.SLOTS[i], 1 + slowFrom.length));
  }

  @Override
  public void record(long now, long nanos, boolean error) {
    if ((now - origin) / SECOND > second && lock.tryLock()) {
      try {
        turn(now);
      } finally {
        lock.unlock();
      }
    }
    total.increment();
    for (int i = 0; i < slowFrom.length; i++) {
      if (slowFrom[i] == ERRORS ? error : nanos >= slowFrom[i]) {
        spent[i].increment();
      }
    }
  }

  /** Returns the counts of every window that ends now. */
  public Spending look(long now) {
    lock.lock();
    try {
      turn(now);
      long[] counters = counters();
      BurnWindow[] windows = BurnWindow.values();
      long[][] counts = new long[counters.length][windows.length];
      for (BurnWindow window : windows) {
        for (int i = 0; i < counters.length; i++) {
          counts[i][window.column] = counters[i] - rings[window.ring].at(i, window.slots());
        }
      }
      return new Spending(counts);
    } finally {
      lock.unlock();
    }
  }

  private void turn(long now) {
    long current = (now - origin) / SECOND;
    if (current > second) {
      long[] counters = counters();
      for (Ring ring : rings) {
        ring.turn(current, counters);
      }
      second = current;
    }
  }

  /** What is spent is read first: a request counts before it spends, so no share exceeds one. */
  private long[] counters() {
    long[] now = new long[1 + spent.length];
    for (int i = 0; i < spent.length; i++) {
      now[1 + i] = spent[i].sum();
    }
    now[0] = total.sum();
    return now;
  }
}
