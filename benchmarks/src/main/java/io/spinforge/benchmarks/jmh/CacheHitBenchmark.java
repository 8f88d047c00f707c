package io.spinforge.benchmarks.jmh;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A read that memory answers, beside Caffeine alone. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class CacheHitBenchmark {

  private static final int KEYS = 1024;

  private final String[] keys = new String[KEYS];
  private final Cache<String, String> caffeine =
      Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(Duration.ofHours(1)).build();
  private int next;

  @Setup
  public void fill() {
    for (int i = 0; i < KEYS; i++) {
      keys[i] = "product:" + i;
      caffeine.put(keys[i], "value " + i);
    }
  }

  @Benchmark
  public @Nullable String caffeine() {
    return caffeine.getIfPresent(nextKey());
  }

  private String nextKey() {
    return keys[next++ & (KEYS - 1)];
  }
}
