package io.spinforge.cache.redis;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Keeps requests away from a Redis that does not answer. Three failures in a row open it, or one of
 * an invalidation; it closes when the {@link Recovery} has probed Redis and replayed the backlog,
 * never by itself. Thread-safe; what changes the state holds the {@link Backlog}'s lock.
 */
final class Breaker {
  static final int FAILURES = 3;

  /** The states; the public API has the same under its own name. */
  enum State {
    CLOSED,
    OPEN,
    HALF_OPEN
  }

  private final AtomicInteger failuresInARow = new AtomicInteger();
  private final AtomicLong opened = new AtomicLong();

  // Written under the backlog's lock; volatile for the readers, which need no more than a hint: a
  // request let through late fails or succeeds like any other.
  private volatile State state = State.OPEN;

  State state() {
    return state;
  }

  boolean isClosed() {
    return state == State.CLOSED;
  }

  long opened() {
    return opened.get();
  }

  void succeeded() {
    if (failuresInARow.get() != 0) {
      failuresInARow.set(0);
    }
  }

  /** Counts a failure; true if it is one too many. */
  boolean failed() {
    return failuresInARow.incrementAndGet() >= FAILURES;
  }

  void open() {
    if (state == State.CLOSED) {
      opened.incrementAndGet();
    }
    state = State.OPEN;
  }

  void halfOpen() {
    state = State.HALF_OPEN;
  }

  void close() {
    failuresInARow.set(0);
    state = State.CLOSED;
  }
}
