package io.spinforge.benchmarks.demo;

import io.lettuce.core.RedisClient;
import io.lettuce.core.metrics.MicrometerCommandLatencyRecorder;
import io.lettuce.core.metrics.MicrometerOptions;
import io.lettuce.core.resource.ClientResources;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.spinforge.health.registry.ServiceInstance;
import io.spinforge.metrics.Dashboard;
import io.spinforge.metrics.GoalLevel;
import io.spinforge.metrics.GoalReport;
import io.spinforge.metrics.GoalWatch;
import io.spinforge.metrics.PerformanceGoals;
import io.spinforge.metrics.SpinForgeMetrics;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Watches the shop: meters of every component, the goals, and the page that shows them. */
final class Observatory implements AutoCloseable {
  /** Long enough for every fault of the demo, too short for its overload, which has to queue. */
  private static final Duration WINDOW = Duration.ofSeconds(45);

  /** {@link PerformanceGoals#defaults()}, but for the throughput, which is the demo's own. */
  private static final PerformanceGoals GOALS =
      PerformanceGoals.builder()
          .latency(50, Duration.ofMillis(100), Duration.ofMillis(200))
          .latency(95, Duration.ofMillis(500), Duration.ofSeconds(1))
          .latency(99, Duration.ofSeconds(1), Duration.ofSeconds(2))
          .throughput(100, 50)
          .errorRate(0.001, 0.01)
          .cpu(0.70, 0.90)
          .memory(0.80, 0.95)
          .window(WINDOW)
          .build();

  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final GoalWatch goals = GOALS.watch(meters);
  private @Nullable SpinForgeMetrics bound;
  private @Nullable Dashboard page;

  PrometheusMeterRegistry meters() {
    return meters;
  }

  /**
   * Where the page is; the meters are at {@code metrics} there.
   *
   * @throws IllegalStateException if nothing is watched yet
   */
  URI uri() {
    if (page == null) {
      throw new IllegalStateException("page: not there yet (expected: watch first)");
    }
    return page.uri();
  }

  /** Returns a client whose commands are timed among the meters. */
  RedisClient client(URI redis) {
    ClientResources resources =
        ClientResources.builder()
            .commandLatencyRecorder(
                new MicrometerCommandLatencyRecorder(meters, MicrometerOptions.create()))
            .build();
    return RedisClient.create(resources, redis.toString());
  }

  /** Binds the components to meters and opens the page. */
  void watch(Shop shop, Crew crew) {
    bound =
        SpinForgeMetrics.builder(meters)
            .bind(Wire.SERVICE, shop.balancer())
            .bind(shop.labels().caches())
            .bind(Wire.SERVICE, shop.health())
            .bind(shop.registry())
            .bind(shop.labels().pool())
            .bind(crew.autoscaler())
            .memberName(worker -> ((ServiceInstance) worker).id())
            .system()
            .build();
    page = Dashboard.builder(bound).goals(goals).title("The demo's shop").port(0).start();
  }

  /** Judges the goals over the requests at the gateway in the last {@link #WINDOW}. */
  GoalReport report() {
    return goals.evaluate();
  }

  /** The goals as a promise: none is missed by so much that it is critical. */
  static Promise promise(GoalReport report) {
    String promised = "none critical in the last " + WINDOW.toSeconds() + " s";
    List<String> critical =
        report.goals().stream()
            .filter(verdict -> verdict.level() == GoalLevel.CRITICAL)
            .map(GoalReport.Verdict::goal)
            .toList();
    String measured = critical.isEmpty() ? "level " + report.level() : String.join(", ", critical);
    return new Promise(promised, measured, critical.isEmpty());
  }

  @Override
  public void close() {
    if (page != null) {
      page.close();
    }
    if (bound != null) {
      bound.close();
    }
    goals.close();
  }
}
