package io.spinforge.benchmarks.jmh;

import io.spinforge.balance.LoadBalancer;
import io.spinforge.balance.Member;
import io.spinforge.balance.Outcome;
import io.spinforge.balance.Policy;
import java.util.List;
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

/** The choice by a key among 1,000 members, and an update that lays the table out anew. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
public class KeyedBenchmark {

  /** The policies by name. */
  public enum Named {
    MAGLEV,
    MAGLEV_BOUNDED,
    RING,
    RING_BOUNDED;

    Policy policy() {
      return switch (this) {
        case MAGLEV -> Policy.maglev(65_537);
        case MAGLEV_BOUNDED -> Policy.maglev(65_537).boundedLoad(1.25);
        case RING -> Policy.ring(160);
        case RING_BOUNDED -> Policy.ring(160).boundedLoad(1.25);
      };
    }
  }

  @Param public Named policy = Named.MAGLEV;

  private LoadBalancer<String> balancer = LoadBalancer.<String>builder().build();
  private List<String> members = List.of();
  private long key;
  private int heavier = 1;

  @Setup
  public void build() {
    members = IntStream.range(0, 1_000).mapToObj(i -> "10.0.0." + i).toList();
    balancer =
        LoadBalancer.<String>builder()
            .policy(policy.policy())
            .weight(member -> member.endsWith(".0") ? heavier : 1)
            .build();
    balancer.update(members);
  }

  @Benchmark
  public Member<String> pick() {
    return balancer.pick(key++);
  }

  @Benchmark
  public Member<String> acquireEnd() {
    Member<String> member = balancer.acquire(key++);
    member.end(0, Outcome.SUCCESS);
    return member;
  }

  @Benchmark
  public LoadBalancer<String> update() {
    heavier = 3 - heavier; // else nothing changes, and the table stays
    balancer.update(members);
    return balancer;
  }
}
