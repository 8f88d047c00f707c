package io.spinforge.benchmarks.jmh;

import io.spinforge.balance.LoadBalancer;
import io.spinforge.balance.Member;
import io.spinforge.balance.Outcome;
import io.spinforge.balance.Policy;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The choice of a member by each policy, alone and with the request counted. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class PickBenchmark {

  /** The policies by name. */
  public enum Named {
    ROUND_ROBIN,
    SMOOTH_WEIGHTED,
    RANDOM,
    WEIGHTED_RANDOM,
    LEAST_LOADED,
    POWER_OF_TWO,
    PEAK_EWMA,
    ADAPTIVE;

    Policy policy() {
      return switch (this) {
        case ROUND_ROBIN -> Policy.roundRobin();
        case SMOOTH_WEIGHTED -> Policy.smoothWeighted();
        case RANDOM -> Policy.random();
        case WEIGHTED_RANDOM -> Policy.weightedRandom();
        case LEAST_LOADED -> Policy.leastLoaded();
        case POWER_OF_TWO -> Policy.powerOf(2);
        case PEAK_EWMA -> Policy.peakEwma(Duration.ofSeconds(10));
        case ADAPTIVE -> Policy.adaptive();
      };
    }
  }

  @Param public Named policy = Named.ROUND_ROBIN;

  private LoadBalancer<String> balancer = LoadBalancer.<String>builder().build();

  @Setup
  public void build() {
    balancer =
        LoadBalancer.<String>builder()
            .policy(policy.policy())
            .weight(member -> 1 + member.length() % 3)
            .build();
    balancer.update(IntStream.range(0, 10).mapToObj(i -> "m".repeat(i + 1)).toList());
  }

  @Benchmark
  public Member<String> pick() {
    return balancer.pick();
  }

  @Benchmark
  public Member<String> acquireEnd() {
    Member<String> member = balancer.acquire();
    long start = member.begin();
    member.end(start, Outcome.SUCCESS);
    return member;
  }
}
