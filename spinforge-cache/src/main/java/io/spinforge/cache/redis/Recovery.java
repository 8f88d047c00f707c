package io.spinforge.cache.redis;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings Redis back: a thread that lives while the breaker is open. It probes alone, min(50 ms × n,
 * 2 s) after the try before, then replays the backlog, and only when nothing is left closes the
 * breaker: what this node invalidated while it was cut off is gone from Redis before it reads from
 * there again.
 */
final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
  private static final long LONGEST_DELAY_MILLIS = 2000;

  private final Attempt attempt;
  private final String namespace;
  private final ReentrantLock lock = new ReentrantLock();
  private final CompletableFuture<Void> closing;
  private final CompletableFuture<Void> firstTry;
  private final Executor threads;
  private boolean running; // guarded by lock
  private boolean closed; // guarded by lock

  Recovery(String namespace, Attempt attempt, Execution execution) {
    this.namespace = namespace;
    this.attempt = attempt;
    this.threads = execution.threads();
    this.closing = execution.waits().newIncompleteFuture();
    this.firstTry = execution.waits().newIncompleteFuture();
  }

  static long delayMillis(int attempts) {
    return Math.min(50L * Math.max(1, attempts), LONGEST_DELAY_MILLIS);
  }

  /** Starts the thread unless it runs. */
  void start() {
    lock.lock();
    try {
      if (running || closed) {
        return;
      }
      running = true;
    } finally {
      lock.unlock();
    }
    threads.execute(this::run);
  }

  void close() {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
    closing.complete(null);
  }

  /** Completes when the first try has ended, with what it threw if it threw. */
  CompletableFuture<Void> firstTry() {
    return firstTry;
  }

  private void run() {
    for (int attempts = 1; ; attempts++) {
      if (tryOnce(attempts) || !pause(delayMillis(attempts))) {
        break;
      }
    }
    lock.lock();
    try {
      running = false;
    } finally {
      lock.unlock();
    }
    if (attempt.isNeeded()) { // opened again between the success and the line above
      start();
    }
  }

  private boolean tryOnce(int attempts) {
    boolean first = !firstTry.isDone();
    try {
      boolean succeeded = attempt.succeeds();
      if (succeeded && !first) {
        LOG.info("redis is back namespace={} attempts={}", namespace, attempts);
      }
      firstTry.complete(null);
      return succeeded;
    } catch (RuntimeException e) {
      if (attempts == 1) {
        LOG.warn("redis is away namespace={} cause={}", namespace, LogReader.text(e));
      }
      firstTry.completeExceptionally(e);
      return false;
    }
  }

  /** Waits; false when there is nothing more to wait for. */
  private boolean pause(long millis) {
    try {
      closing.get(millis, TimeUnit.MILLISECONDS);
      return false;
    } catch (TimeoutException e) {
      return true;
    } catch (InterruptedException | ExecutionException e) {
      return false;
    }
  }

  /** One try to bring Redis back. */
  interface Attempt {
    boolean succeeds();

    /** Tells whether Redis is away. */
    boolean isNeeded();
  }
}
