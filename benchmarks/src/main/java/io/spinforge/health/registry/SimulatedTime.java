package io.spinforge.health.registry;

import io.spinforge.testkit.VirtualTime;
import java.time.Duration;

/** One thread and one clock for many registries: runs what is due when it is told to. */
public final class SimulatedTime {
  private final VirtualTime time = new VirtualTime();

  /** One registry's share of the time: what it has planned is dropped when it closes. */
  private final class Share implements Scheduler {
    private boolean closed;

    @Override
    public void execute(Runnable task) {
      if (!closed) {
        time.run(() -> runUnlessClosed(task));
      }
    }

    @Override
    public Timer schedule(long delayNanos, Runnable body) {
      return closed ? () -> {} : time.after(delayNanos, () -> runUnlessClosed(body))::run;
    }

    private void runUnlessClosed(Runnable task) {
      if (!closed) {
        task.run();
      }
    }

    @Override
    public long nanos() {
      return time.nanos();
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

  /** Runs the task after a delay. */
  public void after(Duration delay, Runnable body) {
    Runnable unused = time.after(delay.toNanos(), body);
  }

  /** Lets time pass. */
  public void advance(Duration by) {
    time.advance(by);
  }

  /** Returns the milliseconds since the beginning, from 1 on. */
  public long millis() {
    return 1 + time.nanos() / 1_000_000;
  }
}
