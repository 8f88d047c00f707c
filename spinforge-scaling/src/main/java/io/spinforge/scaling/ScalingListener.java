package io.spinforge.scaling;

/**
 * Hears what an autoscaler does. Called on the thread that ticks; must not block; what it throws is
 * logged and ignored.
 */
public interface ScalingListener {
  /** Hears every decision, after it was carried out. */
  default void onDecision(Decision decision) {}

  /**
   * Hears that a hazard starts to hold the number, once per hazard; {@link Decision#constraint()}
   * says which.
   */
  default void onHold(Decision decision) {}

  /** Hears that the hazard is over. */
  default void onRelease(Decision decision) {}

  /** Hears {@link Autoscaler#pause}. */
  default void onPause(String scaler, String reason) {}

  /** Hears {@link Autoscaler#resume}. */
  default void onResume(String scaler) {}
}
