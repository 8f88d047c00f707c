package io.spinforge.health.registry;

import java.time.Duration;

/**
 * An owner's hold on one entry of the registry. The lease is renewed until {@link #close()}; an
 * entry that expired or that the store lost is written again by itself. Thread-safe.
 */
public interface Registration extends AutoCloseable {

  /** Returns the instance as last given, its status included. */
  ServiceInstance instance();

  /** Returns where the registration stands; one volatile read. */
  RegistrationState state();

  /**
   * Publishes other properties of the same instance, for example a weight. Returns at once; the
   * store has them when it answers next.
   *
   * @throws IllegalArgumentException if the service or the id differ
   * @throws IllegalStateException if the registration is closed or fenced
   */
  void update(ServiceInstance changed);

  /**
   * Marks the instance as draining and waits, so that callers move away before the host stops
   * accepting: blocks the calling thread for {@code time}, or until the registration is closed.
   * Without effect on a closed or fenced registration.
   *
   * @param time how long to wait; zero returns at once
   * @return whether the store had taken the mark by the end of the wait
   */
  boolean drain(Duration time);

  /**
   * Deregisters: watchers drop the instance. Waits until the store has taken it, at most the
   * registry's timeout; if it has not, the lease runs out. Idempotent.
   */
  @Override
  void close();
}
