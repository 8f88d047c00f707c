package io.spinforge.health.engine;

/**
 * The probes of one target, one after the other. Used on the loop's thread only.
 *
 * @param <T> the type of the target
 */
public interface Session<T> {

  /** Starts a probe; its result is told with the given number, maybe before this returns. */
  void start(long attempt, long timeoutNanos);

  /** Gives up the probe, whose time is over, and tells its result before this returns. */
  void expire(long attempt);

  /** Gives up what is running, without a result, and closes the connection. */
  void close();

  /**
   * Takes a value equal to the target in its place.
   *
   * @return false if it needs another session, because its address is another one
   */
  boolean retarget(T target);
}
