package io.spinforge.health;

import io.spinforge.health.probe.Failure;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One change of a target's status. Immutable.
 *
 * @param target the target
 * @param from its status before; never the same as {@code to}
 * @param to its status now
 * @param failure the kind of the last failure; null if the target became fit
 * @param reason a few words for people, for example {@code "status 503"}
 * @param at when, by the checker's clock
 */
public record Transition<T>(
    T target, Status from, Status to, @Nullable Failure failure, String reason, Instant at) {

  /**
   * Returns whether the target's host refused the connection: proof that nobody listens there, good
   * enough to be a second witness for a registry.
   */
  public boolean refused() {
    return failure == Failure.REFUSED;
  }
}
