package io.spinforge.metrics.goal;

import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Mean CPU usage over a sliding window: the growth of the process's CPU time between two readings,
 * the one taken now and the newest that is at least a window old, or the first there is.
 */
public final class CpuWindow {
  private static final long SHORTEST_NANOS = 1_000_000_000L;

  private final Resources resources;
  private final long windowNanos;

  /** Guards {@link #readings}. */
  private final ReentrantLock lock = new ReentrantLock();

  private final ArrayDeque<Reading> readings = new ArrayDeque<>();

  private record Reading(long at, double cpuNanos) {}

  /** Creates a window that begins now. */
  public CpuWindow(Resources resources, long now, long windowNanos) {
    this.resources = resources;
    this.windowNanos = windowNanos;
    read(now);
  }

  /** Takes a reading to be kept; to be called once a slot, with times that do not fall. */
  public void read(long now) {
    Reading reading = new Reading(now, resources.cpuNanos());
    lock.lock();
    try {
      readings.addLast(reading);
      Reading first = readings.removeFirst();
      while (!readings.isEmpty() && readings.getFirst().at <= now - windowNanos) {
        first = readings.removeFirst();
      }
      readings.addFirst(first);
    } finally {
      lock.unlock();
    }
  }

  /** Returns the usage, 0 to 1, since the window began; NaN if that is less than a second ago. */
  public double usage(long now) {
    Reading first;
    lock.lock();
    try {
      first = readings.getFirst();
    } finally {
      lock.unlock();
    }
    long elapsed = now - first.at;
    return elapsed < SHORTEST_NANOS
        ? Double.NaN
        : (resources.cpuNanos() - first.cpuNanos) / elapsed / resources.cpus();
  }

  /** Returns the number of readings that the usage is made of. */
  public int readings() {
    lock.lock();
    try {
      return readings.size() + 1;
    } finally {
      lock.unlock();
    }
  }
}
