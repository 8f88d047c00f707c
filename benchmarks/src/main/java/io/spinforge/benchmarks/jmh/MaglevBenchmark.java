package io.spinforge.benchmarks.jmh;

import io.spinforge.balance.pick.Keyed;
import io.spinforge.balance.pick.Node;
import io.spinforge.balance.pick.Picker;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Maglev's table alone, without the balancer around it: 65,537 slots for 1,000 members, laid out
 * and looked into.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
public class MaglevBenchmark {
  private static final int MEMBERS = 1_000;

  private final Keyed maglev = Keyed.maglev(65_537, 0);
  private final Node[] members =
      IntStream.range(0, MEMBERS).mapToObj(i -> maglev.newNode("10.0.0." + i)).toArray(Node[]::new);
  private final double[] weights = equal();
  private final Picker table = build();
  private long key;

  private static double[] equal() {
    double[] weights = new double[MEMBERS];
    Arrays.fill(weights, 1);
    return weights;
  }

  @Benchmark
  public final Picker build() {
    return maglev.over(members, weights);
  }

  @Benchmark
  public int find() {
    return table.pick(0, key++);
  }
}
