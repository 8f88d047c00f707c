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

  /** Place-nanoseconds used up to {@link #since}; this, since and busy are guarded by this. */
  private long busyNanos;

  private long since = System.nanoTime();
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

  int places() {
    return places;
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

  /** Returns the seconds that places were taken since the start, summed over the places. */
  synchronized double busySeconds() {
    account();
    return busyNanos / 1e9;
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
