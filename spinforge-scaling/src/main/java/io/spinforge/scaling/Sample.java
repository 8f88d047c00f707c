package io.spinforge.scaling;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.OptionalDouble;

/**
 * What is known of one instance at one time. Immutable.
 *
 * @param id name of the instance, unique within one reading
 * @param phase where it is in its life
 * @param usage what it uses or serves, in the source's unit; empty if it was not measured
 * @param request what it was given of the same unit, above 0: utilization is usage by request
 * @param time when it was measured
 */
public record Sample(String id, Phase phase, OptionalDouble usage, double request, Instant time) {
  /** Checks that nothing is null; numbers are judged by the autoscaler, not here. */
  public Sample {
    requireNonNull(id, "id");
    requireNonNull(phase, "phase");
    requireNonNull(usage, "usage");
    requireNonNull(time, "time");
  }

  /** Makes a sample of a measured instance. */
  public static Sample of(String id, Phase phase, double usage, double request, Instant time) {
    return new Sample(id, phase, OptionalDouble.of(usage), request, time);
  }

  /** Makes a sample whose usage is a share of one, or a load that has no request. */
  public static Sample of(String id, Phase phase, double usage, Instant time) {
    return of(id, phase, usage, 1, time);
  }

  /** Makes a sample of an instance that exists but was not measured. */
  public static Sample missing(String id, Phase phase, double request, Instant time) {
    return new Sample(id, phase, OptionalDouble.empty(), request, time);
  }
}
