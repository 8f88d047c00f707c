package io.spinforge.benchmarks.jmh;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.spinforge.cache.CacheManager;
import io.spinforge.cache.Cached;
import io.spinforge.cache.LayeredCache;
import io.spinforge.metrics.SpinForgeMetrics;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A hit in memory with every meter of its manager live, beside the same without any. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class MeteredCacheHitBenchmark {
  private final CacheManager plain = manager("plain");
  private final CacheManager measured = manager("measured");
  private final LayeredCache<String, String> plainCache = cache(plain);
  private final LayeredCache<String, String> measuredCache = cache(measured);
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final SpinForgeMetrics metrics =
      SpinForgeMetrics.builder(registry).bind(measured).build();

  private static CacheManager manager(String name) {
    return CacheManager.builder()
        .name(name)
        .memory(m -> m.maximumEntries(100).timeToLive(Duration.ofHours(1)))
        .build();
  }

  private static LayeredCache<String, String> cache(CacheManager manager) {
    return manager
        .cache("products", String.class)
        .key((String key) -> key)
        .loader(key -> "value of " + key)
        .build();
  }

  @Setup
  public void fill() {
    plainCache.put("a", "value");
    measuredCache.put("a", "value");
  }

  @TearDown
  public void close() {
    metrics.close();
    registry.close();
    plain.close();
    measured.close();
  }

  @Benchmark
  public Cached<String> unmetered() {
    return plainCache.get("a");
  }

  @Benchmark
  public Cached<String> metered() {
    return measuredCache.get("a");
  }
}
