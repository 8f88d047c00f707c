package io.spinforge.benchmarks.jmh;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.spinforge.cache.CacheManager;
import io.spinforge.cache.Cached;
import io.spinforge.cache.LayeredCache;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A read that memory answers, beside Caffeine alone. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class CacheHitBenchmark {

  private static final int KEYS = 1024;

  private final String[] keys = new String[KEYS];
  private final Cache<String, String> caffeine =
      Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(Duration.ofHours(1)).build();
  private final CacheManager manager =
      CacheManager.builder()
          .name("benchmark")
          .memory(m -> m.maximumEntries(10_000).timeToLive(Duration.ofHours(1)))
          .build();
  private final LayeredCache<String, String> spinforge =
      manager
          .cache("products", String.class)
          .<String>key(Function.identity())
          .loader(key -> "value of " + key)
          .build();
  private int next;

  @Setup
  public void fill() {
    for (int i = 0; i < KEYS; i++) {
      keys[i] = "product:" + i;
      caffeine.put(keys[i], "value of " + keys[i]);
      spinforge.put(keys[i], "value of " + keys[i]);
    }
  }

  @TearDown
  public void close() {
    manager.close();
  }

  @Benchmark
  public @Nullable String caffeine() {
    return caffeine.getIfPresent(nextKey());
  }

  @Benchmark
  public Cached<String> spinforge() {
    return spinforge.get(nextKey());
  }

  private String nextKey() {
    return keys[next++ & (KEYS - 1)];
  }
}
