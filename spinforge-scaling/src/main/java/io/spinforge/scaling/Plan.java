package io.spinforge.scaling;

import java.time.Duration;
import java.time.ZoneId;
import java.util.List;

/** What an autoscaler was configured to; part of the inputs of every decision. */
record Plan(
    String name,
    List<Signal> signals,
    ReactivePolicy policy,
    ScalingRules up,
    ScalingRules down,
    int min,
    int max,
    Mode mode,
    Duration interval,
    Duration staleAfter,
    ZoneId zone) {}
