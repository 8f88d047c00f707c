package io.spinforge.scaling.target;

/**
 * Something that happened to a worker. Immutable.
 *
 * @param worker the worker after it
 * @param type what happened
 * @param detail more about it, for people; may be empty
 */
public record WorkerEvent(Worker worker, Type type, String detail) {
  /** What can happen. */
  public enum Type {
    /** A process was started. */
    STARTED,
    /** It is ready. */
    READY,
    /** It ended without being told to; it is replaced. */
    DIED,
    /** No process could be started; it is tried again. */
    LAUNCH_FAILED,
    /** It did not become ready in time and was killed; it is replaced. */
    NEVER_READY,
    /** It is to go; the drain hook runs if it was ready. */
    DRAINING,
    /** It was told to end, and has. */
    STOPPED,
    /** It was told to end, did not, and was killed. */
    KILLED
  }
}
