package io.spinforge.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spinforge.testkit.ManualTicker;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HotColdTest {
  private final ManualTicker ticker = new ManualTicker();
  private final SplittableRandom random = new SplittableRandom(7);
  private final Map<Integer, ServerLoad> loads = new HashMap<>();
  private final Map<Integer, CompletableFuture<ServerLoad>> pending = new HashMap<>();
  private int probes;

  @Test
  void takesTheFastestOfThoseThatAreNotHot() {
    LoadBalancer<Integer> balancer = balancer(Probing.of(this::answerAtOnce), 10);
    for (int i = 0; i < 10; i++) {
      loads.put(i, load(i, 100 - i)); // the more requests, the faster
    }
    int[] counts = picks(balancer, 10, 2_000);
    // Each use counts as one request more, so it is not the fifth alone.
    assertThat(counts[3] + counts[4] + counts[5]).isGreaterThan(1_000);
    assertThat(counts[7] + counts[8] + counts[9]).as("hot").isLessThan(200);
  }

  @Test
  void looksAtRequestsAloneWhenAllAreHot() {
    LoadBalancer<Integer> balancer = balancer(Probing.of(this::answerAtOnce).hotAbove(0), 10);
    for (int i = 0; i < 10; i++) {
      loads.put(i, load(10 * i, 1));
    }
    int[] counts = picks(balancer, 10, 1_000);
    assertThat(counts[0] + counts[1]).isGreaterThan(600);
  }

  @Test
  void sendsSoManyProbesARequestAndOneAtATimeToAServer() {
    LoadBalancer<Integer> balancer = balancer(Probing.of(this::answerAtOnce).perRequest(2.5), 10);
    picks(balancer, 10, 10_000);
    assertThat(probes).isBetween(24_000, 26_000);

    LoadBalancer<Integer> silent = balancer(Probing.of(this::answerLater), 10);
    picks(silent, 10, 1_000);
    assertThat(pending).hasSize(10);
    probes = 0;
    picks(silent, 10, 1_000);
    assertThat(probes).as("nobody has answered yet").isZero();
    ticker.advance(Duration.ofMillis(1_001));
    picks(silent, 10, 1_000);
    assertThat(probes).as("given up").isEqualTo(10);
  }

  @Test
  void choosesByItsOwnRequestsWhenNobodyAnswers() {
    LoadBalancer<Integer> balancer = balancer(Probing.of(this::answerLater), 2);
    Member<Integer> first = balancer.acquire();
    for (int i = 0; i < 20; i++) {
      assertThat(balancer.pick()).isNotSameAs(first);
    }
  }

  @Test
  void probesThatFailHarmNobody() {
    LoadBalancer<Integer> throwing =
        balancer(
            Probing.of(
                value -> {
                  throw new IllegalStateException("planned");
                }),
            5);
    assertThat(IntStream.of(picks(throwing, 5, 100)).sum()).isEqualTo(100);
    LoadBalancer<Integer> failing =
        balancer(Probing.of(v -> CompletableFuture.failedFuture(new Exception("planned"))), 5);
    assertThat(IntStream.of(picks(failing, 5, 100)).sum()).isEqualTo(100);
  }

  @Test
  void forgetsAnswersAfterASecond() {
    LoadBalancer<Integer> balancer = balancer(Probing.of(this::answerAtOnce), 4);
    IntStream.range(0, 4).forEach(i -> loads.put(i, load(1, i == 0 ? 1 : 1_000)));
    assertThat(picks(balancer, 4, 100)[0]).isGreaterThan(20);
    loads.clear();
    ticker.advance(Duration.ofMillis(1_001));
    int[] counts = picks(balancer, 4, 1_000);
    assertThat(counts[0]).as("nothing is known, all are equal").isBetween(150, 350);
  }

  @Test
  void aReportCountsAsAnAnswer() {
    LoadBalancer<Integer> balancer = balancer(Probing.of(this::answerLater).perRequest(0), 4);
    Map<Integer, Member<Integer>> members = new HashMap<>();
    while (members.size() < 4) {
      Member<Integer> member = balancer.pick();
      members.put(member.value(), member);
    }
    for (int round = 0; round < 20; round++) {
      members.forEach((value, member) -> member.report(0.5, 100, value == 2 ? 1 : 50));
    }
    assertThat(balancer.pick().value()).isEqualTo(2);
    assertThat(latency(balancer, 2)).isEqualTo(Duration.ofMillis(10).toNanos());
    for (int round = 0; round < 20; round++) {
      members.forEach((value, member) -> member.report(value == 2 ? 1 : 0.5, 100, 1));
    }
    assertThat(balancer.pick().value()).as("full").isNotEqualTo(2);
  }

  private static double latency(LoadBalancer<Integer> balancer, int value) {
    return balancer.snapshot().members().stream()
        .filter(member -> member.value() == value)
        .findFirst()
        .orElseThrow()
        .latencyNanos();
  }

  @Test
  void wrongReportsAreRejected() {
    Member<Integer> member = balancer(Probing.of(this::answerLater), 1).pick();
    assertThatThrownBy(() -> member.report(-0.1, 1, 1))
        .hasMessage("utilization: -0.1 (expected: >= 0, finite)");
    assertThatThrownBy(() -> member.report(0, Double.NaN, 1))
        .hasMessage("qps: NaN (expected: >= 0, finite)");
    assertThatThrownBy(() -> member.report(0, 1, -1))
        .hasMessage("inFlight: -1.0 (expected: >= 0, finite)");
  }

  @Test
  void wrongOptionsAreRejected() {
    Probing<Integer> probing = Probing.of(this::answerLater);
    assertThatThrownBy(() -> probing.perRequest(11)).hasMessage("probes: 11.0 (expected: 0 to 10)");
    assertThatThrownBy(() -> probing.hotAbove(Double.NaN))
        .hasMessage("quantile: NaN (expected: 0 to 1)");
    assertThat(Policy.hotCold(probing)).hasToString("hotCold(3.0 probes, hot above 0.5)");
  }

  @Test
  void membersMayChangeWhileAnswersWait() {
    LoadBalancer<Integer> balancer = balancer(Probing.of(this::answerAtOnce), 10);
    IntStream.range(0, 10).forEach(i -> loads.put(i, load(1, i)));
    for (int size = 10; size > 0; size--) {
      balancer.update(IntStream.range(10 - size, 10).boxed().toList());
      for (int i = 0; i < 100; i++) {
        assertThat(balancer.pick().value()).isGreaterThanOrEqualTo(10 - size);
      }
    }
  }

  private static ServerLoad load(int inFlight, int millis) {
    return new ServerLoad(inFlight, Duration.ofMillis(millis));
  }

  private CompletionStage<ServerLoad> answerAtOnce(Integer value) {
    probes++;
    ServerLoad load = loads.get(value);
    return load == null
        ? CompletableFuture.failedFuture(new IllegalStateException("unknown"))
        : CompletableFuture.completedFuture(load);
  }

  private CompletionStage<ServerLoad> answerLater(Integer value) {
    probes++;
    return pending.merge(value, new CompletableFuture<>(), (before, now) -> now);
  }

  private LoadBalancer<Integer> balancer(Probing<Integer> probing, int members) {
    LoadBalancer<Integer> balancer =
        LoadBalancer.<Integer>builder()
            .policy(Policy.hotCold(probing))
            .ticker(ticker)
            .random(() -> random)
            .build();
    balancer.update(List.copyOf(IntStream.range(0, members).boxed().toList()));
    return balancer;
  }

  private static int[] picks(LoadBalancer<Integer> balancer, int members, int times) {
    int[] counts = new int[members];
    for (int i = 0; i < times; i++) {
      counts[balancer.pick().value()]++;
    }
    return counts;
  }
}
