package io.spinforge.health;

/**
 * What the core wants done with sockets, in the order in which it asked.
 *
 * @param kind what
 * @param slot with which target's session
 * @param target the slot's value at that moment
 * @param attempt number of the probe
 * @param timeoutNanos how long the probe may take
 */
record Effect<T>(Kind kind, Slot<T> slot, T target, long attempt, long timeoutNanos) {
  enum Kind {
    /** Start a probe. */
    START,
    /** The probe's time is over: have its session tell the result. */
    EXPIRE,
    /** The target is not listed any more: close its session. */
    CLOSE
  }
}
