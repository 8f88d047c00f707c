package io.spinforge.scaling;

import java.time.Instant;
import java.util.List;
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
 */
record Observation(
    long sequence,
    Instant now,
    long elapsed,
    ScaleTarget.@Nullable State target,
    String targetFault,
    List<Signal.Reading> readings,
    @Nullable Outlook outlook,
    @Nullable String pause) {}
