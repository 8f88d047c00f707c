package io.spinforge.health.registry;

import org.jspecify.annotations.Nullable;

/**
 * Hears what happens in a registry. Called one at a time, in order, on the registry's listener
 * executor; what a method throws is counted and dropped.
 */
public interface RegistryListener {

  /** A registration went from one state to another. */
  default void registrationChanged(
      Registration registration,
      RegistrationState from,
      RegistrationState to,
      @Nullable Throwable cause) {}

  /** The store began ({@code true}) or stopped to answer for a service. */
  default void storeChanged(String service, boolean reachable, @Nullable Throwable cause) {}

  /** A watched service has other protection than before. */
  default void protectionChanged(String service, Protection from, Protection to) {}
}
