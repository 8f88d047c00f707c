package io.spinforge.scaling;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** The thread that ticks: at once, and then an interval after each beginning. */
final class Pacemaker {
  private final Duration interval;
  private final LongSupplier ticker;
  private final LongConsumer tick;
  private final CountDownLatch closing;
  private final Thread thread;

  /**
   * Starts it.
   *
   * @param closing ends it
   * @param tick takes the nanoseconds since the last one, −1 in the first; must not throw
   */
  Pacemaker(
      String name,
      Duration interval,
      LongSupplier ticker,
      CountDownLatch closing,
      LongConsumer tick) {
    this.interval = interval;
    this.ticker = ticker;
    this.closing = closing;
    this.tick = tick;
    thread = new Thread(this::run, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    long last = ticker.getAsLong();
    long elapsed = -1;
    try {
      do {
        tick.accept(elapsed);
        long took = ticker.getAsLong() - last;
        closing.await(Math.max(0, interval.toNanos() - took), TimeUnit.NANOSECONDS);
        long now = ticker.getAsLong();
        elapsed = now - last;
        last = now;
      } while (closing.getCount() > 0);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits up to {@code patience} for the tick under way; halfway it is interrupted. */
  void join(Duration patience) {
    if (thread == Thread.currentThread()) {
      return;
    }
    try {
      thread.join(patience.toMillis() / 2);
      if (thread.isAlive()) {
        thread.interrupt(); // a source or target that hangs
        thread.join(patience.toMillis() / 2);
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }
}
