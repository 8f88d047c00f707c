package io.spinforge.health.report;

import static java.util.Objects.requireNonNull;

import io.spinforge.health.HealthView;
import io.spinforge.health.probe.ProbeResult;

/**
 * What a component says of itself. Immutable.
 *
 * @param status its status
 * @param warning whether it is up with a reservation; never for another status
 * @param output a few words for people; empty if there is nothing to add
 */
public record ComponentHealth(ComponentStatus status, boolean warning, String output) {
  private static final ComponentHealth UP = new ComponentHealth(ComponentStatus.UP, false, "");

  /** Refuses a warning of a component that is not up. */
  public ComponentHealth {
    requireNonNull(output, "output");
    if (warning && requireNonNull(status, "status") != ComponentStatus.UP) {
      throw new IllegalArgumentException("warning: true (expected: false unless the status is UP)");
    }
  }

  /** Returns the health of a component that works. */
  public static ComponentHealth up() {
    return UP;
  }

  /** Returns the health of a component that works with a reservation. */
  public static ComponentHealth warning(String output) {
    return new ComponentHealth(ComponentStatus.UP, true, output);
  }

  /** Returns the health of a component that does not work. */
  public static ComponentHealth down(String output) {
    return new ComponentHealth(ComponentStatus.DOWN, false, output);
  }

  /** Returns the health of a component that is not to be used. */
  public static ComponentHealth outOfService(String output) {
    return new ComponentHealth(ComponentStatus.OUT_OF_SERVICE, false, output);
  }

  /** Returns the health of a component of which nothing can be said. */
  public static ComponentHealth unknown(String output) {
    return new ComponentHealth(ComponentStatus.UNKNOWN, false, output);
  }

  /** Returns what a probe's result says of what was probed. */
  public static ComponentHealth of(ProbeResult result) {
    return switch (result.verdict()) {
      case HEALTHY -> UP;
      case DEGRADED -> warning(result.detail());
      case FAILED, FAILED_NOW -> down(result.failure() + ": " + result.detail());
      case INCONCLUSIVE -> unknown(result.detail());
    };
  }

  /**
   * Returns what a checker's view says of the service behind the targets: up if one is fit, with a
   * warning unless all that are not drained are healthy; unknown while none has a result or nothing
   * is listed; else down.
   */
  public static ComponentHealth of(HealthView<?> view) {
    int fit = view.healthy().size() + view.degraded().size();
    int candidates = view.size() - view.drained().size();
    String counts = fit + " of " + candidates + " targets are fit";
    if (fit > 0) {
      return view.healthy().size() == candidates ? UP : warning(counts);
    }
    return view.unhealthy().isEmpty() ? unknown(counts) : down(counts);
  }

  /** Returns the draft's word for it: pass, warn or fail. */
  String word() {
    return switch (status) {
      case UP -> warning ? "warn" : "pass";
      case UNKNOWN -> "warn";
      case DOWN, OUT_OF_SERVICE -> "fail";
    };
  }
}
