package io.spinforge.scaling;

import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a tick saw.
 *
 * @param sequence number of the tick
 * @param now wall time of the tick
 * @param elapsed nanoseconds since the last tick by a clock that does not jump; −1 if not known
 * @param target the target's state; null if it could not be read
 * @param targetFault why it could not; empty if it could
 * @param readings one per signal, in their order
 * @param outlook what the forecast says; null if there is none
 * @param pause why the autoscaler is paused; null if it is not
 * @param fence that it leads by; empty if it does not lead or there is no lease
 * @param follower whether there is a lease and another one has it
 * @param blank whether the forecast does not know yet what the history knows
 */
record Observation(
    long sequence,
    Instant now,
    long elapsed,
    ScaleTarget.@Nullable State target,
    String targetFault,
    List<Signal.Reading> readings,
    @Nullable Outlook outlook,
    @Nullable String pause,
    OptionalLong fence,
    boolean follower,
    boolean blank) {

  /** An observation of the only scheduler there is, without a history. */
  Observation(
      long sequence,
      Instant now,
      long elapsed,
      ScaleTarget.@Nullable State target,
      String targetFault,
      List<Signal.Reading> readings,
      @Nullable Outlook outlook,
      @Nullable String pause) {
    this(
        sequence,
        now,
        elapsed,
        target,
        targetFault,
        readings,
        outlook,
        pause,
        OptionalLong.empty(),
        false,
        false);
  }
}
