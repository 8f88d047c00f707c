package io.spinforge.scaling;

import java.util.Optional;

/**
 * How an autoscaler is. Immutable.
 *
 * @param name its name
 * @param state what it does
 * @param pauseReason why it is paused, if it is
 * @param last its last decision, if any
 */
public record ScalingStatus(
    String name, State state, Optional<String> pauseReason, Optional<Decision> last) {
  /** What an autoscaler does. */
  public enum State {
    /** Built, and ticked by hand if at all. */
    IDLE,
    /** Ticks by itself. */
    RUNNING,
    /** Decides and tells, but changes nothing until {@link Autoscaler#resume}. */
    PAUSED,
    /** Closed. */
    CLOSED
  }
}
