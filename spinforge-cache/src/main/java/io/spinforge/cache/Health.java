package io.spinforge.cache;

/**
 * How much of the promise a manager can keep now. Immutable.
 *
 * @param state the state in one word
 * @param breaker the circuit breaker before Redis
 * @param livePartitions partitions whose log was proven within {@code maxStaleness}
 * @param partitions partitions in all; 0 without a Redis layer
 * @param queuedInvalidations own invalidations that wait for Redis
 */
public record Health(
    State state, Breaker breaker, int livePartitions, int partitions, int queuedInvalidations) {

  /** The state of a manager in one word. */
  public enum State {
    /** Redis answers and every log is proven; or there is no Redis layer. */
    LIVE,
    /**
     * Redis answers, but some log is not proven, or some master of a Cluster is away: memory of
     * those partitions is passed over, or will be.
     */
    SUSPECT,
    /** Redis does not answer: memory within {@code maxStaleness}, then the loader. */
    DETACHED
  }

  /** The state of the circuit breaker before Redis. */
  public enum Breaker {
    /** Requests go to Redis. */
    CLOSED,
    /** No request goes to Redis. */
    OPEN,
    /**
     * One probe is under way; queued invalidations are replayed before anything is read. Of a
     * Cluster also: requests go to some masters, and not to others, which are away.
     */
    HALF_OPEN
  }
}
