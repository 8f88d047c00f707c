package io.spinforge.benchmarks.trials;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/** Does one thing again and again on a thread of its own for as long as another takes. */
final class Loop {

  private final Thread thread;
  private final AtomicReference<RuntimeException> failure = new AtomicReference<>();
  private volatile boolean running = true;

  private Loop(String name, Duration between, Runnable step) {
    thread =
        new Thread(
            () -> {
              while (running && failure.get() == null) {
                try {
                  step.run();
                  Patience.pause(between);
                } catch (RuntimeException e) {
                  failure.set(e);
                }
              }
            },
            name);
    thread.setDaemon(true);
  }

  /**
   * Runs {@code body} here while another thread does {@code step} again and again. Throws what a
   * step threw.
   */
  static void beside(Runnable body, String name, Duration between, Runnable step) {
    Loop loop = new Loop(name, between, step);
    loop.thread.start();
    try {
      body.run();
    } finally {
      loop.end();
    }
    RuntimeException thrown = loop.failure.get();
    if (thrown != null) {
      throw new IllegalStateException(name + " failed", thrown);
    }
  }

  private void end() {
    running = false;
    Patience.until(thread.getName() + " ends", () -> !thread.isAlive());
  }
}
