package io.spinforge.benchmarks.sim.cache;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A node's one timer thread: its tasks are events. */
final class VirtualScheduler extends AbstractExecutorService implements ScheduledExecutorService {
  private final VirtualTime time;
  private final VirtualTime.Host host;
  private boolean shutdown;

  VirtualScheduler(VirtualTime time, VirtualTime.Host host) {
    this.time = time;
    this.host = host;
  }

  @Override
  public void execute(Runnable task) {
    if (!shutdown) {
      time.post(host, 0, task);
    }
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
    Timer timer = new Timer(task, unit.toNanos(delay), 0);
    timer.arm();
    return timer;
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable task, long delay, long period, TimeUnit unit) {
    Timer timer = new Timer(task, unit.toNanos(delay), unit.toNanos(period));
    timer.arm();
    return timer;
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable task, long delay, long period, TimeUnit unit) {
    return scheduleAtFixedRate(task, delay, period, unit);
  }

  @Override
  public void shutdown() {
    shutdown = true;
  }

  @Override
  public List<Runnable> shutdownNow() {
    shutdown = true;
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return shutdown;
  }

  @Override
  public boolean isTerminated() {
    return shutdown;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return true;
  }

  /** A future as far as it is used: it can be cancelled. */
  private final class Timer implements ScheduledFuture<Object> {
    private final Runnable task;
    private final long delay;
    private final long period;
    private boolean cancelled;
    private VirtualTime.@Nullable Event event;

    Timer(Runnable task, long delay, long period) {
      this.task = task;
      this.delay = delay;
      this.period = period;
    }

    void arm() {
      event = time.post(host, delay, this::fire);
    }

    private void fire() {
      event = null;
      if (shutdown || cancelled) {
        return;
      }
      if (period > 0) {
        event = time.post(host, period, this::fire);
      }
      task.run();
    }

    @Override
    public boolean cancel(boolean mayInterrupt) {
      cancelled = true;
      if (event != null) {
        event.cancel();
      }
      return true;
    }

    @Override
    public boolean isCancelled() {
      return cancelled;
    }

    @Override
    public boolean isDone() {
      return cancelled || (period == 0 && event == null);
    }

    @Override
    public Object get() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Object get(long timeout, TimeUnit unit) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return 0;
    }

    @Override
    public int compareTo(Delayed other) {
      return 0;
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }
}
