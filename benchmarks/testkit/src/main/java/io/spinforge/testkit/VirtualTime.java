package io.spinforge.testkit;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * One thread and one clock for code that is driven by a scheduler: everything runs on the caller's
 * thread, and what is planned runs when time is told to pass, in the order of its times and, at one
 * time, of its planning. Not thread-safe.
 */
public final class VirtualTime {
  private final ArrayDeque<Runnable> ready = new ArrayDeque<>();
  private final PriorityQueue<Task> timed =
      new PriorityQueue<>(
          Comparator.comparingLong((Task task) -> task.at).thenComparingLong(task -> task.number));
  private long now;
  private long numbers;
  private boolean running;

  private record Task(long at, long number, Runnable body) {}

  /** Runs a task at once, or after the running one if it is called by that. */
  public void run(Runnable task) {
    ready.add(task);
    if (!running) {
      running = true;
      try {
        for (Runnable next = ready.poll(); next != null; next = ready.poll()) {
          next.run();
        }
      } finally {
        running = false;
      }
    }
  }

  /**
   * Plans a task.
   *
   * @param nanos the delay; less than 0 is 0
   * @return cancels the task; no effect if it has begun
   */
  public Runnable after(long nanos, Runnable body) {
    Task task = new Task(now + Math.max(0, nanos), numbers++, body);
    timed.add(task);
    return () -> timed.remove(task);
  }

  /** Lets time pass, and what falls into it run. */
  public void advance(Duration by) {
    long end = now + by.toNanos();
    while (!timed.isEmpty() && timed.peek().at <= end) {
      Task task = timed.remove();
      now = Math.max(now, task.at);
      run(task.body);
    }
    now = end;
  }

  /** Drops all that is planned. */
  public void clear() {
    timed.clear();
  }

  /** Returns the nanoseconds that have passed. */
  public long nanos() {
    return now;
  }

  /** Returns whether a task runs. */
  public boolean isRunning() {
    return running;
  }
}
