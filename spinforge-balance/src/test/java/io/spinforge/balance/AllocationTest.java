package io.spinforge.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a request allocates, by the JVM's own count of this thread's bytes. */
class AllocationTest {
  private static final int REQUESTS = 20_000;

  private final com.sun.management.ThreadMXBean threads =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

  static List<Policy> policies() {
    return List.of(
        Policy.adaptive(),
        Policy.roundRobin(),
        Policy.smoothWeighted(),
        Policy.random(),
        Policy.weightedRandom(),
        Policy.leastLoaded(),
        Policy.powerOf(2),
        Policy.powerOf(3),
        Policy.peakEwma(Duration.ofSeconds(10)),
        Policy.lvsWeighted(),
        Policy.nginx(3, Duration.ofSeconds(30)),
        Policy.nginxLeastConn(3, Duration.ofSeconds(30)),
        Policy.ring(160),
        Policy.maglev(4_099),
        Policy.rendezvous(),
        Policy.ring(160).boundedLoad(1.25),
        Policy.maglev(4_099).boundedLoad(1.25),
        Policy.rendezvous().boundedLoad(1.25));
  }

  @ParameterizedTest
  @MethodSource("policies")
  void acquireBeginAndEndAllocateNothing(Policy policy) {
    LoadBalancer<Integer> balancer =
        LoadBalancer.<Integer>builder()
            .policy(policy)
            .weight(value -> 1 + value % 3)
            .priority(value -> value % 2)
            .outlier(Outlier.nginx(3, Duration.ofSeconds(30)))
            .build();
    balancer.addListener(new BalancerListener<>() {});
    balancer.update(IntStream.range(0, 50).boxed().toList());
    boolean keyed = policy.toString().matches("(ring|maglev|rendezvous).*");
    serve(balancer, keyed);
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 5; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      serve(balancer, keyed);
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertThat(least).isLessThan(REQUESTS / 10);
  }

  private static void serve(LoadBalancer<Integer> balancer, boolean keyed) {
    for (int i = 0; i < REQUESTS; i++) {
      Member<Integer> member = keyed ? balancer.acquire(i) : balancer.acquire();
      member.end(member.begin(), Outcome.SUCCESS);
    }
  }
}
