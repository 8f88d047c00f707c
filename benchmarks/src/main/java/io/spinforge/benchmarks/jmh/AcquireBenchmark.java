package io.spinforge.benchmarks.jmh;

import io.spinforge.balance.LoadBalancer;
import io.spinforge.balance.Member;
import io.spinforge.balance.Outcome;
import io.spinforge.balance.Policy;
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

/**
 * A request's share of the balancer's time, acquire, begin and end, with a clock that costs none.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class AcquireBenchmark {
  @Param({"100", "1000"})
  public int members = 100;

  private long now;
  private final LoadBalancer<Integer> powerOfTwo = balancer(Policy.powerOf(2));
  private final LoadBalancer<Integer> adaptive = balancer(Policy.adaptive());

  private LoadBalancer<Integer> balancer(Policy policy) {
    return LoadBalancer.<Integer>builder().policy(policy).ticker(() -> now += 100).build();
  }

  @Setup
  public void update() {
    powerOfTwo.update(IntStream.range(0, members).boxed().toList());
    adaptive.update(IntStream.range(0, members).boxed().toList());
  }

  @Benchmark
  public Member<Integer> powerOfTwo() {
    return request(powerOfTwo);
  }

  @Benchmark
  public Member<Integer> adaptive() {
    return request(adaptive);
  }

  private static Member<Integer> request(LoadBalancer<Integer> balancer) {
    Member<Integer> member = balancer.acquire();
    member.end(member.begin(), Outcome.SUCCESS);
    return member;
  }
}
