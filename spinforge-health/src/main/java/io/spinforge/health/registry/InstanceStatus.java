package io.spinforge.health.registry;

/** What an instance says of itself. */
public enum InstanceStatus {
  /** Takes new work. */
  UP,
  /** Finishes what it has and wants nothing new. */
  DRAINING
}
