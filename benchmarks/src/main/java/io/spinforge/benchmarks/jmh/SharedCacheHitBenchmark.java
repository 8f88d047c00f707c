package io.spinforge.benchmarks.jmh;

import io.spinforge.benchmarks.peers.Contender;
import io.spinforge.testkit.RedisServer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.redisson.api.options.LocalCachedMapOptions.ReconnectionStrategy;

/**
 * A read that memory answers while the entry lies in Redis too and other nodes may invalidate it:
 * ours, which proves on each hit that it missed nothing, beside other caches of two levels, which
 * do not, and Caffeine alone.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class SharedCacheHitBenchmark {

  private static final int KEYS = 1024;

  /** Who is read. */
  public enum Named {
    SPINFORGE,
    JETCACHE,
    REDISSON,
    CAFFEINE;

    Contender contender() {
      return switch (this) {
        case SPINFORGE -> Contender.spinForge();
        case JETCACHE -> Contender.jetCache();
        case REDISSON -> Contender.redisson(ReconnectionStrategy.CLEAR);
        case CAFFEINE -> Contender.caffeine();
      };
    }
  }

  @Param public Named cache = Named.SPINFORGE;

  private final String[] keys = new String[KEYS];
  private final RedisServer redis = RedisServer.start();

  @SuppressWarnings("NullAway.Init") // fill() runs first: only then the parameter is known.
  private Contender.Node node;

  private int next;

  @Setup
  public void fill() {
    node = cache.contender().node(redis.port(), key -> "value of " + key);
    for (int i = 0; i < KEYS; i++) {
      keys[i] = "product:" + i;
      node.get(keys[i]);
    }
  }

  @TearDown
  public void close() {
    node.close();
    redis.close();
  }

  @Benchmark
  public String hit() {
    return node.get(keys[next++ & (KEYS - 1)]);
  }
}
