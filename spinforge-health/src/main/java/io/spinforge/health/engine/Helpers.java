package io.spinforge.health.engine;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A few daemon threads for what blocks or takes long. None until needed. */
final class Helpers implements AutoCloseable {
  private static final int IDLE_SECONDS = 10;

  private final AtomicInteger numbers = new AtomicInteger();
  private final AtomicInteger stuck = new AtomicInteger();
  private final int threads;
  private final ThreadPoolExecutor pool;

  Helpers(String threadName, int threads) {
    this.threads = threads;
    pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, threadName + "-" + numbers.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
  }

  /** Runs a task on one of the threads; after {@link #close()} it is dropped. */
  void execute(Runnable task) {
    try {
      pool.execute(task);
    } catch (RejectedExecutionException e) {
      // Closed: nobody waits for the task any more.
    }
  }

  /** Returns whether every thread is held by a check that overran its time. */
  boolean exhausted() {
    return stuck.get() >= threads;
  }

  /** Counts checks that overran their time and have not returned. */
  AtomicInteger stuck() {
    return stuck;
  }

  /** Ends the threads when everything that was asked for is done. */
  void finish() {
    pool.shutdown();
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}
