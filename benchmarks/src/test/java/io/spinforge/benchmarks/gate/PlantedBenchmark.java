package io.spinforge.benchmarks.gate;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Allocates what it says, so that a test knows what the gate must see. */
@State(Scope.Benchmark)
public class PlantedBenchmark {

  @Param({"0", "1000"})
  private int bytes;

  @Benchmark
  public Object allocate() {
    return bytes == 0 ? this : new byte[bytes];
  }

  @Benchmark
  public Object fail() {
    throw new IllegalStateException("planted");
  }
}
