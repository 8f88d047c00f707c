package io.spinforge.health;

import java.util.List;

/**
 * What a checker believes at one moment. Immutable.
 *
 * <p>Every target is in exactly one of healthy, degraded, unhealthy, unknown and drained; all lists
 * keep the order in which the targets were given.
 *
 * @param effective the targets to use. Targets that are fit (healthy or degraded), if they are at
 *     least the {@code panicBelow} share of all that are not drained; else the fit and the unknown
 *     ones, if those together are; else all that are not drained. So it is empty only if nothing is
 *     listed that is not drained.
 * @param healthy targets that passed their last probes
 * @param degraded targets that work and say that they are not well
 * @param unhealthy targets that failed their last probes
 * @param unknown targets without a first result
 * @param drained targets that are being drained, whatever their state
 * @param suspended targets that are not probed at present; each is in one of the lists above too
 * @param panic whether unhealthy targets are in the effective list because too few are fit
 * @param localHealth how unwell the checker itself is: 0 is well; probes get one time more than
 *     this many times their timeout; at 7 no failure counts
 */
public record HealthView<T>(
    List<T> effective,
    List<T> healthy,
    List<T> degraded,
    List<T> unhealthy,
    List<T> unknown,
    List<T> drained,
    List<T> suspended,
    boolean panic,
    int localHealth) {

  /** Copies the lists. */
  public HealthView {
    effective = List.copyOf(effective);
    healthy = List.copyOf(healthy);
    degraded = List.copyOf(degraded);
    unhealthy = List.copyOf(unhealthy);
    unknown = List.copyOf(unknown);
    drained = List.copyOf(drained);
    suspended = List.copyOf(suspended);
  }

  /** Returns the number of targets. */
  public int size() {
    return healthy.size() + degraded.size() + unhealthy.size() + unknown.size() + drained.size();
  }
}
