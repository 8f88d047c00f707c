package io.spinforge.benchmarks.jmh;

import com.linecorp.armeria.common.loadbalancer.SimpleLoadBalancer;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.util.ReadyPickers;
import io.grpc.xds.StaticStride;
import io.spinforge.balance.LoadBalancer;
import io.spinforge.balance.Member;
import io.spinforge.balance.Policy;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Round robin and weighted round robin over 100 members, beside those of Armeria and of gRPC. Run
 * it with {@code -t 1} and {@code -t 2}: the peers share one counter.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class PickPeersBenchmark {
  private static final int MEMBERS = 100;

  private final List<Integer> members = IntStream.range(0, MEMBERS).boxed().toList();
  private final LoadBalancer<Integer> turns =
      LoadBalancer.<Integer>builder().policy(Policy.roundRobin()).build();
  private final LoadBalancer<Integer> weighted =
      LoadBalancer.<Integer>builder()
          .policy(Policy.smoothWeighted())
          .weight(PickPeersBenchmark::weight)
          .build();
  private final SimpleLoadBalancer<Integer> armeria =
      com.linecorp.armeria.common.loadbalancer.LoadBalancer.ofRoundRobin(members);
  private final SimpleLoadBalancer<Integer> armeriaWeighted =
      com.linecorp.armeria.common.loadbalancer.LoadBalancer.ofWeightedRoundRobin(
          members, PickPeersBenchmark::weight);
  private final SubchannelPicker grpc = ReadyPickers.of(MEMBERS);
  private StaticStride stride = new StaticStride(1);

  private static int weight(int member) {
    return 1 + member * 619 % 1_000;
  }

  @Setup
  public void update() {
    turns.update(members);
    weighted.update(members);
    float[] weights = new float[MEMBERS];
    for (int i = 0; i < MEMBERS; i++) {
      weights[i] = weight(i);
    }
    stride = new StaticStride(weights);
  }

  @Benchmark
  public Member<Integer> roundRobin() {
    return turns.pick();
  }

  @Benchmark
  public @Nullable Integer roundRobinOfArmeria() {
    return armeria.pick();
  }

  @Benchmark
  @SuppressWarnings("NullAway") // gRPC's own picker does not look at its argument
  public PickResult roundRobinOfGrpc() {
    return grpc.pickSubchannel(null);
  }

  @Benchmark
  public Member<Integer> weighted() {
    return weighted.pick();
  }

  @Benchmark
  public @Nullable Integer weightedOfArmeria() {
    return armeriaWeighted.pick();
  }

  @Benchmark
  public int weightedOfGrpc() {
    return stride.pick();
  }
}
