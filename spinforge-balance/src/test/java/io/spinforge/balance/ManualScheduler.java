package io.spinforge.balance;

import io.spinforge.testkit.ManualTicker;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs what is due on the thread of the test, when the test moves the time. */
public final class ManualScheduler extends ScheduledThreadPoolExecutor {
  private final ManualTicker ticker;
  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparingLong(task -> task.at));

  public ManualScheduler(ManualTicker ticker) {
    super(0);
    this.ticker = ticker;
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    Task task = new Task(command, ticker.getAsLong() + unit.toNanos(delay));
    tasks.add(task);
    return task;
  }

  /** Returns how many tasks wait that were not cancelled. */
  public long waiting() {
    return tasks.stream().filter(task -> !task.isDone()).count();
  }

  /** Moves the time, stopping at each task to run it. */
  public void advance(Duration by) {
    advanceTo(ticker.getAsLong() + by.toNanos());
  }

  /** Moves the time to this one. */
  public void advanceTo(long end) {
    while (!tasks.isEmpty() && tasks.peek().at <= end) {
      Task task = tasks.remove();
      ticker.set(Math.max(ticker.getAsLong(), task.at));
      task.run();
    }
    ticker.set(end);
  }

  private static final class Task extends FutureTask<Object>
      implements RunnableScheduledFuture<Object> {
    private final long at;

    Task(Runnable command, long at) {
      super(command, null);
      this.at = at;
    }

    @Override
    public boolean isPeriodic() {
      return false;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(at, TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(at, other.getDelay(TimeUnit.NANOSECONDS));
    }
  }
}
