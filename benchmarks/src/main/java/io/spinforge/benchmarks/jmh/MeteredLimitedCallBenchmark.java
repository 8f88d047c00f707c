package io.spinforge.benchmarks.jmh;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.spinforge.balance.LoadBalancer;
import io.spinforge.balance.limit.Limit;
import io.spinforge.metrics.SpinForgeMetrics;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A call under a concurrency limit with its balancer's meters live, beside one without any. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class MeteredLimitedCallBenchmark {
  private static final List<String> MEMBERS = List.of("a", "b", "c", "d", "e");

  private final LoadBalancer<String> plain = balancer();
  private final LoadBalancer<String> measured = balancer();
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final SpinForgeMetrics metrics =
      SpinForgeMetrics.builder(registry).bind("measured", measured).build();

  private static LoadBalancer<String> balancer() {
    return LoadBalancer.<String>builder().limit(Limit.gradient()).build();
  }

  @Setup
  public void update() {
    plain.update(MEMBERS);
    measured.update(MEMBERS);
  }

  @TearDown
  public void close() {
    metrics.close();
    registry.close();
  }

  @Benchmark
  public String unmetered() {
    return plain.call(member -> member);
  }

  @Benchmark
  public String metered() {
    return measured.call(member -> member);
  }
}
