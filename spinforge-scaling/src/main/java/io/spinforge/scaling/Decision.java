package io.spinforge.scaling;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One decision with everything that led to it. Immutable; equal inputs give equal decisions.
 *
 * <p>The number passes through four stages: the highest proposal ({@code raw}), the stabilization
 * windows, the rate policies, the limits. {@code desired} is what the target was asked for in the
 * end; it equals {@code current} if the number is held.
 *
 * @param scaler name of the autoscaler
 * @param sequence counts the ticks of this autoscaler from 1
 * @param time when it was made
 * @param zone the zone that {@link #explain()} tells the time in
 * @param mode how much of it may be carried out
 * @param current number that the target had been asked for before; −1 if it could not be read
 * @param ready instances that took work; −1 if unknown
 * @param starting instances that were about to; −1 if unknown
 * @param demand demand of the first signal: sum of usage over its counted instances; NaN if unknown
 * @param quality the worst quality of all signals
 * @param proposals one per signal, in their order
 * @param forecast what the forecast said; null if there is none, or none yet
 * @param raw the highest proposal, or {@code current} if there is none
 * @param stabilized after the stabilization windows
 * @param rateLimited after the rate policies
 * @param clamped after the lower and the upper limit
 * @param desired what the target is asked for
 * @param constraint what had the last word
 * @param detail more about the constraint, for people; may be empty
 * @param applied what became of it; null if the target was not asked
 * @param fence the fence that went with it; empty if there is only one writer
 * @param digest 32 hexadecimal digits over all inputs: configuration, target, samples and what was
 *     remembered
 */
public record Decision(
    String scaler,
    long sequence,
    Instant time,
    ZoneId zone,
    Mode mode,
    int current,
    int ready,
    int starting,
    double demand,
    Quality quality,
    List<Proposal> proposals,
    @Nullable Outlook forecast,
    int raw,
    int stabilized,
    int rateLimited,
    int clamped,
    int desired,
    Constraint constraint,
    String detail,
    @Nullable ApplyResult applied,
    OptionalLong fence,
    String digest) {

  /** Copies the proposals. */
  public Decision {
    proposals = List.copyOf(proposals);
  }

  /** Returns 1 if instances are to be added, −1 if removed, 0 if nothing changes. */
  public int direction() {
    return Integer.compare(desired, current);
  }

  /** Says in a paragraph what was seen, what each stage made of it and what was done. */
  public String explain() {
    return Explanation.of(this);
  }

  /** Returns all fields as one JSON object on one line; NaN and absent values are {@code null}. */
  public String toJson() {
    return DecisionJson.of(this);
  }

  Decision withApplied(ApplyResult result) {
    return new Decision(
        scaler,
        sequence,
        time,
        zone,
        mode,
        current,
        ready,
        starting,
        demand,
        quality,
        proposals,
        forecast,
        raw,
        stabilized,
        rateLimited,
        clamped,
        desired,
        constraint,
        detail,
        result,
        fence,
        digest);
  }
}
