package io.spinforge.health.registry;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;

/** One thread and one clock for many registries: runs what is due when it is told to. */
public final class SimulatedTime {
  private final ArrayDeque<Runnable> ready = new ArrayDeque<>();
  private final PriorityQueue<Task> timed =
      new PriorityQueue<>(
          Comparator.comparingLong((Task task) -> task.at).thenComparingLong(task -> task.number));
  private long now;
  private long numbers;
  private boolean running;

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

  /** One registry's share of the time: what it has planned is dropped when it closes. */
  private final class Share implements Scheduler {
    private boolean closed;

    @Override
    public void execute(Runnable task) {
      if (!closed) {
        run(() -> runUnlessClosed(task));
      }
    }

    @Override
    public Timer schedule(long delayNanos, Runnable body) {
      if (closed) {
        return () -> {};
      }
      Task task = add(delayNanos, () -> runUnlessClosed(body));
      return () -> {
        task.cancelled = true;
        timed.remove(task);
      };
    }

    private void runUnlessClosed(Runnable task) {
      if (!closed) {
        task.run();
      }
    }

    @Override
    public long nanos() {
      return now;
    }

    @Override
    public boolean isCurrent() {
      return true; // nobody may wait
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  /** Returns a scheduler for one registry. */
  Scheduler share() {
    return new Share();
  }

  private void run(Runnable task) {
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

  private Task add(long delayNanos, Runnable body) {
    Task task = new Task(now + Math.max(0, delayNanos), numbers++, body);
    timed.add(task);
    return task;
  }

  /** Runs the task after a delay. */
  public void after(Duration delay, Runnable body) {
    add(delay.toNanos(), body);
  }

  /** Lets time pass. */
  public void advance(Duration by) {
    long end = now + by.toNanos();
    while (!timed.isEmpty() && timed.peek().at <= end) {
      Task task = timed.poll();
      now = Math.max(now, task.at);
      if (!task.cancelled) {
        run(task.body);
      }
    }
    now = end;
  }

  /** Returns the milliseconds since the beginning, from 1 on. */
  public long millis() {
    return 1 + now / 1_000_000;
  }
}
