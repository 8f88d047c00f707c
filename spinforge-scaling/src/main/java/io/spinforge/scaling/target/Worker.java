package io.spinforge.scaling.target;

import java.time.Instant;

/**
 * A worker as it was at one time. Immutable.
 *
 * @param slot place in the pool, from 0
 * @param id unique over the life of the pool
 * @param port the port it was given
 * @param pid its process; −1 if there is none at present
 * @param state what it does
 * @param startedAt when its process was started; {@link Instant#EPOCH} if there is none
 */
public record Worker(int slot, String id, int port, long pid, State state, Instant startedAt) {
  /** What a worker does. */
  public enum State {
    /** Has no process: it could not be started or keeps crashing, and the next try waits. */
    WAITING,
    /** Runs, but is not ready yet. */
    STARTING,
    /** Takes work. */
    READY,
    /** Is to go; the drain hook runs. */
    DRAINING,
    /** Was told to end. */
    STOPPING
  }
}
