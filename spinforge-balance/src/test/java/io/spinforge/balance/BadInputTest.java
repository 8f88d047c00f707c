package io.spinforge.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spinforge.testkit.ManualTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What no policy may fall over. */
class BadInputTest {
  static List<Policy> policies() {
    return List.of(
        Policy.adaptive(),
        Policy.roundRobin(),
        Policy.smoothWeighted(),
        Policy.lvsWeighted(),
        Policy.nginx(1, Duration.ofSeconds(1)),
        Policy.nginxLeastConn(1, Duration.ofSeconds(1)),
        Policy.random(),
        Policy.weightedRandom(),
        Policy.leastLoaded(),
        Policy.powerOf(2),
        Policy.peakEwma(Duration.ofSeconds(1)),
        Policy.ring(10),
        Policy.maglev(101),
        Policy.rendezvous(),
        Policy.maglev(101).boundedLoad(1.25));
  }

  private final ManualTicker ticker = new ManualTicker(Long.MAX_VALUE - 2);
  private double weight = 1;

  private LoadBalancer<String> balancer(Policy policy) {
    return LoadBalancer.<String>builder()
        .policy(policy)
        .weight(value -> value.startsWith("zero") ? 0 : weight)
        .outlier(Outlier.consecutive(2))
        .ticker(ticker)
        .build();
  }

  @ParameterizedTest
  @MethodSource("policies")
  void emptyNullAndZeroEverywhere(Policy policy) {
    LoadBalancer<String> balancer = balancer(policy);
    balancer.update(List.of());
    assertThatThrownBy(() -> balancer.acquire(1)).isSameAs(NoMembersException.INSTANCE);
    balancer.update(List.of("zero-1", "zero-2"));
    assertThatThrownBy(() -> balancer.pick(Long.MIN_VALUE)).isSameAs(NoMembersException.INSTANCE);
    assertThat(balancer.stats().draining()).isEqualTo(2);
    assertThatThrownBy(() -> balancer.update(java.util.Arrays.asList("a", null)))
        .hasMessage("values[1]: null (expected: a value)");
    balancer.update(List.of("a", "a", "zero-1"));
    assertThat(balancer.pick(Long.MIN_VALUE).value()).isEqualTo("a");
    assertThat(balancer.pick(Long.MIN_VALUE).weight()).isEqualTo(2);
  }

  @ParameterizedTest
  @MethodSource("policies")
  void weightsAtTheirLimits(Policy policy) {
    for (double limit : new double[] {65_536, 1e-9}) {
      weight = limit;
      LoadBalancer<String> balancer = balancer(policy);
      balancer.update(List.of("a", "b", "c"));
      Set<String> seen =
          IntStream.range(0, 600)
              .mapToObj(key -> balancer.pick(key * 0x9E37_79B9L).value())
              .collect(Collectors.toSet());
      assertThat(seen).containsExactlyInAnyOrder("a", "b", "c");
    }
  }

  @Test
  void aWeightOfNextToNothingIsRejected() {
    weight = Double.MIN_VALUE;
    assertThatThrownBy(() -> balancer(Policy.adaptive()).update(List.of("a")))
        .hasMessage("weight of a: 4.9E-324 (expected: 0, or at least 1.0E-9)");
  }

  @ParameterizedTest
  @MethodSource("policies")
  void endsTwiceEndsAfterRemovalAndAClockThatJumps(Policy policy) {
    LoadBalancer<String> balancer = balancer(policy);
    balancer.update(List.of("a", "b", "c"));
    List<Member<String>> acquired = new ArrayList<>();
    List<Long> starts = new ArrayList<>();
    long[] times = {Long.MAX_VALUE - 2, Long.MIN_VALUE + 5, 0, -1_000_000_000_000L, Long.MAX_VALUE};
    for (int i = 0; i < 200; i++) {
      ticker.set(times[i % times.length] + i);
      Member<String> member = balancer.acquire(i);
      acquired.add(member);
      starts.add(member.begin());
    }
    balancer.update(List.of("c", "d"));
    for (int i = 0; i < 200; i++) {
      ticker.set(times[(i + 2) % times.length] - i);
      Outcome outcome = Outcome.values()[i % Outcome.values().length];
      acquired.get(i).end(starts.get(i), outcome);
    }
    assertThat(acquired).allMatch(member -> member.inFlight() == 0);
    assertThat(balancer.stats().surplusEnds()).isZero();
    for (int i = 0; i < 10; i++) {
      acquired.get(i).end(starts.get(i), Outcome.FAILURE);
    }
    assertThat(balancer.stats().surplusEnds()).isEqualTo(10);
    assertThat(balancer.stats().requests()).isEqualTo(200);
    balancer.update(List.of("a", "b", "c", "d"));
    assertThat(balancer.stats().inFlight()).isZero();
    assertThat(balancer.acquire(7).inFlight()).isEqualTo(1);
  }
}
