package io.spinforge.benchmarks.demo;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.spinforge.health.registry.ServiceInstance;
import io.spinforge.metrics.GoalLevel;
import io.spinforge.metrics.GoalReport;
import io.spinforge.metrics.GoalWatch;
import io.spinforge.metrics.MetricsEndpoint;
import io.spinforge.metrics.PerformanceGoals;
import io.spinforge.metrics.SpinForgeMetrics;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Watches the shop: meters of every component, /metrics on loopback, and the goals. */
final class Observatory implements AutoCloseable {
  /**
   * How far back the goals look. Long enough for a few hundred requests, and short enough that the
   * end of the demo is judged by the service as it is then: that the overload, which no two workers
   * could serve, made customers wait is told by its own scene.
   */
  static final Duration WINDOW = Duration.ofSeconds(30);

  /** The guide's goals, but for the throughput: the quiet end has 30 requests a second. */
  private static final PerformanceGoals GOALS =
      PerformanceGoals.builder()
          .latency(50, Duration.ofMillis(100), Duration.ofMillis(200))
          .latency(95, Duration.ofMillis(500), Duration.ofSeconds(1))
          .latency(99, Duration.ofSeconds(1), Duration.ofSeconds(2))
          .throughput(20, 10)
          .errorRate(0.001, 0.01)
          .cpu(0.70, 0.90)
          .memory(0.80, 0.95)
          .window(WINDOW)
          .build();

  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final GoalWatch goals = GOALS.watch(meters);
  private final MetricsEndpoint endpoint = MetricsEndpoint.builder(meters).port(0).start();
  private @Nullable SpinForgeMetrics bound;

  PrometheusMeterRegistry meters() {
    return meters;
  }

  /** Where the meters can be read. */
  URI uri() {
    return endpoint.uri();
  }

  /** Binds the components to meters. */
  void watch(Shop shop, Crew crew) {
    bound =
        SpinForgeMetrics.builder(meters)
            .bind(Wire.SERVICE, shop.balancer())
            .bind(shop.health())
            .bind(shop.registry())
            .bind(crew.autoscaler())
            .memberName(worker -> ((ServiceInstance) worker).id())
            .system()
            .build();
  }

  /** Judges the goals over the gateway's requests of the last {@link #WINDOW}. */
  GoalReport report() {
    return goals.evaluate();
  }

  /** The goals as a promise: none is missed by so much that it is critical. */
  static Promise promise(GoalReport report) {
    List<String> critical =
        report.goals().stream()
            .filter(verdict -> verdict.level() == GoalLevel.CRITICAL)
            .map(GoalReport.Verdict::goal)
            .toList();
    String measured = critical.isEmpty() ? "level " + report.level() : String.join(", ", critical);
    return new Promise("none critical", measured, critical.isEmpty());
  }

  @Override
  public void close() {
    if (bound != null) {
      bound.close();
    }
    goals.close();
    endpoint.close();
  }
}
