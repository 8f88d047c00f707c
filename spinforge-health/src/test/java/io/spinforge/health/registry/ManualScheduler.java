package io.spinforge.health.registry;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Runs everything on the caller's thread, and time only when it is told to. */
final class ManualScheduler implements Scheduler {
  private final ArrayDeque<Runnable> ready = new ArrayDeque<>();
  private final PriorityQueue<Task> timed =
      new PriorityQueue<>(
          Comparator.comparingLong((Task task) -> task.at).thenComparingLong(task -> task.number));
  private long now;
  private long numbers;
  private boolean draining;

  private static final class Task {
    final long at;
    final long number;
    final Runnable body;
    boolean cancelled;

    Task(long at, long number, Runnable body) {
      this.at = at;
      this.number = number;
      this.body = body;
    }
  }

  @Override
  public void execute(Runnable task) {
    ready.add(task);
    drain();
  }

  private void drain() {
    if (!draining) {
      draining = true;
      try {
        for (Runnable next = ready.poll(); next != null; next = ready.poll()) {
          next.run();
        }
      } finally {
        draining = false;
      }
    }
  }

  @Override
  public Timer schedule(long delayNanos, Runnable body) {
    Task task = new Task(now + Math.max(0, delayNanos), numbers++, body);
    timed.add(task);
    return () -> task.cancelled = true;
  }

  void advance(Duration by) {
    long end = now + by.toNanos();
    while (!timed.isEmpty() && timed.peek().at <= end) {
      Task task = timed.poll();
      now = Math.max(now, task.at);
      if (!task.cancelled) {
        execute(task.body);
      }
    }
    now = end;
  }

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public boolean isCurrent() {
    return draining;
  }

  @Override
  public void close() {
    timed.clear();
  }
}
