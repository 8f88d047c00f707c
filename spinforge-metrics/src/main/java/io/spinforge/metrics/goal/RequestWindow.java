package io.spinforge.metrics.goal;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;

/**
 * Counts requests by latency over a sliding window.
 *
 * <p>Counters only ever grow. Time is cut into slots, a thirtieth of the window each; the first
 * request (or look) of a slot photographs the counters, and what happened within the window is the
 * difference between the counters now and the photograph at the slot the window begins with. So the
 * window reaches back between 29 and 30 slots, a request is counted with one atomic addition, and
 * no count is lost when a slot ends. A request that races with the end of a slot counts in one of
 * the two slots.
 *
 * <p>Counters stand for latencies of the same first three decimal digits, from 10 microseconds to
 * 1,000 seconds (see {@link Latencies}). A goal with a threshold of at most three digits is
 * therefore judged exactly, not to within the resolution.
 */
public final class RequestWindow implements RequestSink {
  static final int SLOTS = 30;

  private final long origin;
  private final long slotNanos;
  private final LongConsumer onSlot;
  private final AtomicLongArray counts = new AtomicLongArray(Latencies.CELLS);
  private final LongAdder errors = new LongAdder();

  /** Guards {@link #photographs} and {@link #slot}'s writes. */
  private final ReentrantLock lock = new ReentrantLock();

  private final ArrayDeque<Photograph> photographs = new ArrayDeque<>(SLOTS + 1);

  /** The slot last photographed; volatile so that a request sees the end of a slot without lock. */
  private volatile long slot;

  /** The counters as they were when a slot began; filled again when it has left the window. */
  private static final class Photograph {
    long slot;
    long errors;
    final long[] counts = new long[Latencies.CELLS];
  }

  /**
   * Creates an empty window.
   *
   * @param now the time, in nanoseconds
   * @param windowNanos the window's length, at least 30
   * @param onSlot is told the time when a slot begins, at the latest with its first request
   */
  public RequestWindow(long now, long windowNanos, LongConsumer onSlot) {
    this.origin = now;
    this.slotNanos = windowNanos / SLOTS;
    this.onSlot = onSlot;
    photographs.add(new Photograph());
  }

  /** Counts a request that took {@code nanos}; no allocation once the window has filled. */
  @Override
  public void record(long now, long nanos, boolean error) {
    if (slotOf(now) > slot) {
      turnTo(now);
    }
    counts.getAndIncrement(Latencies.cell(nanos));
    if (error) {
      errors.increment();
    }
  }

  /** Returns the requests of the window that ends now. */
  public Requests look(long now) {
    lock.lock();
    try {
      turn(now);
      Photograph first = photographs.getFirst();
      // Errors first: a request is counted before its error, so errors never exceed requests.
      long failed = errors.sum() - first.errors;
      long total = 0;
      long[] within = new long[Latencies.CELLS];
      for (int i = 0; i < within.length; i++) {
        within[i] = counts.get(i) - first.counts[i];
        total += within[i];
      }
      long from = origin + Math.max(0, slot - SLOTS + 1) * slotNanos;
      return new Requests(within, total, failed, Math.max(0, now - from));
    } finally {
      lock.unlock();
    }
  }

  private void turnTo(long now) {
    // Whoever comes second finds it done or being done.
    if (lock.tryLock()) {
      try {
        turn(now);
      } finally {
        lock.unlock();
      }
    }
  }

  private void turn(long now) {
    long current = slotOf(now);
    if (current <= slot) {
      return;
    }
    // No request came between the last photograph and this slot, so one stands for all of them.
    Photograph next = null;
    while (!photographs.isEmpty() && photographs.getFirst().slot < current - SLOTS + 1) {
      next = photographs.removeFirst();
    }
    photographs.addLast(fill(next == null ? new Photograph() : next, current));
    slot = current;
    onSlot.accept(now);
  }

  private Photograph fill(Photograph photograph, long current) {
    photograph.slot = current;
    photograph.errors = errors.sum();
    for (int i = 0; i < photograph.counts.length; i++) {
      photograph.counts[i] = counts.get(i);
    }
    return photograph;
  }

  private long slotOf(long now) {
    return (now - origin) / slotNanos;
  }
}
