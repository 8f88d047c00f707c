package io.spinforge.benchmarks.jmh;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.spinforge.balance.LoadBalancer;
import io.spinforge.balance.Member;
import io.spinforge.balance.Outcome;
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

/** A balanced request with every meter of its balancer live, beside the same without any. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class MeteredBalancerBenchmark {
  private static final List<String> MEMBERS = List.of("a", "b", "c", "d", "e");

  private final LoadBalancer<String> plain = LoadBalancer.<String>builder().build();
  private final LoadBalancer<String> measured = LoadBalancer.<String>builder().build();
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final SpinForgeMetrics metrics =
      SpinForgeMetrics.builder(registry).bind("measured", measured).build();

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
  public Member<String> unmetered() {
    return request(plain);
  }

  @Benchmark
  public Member<String> metered() {
    return request(measured);
  }

  private static Member<String> request(LoadBalancer<String> balancer) {
    Member<String> member = balancer.acquire();
    long start = member.begin();
    member.end(start, Outcome.SUCCESS);
    return member;
  }
}
