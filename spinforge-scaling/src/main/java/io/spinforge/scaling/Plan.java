package io.spinforge.scaling;

import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
    ZoneId zone,
    @Nullable PredictivePolicy predictive,
    StartupTime startup) {

  /** Returns the same with other signals. */
  Plan with(List<Signal> signals) {
    return new Plan(
        name,
        signals,
        policy,
        up,
        down,
        min,
        max,
        mode,
        interval,
        staleAfter,
        zone,
        predictive,
        startup);
  }
}
