package io.spinforge.benchmarks.demo;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * What makes a worker's capacity finite without burning the machine's: a few places, each taken for
 * the time it takes to serve one customer, and a queue of bounded length before them. Safe for use
 * by several threads.
 */
final class Desk {
  private final int places;
  private final int queue;
  private final Semaphore free;

  /** Volatile: set by the admin path, read by each request. */
  private volatile Duration serviceTime;

  // Guarded by this: place-nanoseconds taken from asked to since, and places taken now.
  private long busyNanos;
  private long asked = System.nanoTime();
  private long since = asked;
  private int busy;

  Desk(int places, int queue, Duration serviceTime) {
    this.places = places;
    this.queue = queue;
    this.serviceTime = serviceTime;
    this.free = new Semaphore(places, true);
  }

  /** Makes every customer from now on take this long. */
  void serviceTime(Duration time) {
    serviceTime = time;
  }

  /** Waits for a place and takes it for the service time; false if the queue is full. */
  boolean serve() throws InterruptedException {
    if (!free.tryAcquire()) {
      if (waiting() >= queue) {
        return false;
      }
      free.acquire();
    }
    change(1);
    try {
      TimeUnit.NANOSECONDS.sleep(serviceTime.toNanos());
    } finally {
      change(-1);
      free.release();
    }
    return true;
  }

  int waiting() {
    return free.getQueueLength();
  }

  /** Returns the share of the places' time that was taken since the last call: 0 to 1. */
  synchronized double utilization() {
    account();
    long now = since;
    double taken = now == asked ? 0 : (double) busyNanos / places / (now - asked);
    asked = now;
    busyNanos = 0;
    return taken;
  }

  private synchronized void change(int by) {
    account();
    busy += by;
  }

  private void account() {
    long now = System.nanoTime();
    busyNanos += busy * (now - since);
    since = now;
  }
}
