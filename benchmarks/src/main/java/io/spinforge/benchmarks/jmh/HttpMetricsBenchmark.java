package io.spinforge.benchmarks.jmh;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.spinforge.metrics.GoalReport;
import io.spinforge.metrics.GoalWatch;
import io.spinforge.metrics.HttpMetrics;
import io.spinforge.metrics.PerformanceGoals;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The measuring of a request while goals are watched, beside looking a timer up by its tags. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class HttpMetricsBenchmark {

  private final MeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final HttpMetrics http = HttpMetrics.create(registry);
  private final HttpMetrics.Route route = http.route("/orders/{id}");
  private final GoalWatch goals = PerformanceGoals.defaults().watch(registry);

  @TearDown
  public void close() {
    goals.close();
    registry.close();
  }

  @Benchmark
  public void spinforge() {
    route.end("GET", 200, http.start());
  }

  @Benchmark
  public void micrometerByTags() {
    long start = System.nanoTime();
    Timer timer =
        registry.timer("orders", "method", "GET", "route", "/orders/{id}", "status", "200");
    timer.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
  }

  @Benchmark
  @OutputTimeUnit(TimeUnit.MICROSECONDS)
  public GoalReport evaluateGoals() {
    return goals.evaluate();
  }
}
