package io.spinforge.benchmarks.sim.balance;

import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Does in virtual time what is scheduled once after a delay; it has no thread. */
final class VirtualScheduler extends ScheduledThreadPoolExecutor {
  private final VirtualTime time;

  VirtualScheduler(VirtualTime time) {
    super(0);
    this.time = time;
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    long nanos = Math.max(0, unit.toNanos(delay));
    Planned planned = new Planned(command, time.getAsLong() + nanos);
    time.in(nanos, planned);
    return planned;
  }

  private final class Planned extends FutureTask<Void> implements ScheduledFuture<Void> {
    private final long at;

    Planned(Runnable command, long at) {
      super(command, null);
      this.at = at;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(at - time.getAsLong(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
  }
}
