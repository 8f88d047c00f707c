package io.spinforge.health.registry;

import io.spinforge.testkit.VirtualTime;
import java.time.Duration;

/** Runs everything on the caller's thread, and time only when it is told to. */
final class ManualScheduler implements Scheduler {
  private final VirtualTime time = new VirtualTime();

  @Override
  public void execute(Runnable task) {
    time.run(task);
  }

  @Override
  public Timer schedule(long delayNanos, Runnable body) {
    return time.after(delayNanos, body)::run;
  }

  void advance(Duration by) {
    time.advance(by);
  }

  @Override
  public long nanos() {
    return time.nanos();
  }

  @Override
  public boolean isCurrent() {
    return time.isRunning();
  }

  @Override
  public void close() {
    time.clear();
  }
}
