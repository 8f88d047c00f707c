package io.spinforge.scaling;

import java.time.Duration;

/**
 * What the forecast said in a tick. Immutable; part of the inputs of the decision.
 *
 * @param lead how far ahead it looks: the time until a new instance serves
 * @param expected demand expected at that time
 * @param upper what demand stays below with the wanted certainty
 * @param share the certainty in force, after what was learned from past misses
 * @param capacity demand that one instance is to carry at most
 * @param need instances that carry {@code upper}
 * @param keep instances that are not worth removing, because demand needs them within the lead and
 *     the break-even time
 * @param proven whether enough forecasts have come due to trust the certainty; before that the
 *     reactive rule has a say too
 * @param censored whether the instances were saturated, so that demand is higher than was seen
 * @param margin how much less than that has to be needed before instances are removed, in headrooms
 *     ({@code upper} less {@code expected}), 0 to 3; NaN where none is learned, and in decisions
 *     that were stored before there was one
 */
public record Outlook(
    Duration lead,
    double expected,
    double upper,
    double share,
    double capacity,
    int need,
    int keep,
    boolean proven,
    boolean censored,
    double margin) {

  /** Tells whether the forecast alone decides on its signal. */
  public boolean leads() {
    return proven && !censored;
  }
}
