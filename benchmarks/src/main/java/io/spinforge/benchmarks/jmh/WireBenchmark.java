package io.spinforge.benchmarks.jmh;

import io.spinforge.cache.wire.EntryFormat;
import io.spinforge.cache.wire.WireEntry;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The cache's entry on its way to Redis and back: 512 bytes, below the limit of compression. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class WireBenchmark {
  private static final String KEY = "product:4711";
  private static final long CREATED = 1_767_225_600_000L; // 2026-01-01

  private final byte[] payload = new byte[512];
  private final WireEntry entry;
  private final byte[] bytes;

  /** Prepares one entry. */
  public WireBenchmark() {
    Arrays.fill(payload, (byte) 'x');
    entry = WireEntry.of(42, CREATED, 300_000, 20_000, 1, payload);
    bytes = EntryFormat.encode(KEY, entry);
  }

  @Benchmark
  public byte[] encode() {
    return EntryFormat.encode(KEY, entry);
  }

  @Benchmark
  public @Nullable WireEntry decode() {
    return EntryFormat.decode(KEY, bytes);
  }
}
