package io.spinforge.scaling;

import java.time.Duration;

/**
 * A ready-made autoscaler for CPU and memory: 1 to 10 instances, CPU at 70 %, memory at 80 %, every
 * 30 s, one instance at a time by {@link ReactivePolicy#thresholds()}. For anything else there is
 * {@link Autoscaler#named}.
 */
public final class ReactiveAutoscaler {
  private ReactiveAutoscaler() {}

  /** Makes it; {@link Autoscaler#start} starts it. */
  public static Autoscaler create(
      String name, ScaleTarget target, MetricSource cpu, MetricSource memory) {
    return Autoscaler.named(name)
        .target(target)
        .signal(Signal.utilization(cpu, 0.70).named("cpu"))
        .signal(Signal.utilization(memory, 0.80).named("memory"))
        .limits(1, 10)
        .interval(Duration.ofSeconds(30))
        .reactive(ReactivePolicy.thresholds())
        .build();
  }
}
