package io.spinforge.scaling;

import java.util.OptionalInt;

/**
 * What one signal asks for. Immutable.
 *
 * @param signal name of the signal
 * @param replicas proposed number of instances; empty if the signal has nothing usable
 * @param measured utilization in percent, load per instance, or total by instance; NaN if unknown
 * @param target the wanted value in the same unit
 * @param unit unit of the two, {@code %} or empty
 * @param ratio measured divided by wanted; NaN if unknown
 * @param demand sum of the usage of the counted instances; NaN if unknown
 * @param quality how much of the truth the samples hold
 * @param reason a sentence that says how the number came about
 */
public record Proposal(
    String signal,
    OptionalInt replicas,
    double measured,
    double target,
    String unit,
    double ratio,
    double demand,
    Quality quality,
    String reason) {}
