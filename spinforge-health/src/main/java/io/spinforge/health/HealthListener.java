package io.spinforge.health;

import io.spinforge.health.probe.ProbeResult;

/**
 * Hears what a checker does. An exception out of a method is logged once per method and counted,
 * and changes nothing else.
 *
 * @param <T> the type of the targets
 */
public interface HealthListener<T> {

  /**
   * A probe has ended. Called on the checker's I/O thread: it must return at once.
   *
   * @param target what was probed
   * @param result its outcome
   * @param nanos how long it took, in nanoseconds
   */
  default void onProbe(T target, ProbeResult result, long nanos) {}

  /** A target's status has changed. Called on the checker's listener thread. */
  default void onTransition(Transition<? extends T> transition) {}
}
