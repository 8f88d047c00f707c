package io.spinforge.health.registry;

/** Whether an instance takes new work. */
public enum InstanceStatus {
  /** By its own word it does. */
  UP,
  /** By its own word it does not, and will soon leave. */
  DRAINING,
  /**
   * It did, but its lease has ended, together with too many others' to believe that they all died.
   * Its owner's next heartbeat makes it {@link #UP} again.
   */
  SUSPECT
}
