package io.spinforge.cache.redis;

/**
 * Keeps requests away from partitions whose Redis does not answer; opened by the {@link Shards}. It
 * closes when the {@link Recovery} has probed Redis and replayed the backlog, never by itself.
 * Thread-safe; what changes the state holds the {@link Backlog}'s lock.
 */
final class Breaker {
  /** The states; the public API has the same under its own name. */
  enum State {
    CLOSED,
    OPEN,
    HALF_OPEN
  }

  // Written under the backlog's lock; volatile for the readers, which need no more than a hint: a
  // request let through late fails or succeeds like any other.
  private volatile State state = State.OPEN;

  State state() {
    return state;
  }

  boolean isClosed() {
    return state == State.CLOSED;
  }

  void open() {
    state = State.OPEN;
  }

  void halfOpen() {
    state = State.HALF_OPEN;
  }

  void close() {
    state = State.CLOSED;
  }
}
