package io.spinforge.scaling;

import java.time.Duration;
import java.time.Instant;

/**
 * What demand is expected at a time. Immutable.
 *
 * @param made when it was made
 * @param ahead how far ahead of that
 * @param expected demand in the unit of the first signal; NaN if nothing is known yet
 * @param instances how many instances that is at the ceiling of the policy, without headroom; −1 if
 *     not known
 */
public record Forecast(Instant made, Duration ahead, double expected, int instances) {}
