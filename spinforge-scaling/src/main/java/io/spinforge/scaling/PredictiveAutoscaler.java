package io.spinforge.scaling;

import java.time.Duration;

/**
 * A ready-made autoscaler that looks ahead: 1 to 10 instances, CPU at 70 %, every 30 s, with the
 * demand covered to {@link PredictivePolicy#conformal 95 %}. For anything else there is {@link
 * Autoscaler#named}.
 */
public final class PredictiveAutoscaler {
  private PredictiveAutoscaler() {}

  /** Makes it; {@link Autoscaler#start} starts it. */
  public static Autoscaler create(String name, ScaleTarget target, MetricSource cpu) {
    return Autoscaler.named(name)
        .target(target)
        .signal(Signal.utilization(cpu, 0.70).named("cpu"))
        .limits(1, 10)
        .interval(Duration.ofSeconds(30))
        .predictive(PredictivePolicy.conformal(0.95))
        .startup(StartupTime.measured())
        .build();
  }
}
