package io.spinforge.cache;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

/** An executor by hand: what it is given waits until the test runs it. Thread-safe. */
final class Tasks implements Executor {
  private final Queue<Runnable> waiting = new ArrayDeque<>();

  @Override
  public synchronized void execute(Runnable task) {
    waiting.add(task);
  }

  synchronized int waiting() {
    return waiting.size();
  }

  /** Runs what waits, on the calling thread. */
  void runAll() {
    for (Runnable task = next(); task != null; task = next()) {
      task.run();
    }
  }

  private synchronized Runnable next() {
    return waiting.poll();
  }
}
