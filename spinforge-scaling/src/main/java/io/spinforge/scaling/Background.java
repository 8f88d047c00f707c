package io.spinforge.scaling;

import io.spinforge.scaling.lease.LeaderLease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A daemon thread that does something again and again until it is closed. */
final class Background {
  private final Thread thread;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Runnable step;
  private final Runnable last;
  private final Duration pause;

  /**
   * Starts it.
   *
   * @param step must not throw
   * @param last done once at the end; must not throw
   */
  Background(String name, Duration pause, Runnable step, Runnable last) {
    this.step = step;
    this.last = last;
    this.pause = pause;
    thread = new Thread(this::run, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Starts those that an autoscaler needs beside its ticks; {@code exchange} is the history's. */
  static List<Background> of(String scaler, Leadership leadership, @Nullable Runnable exchange) {
    List<Background> all = new ArrayList<>();
    String prefix = "spinforge-scaling-" + scaler;
    LeaderLease lease = leadership.lease();
    if (lease != null) {
      all.add(
          new Background(prefix + "-lease", lease.pause(), leadership::renew, leadership::release));
    }
    if (exchange != null) {
      all.add(new Background(prefix + "-history", Duration.ofSeconds(1), exchange, exchange));
    }
    return List.copyOf(all);
  }

  private void run() {
    try {
      do {
        step.run();
      } while (!closing.await(pause.toNanos(), TimeUnit.NANOSECONDS));
      last.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Asks it to end, without waiting. */
  void end() {
    closing.countDown();
  }

  /** Waits so long for its end, then interrupts it and waits half as long again. */
  void join(Duration patience) {
    end();
    try {
      thread.join(patience.toMillis());
      if (thread.isAlive()) {
        thread.interrupt();
        thread.join(patience.toMillis() / 2);
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }
}
