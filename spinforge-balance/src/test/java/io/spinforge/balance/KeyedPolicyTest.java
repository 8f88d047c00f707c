package io.spinforge.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spinforge.testkit.ManualTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KeyedPolicyTest {
  private static final int KEYS = 2_000;

  private final ManualTicker ticker = new ManualTicker();
  private final Map<String, Double> weights = new HashMap<>();

  static List<Policy> policies() {
    return List.of(
        Policy.ring(100),
        Policy.maglev(4_099),
        Policy.rendezvous(),
        Policy.ring(100).boundedLoad(1.25),
        Policy.maglev(4_099).boundedLoad(1.25),
        Policy.rendezvous().boundedLoad(1.25));
  }

  private LoadBalancerBuilder<String> builder(Policy policy) {
    return LoadBalancer.<String>builder()
        .policy(policy)
        .weight(value -> weights.getOrDefault(value, 1.0))
        .ticker(ticker);
  }

  private static List<String> owners(LoadBalancer<String> balancer) {
    return IntStream.range(0, KEYS).mapToObj(key -> balancer.pick(key).value()).toList();
  }

  @ParameterizedTest
  @MethodSource("policies")
  void callersAgreeWhateverTheOrderOfTheirMembers(Policy policy) {
    LoadBalancer<String> one = builder(policy).build();
    LoadBalancer<String> other = builder(policy).build();
    one.update(List.of("a", "b", "c", "d"));
    other.update(List.of("c", "d", "a", "b"));
    assertThat(owners(one)).isEqualTo(owners(other)).contains("a", "b", "c", "d");
  }

  @ParameterizedTest
  @MethodSource("policies")
  void onlyTheKeysOfAnEjectedMemberMoveAndTheyComeBack(Policy policy) {
    LoadBalancer<String> balancer =
        builder(policy).outlier(Outlier.nginx(1, Duration.ofSeconds(10))).build();
    balancer.update(List.of("a", "b", "c", "d"));
    List<String> before = owners(balancer);
    long key = before.indexOf("b");
    Member<String> member = balancer.acquire(key);
    member.end(member.begin(), Outcome.FAILURE);
    assertThat(balancer.stats().ejected()).isEqualTo(1);
    assertMoved(before, owners(balancer), "b");
    ticker.advance(Duration.ofSeconds(11));
    Member<String> trial = balancer.acquire(key);
    assertThat(trial.value()).isEqualTo("b");
    trial.end(trial.begin(), Outcome.SUCCESS);
    assertThat(owners(balancer)).isEqualTo(before);
  }

  @Test
  void onlyTheKeysOfADrainedMemberMove() {
    for (Policy policy : List.of(Policy.ring(100), Policy.rendezvous())) {
      weights.clear();
      LoadBalancer<String> balancer = builder(policy).build();
      balancer.update(List.of("a", "b", "c", "d"));
      List<String> before = owners(balancer);
      weights.put("b", 0.0);
      balancer.update(List.of("a", "b", "c", "d"));
      assertMoved(before, owners(balancer), "b");
    }
  }

  private static void assertMoved(List<String> before, List<String> after, String gone) {
    assertThat(after).doesNotContain(gone);
    for (int key = 0; key < KEYS; key++) {
      if (!before.get(key).equals(gone)) {
        assertThat(after.get(key)).isEqualTo(before.get(key));
      }
    }
  }

  @Test
  void withoutAHashThereIsNoChoice() {
    LoadBalancer<String> balancer = builder(Policy.maglev(101)).build();
    balancer.update(List.of("a"));
    String message =
        "hash: none (expected: pick(hash), acquire(hash) or lease(hash), maglev(101) chooses by"
            + " it)";
    assertThatThrownBy(balancer::pick)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(message);
    assertThatThrownBy(balancer::pickOrNull).hasMessage(message);
    assertThatThrownBy(balancer::acquire).hasMessage(message);
    assertThatThrownBy(balancer::lease).hasMessage(message);
    assertThatThrownBy(() -> balancer.call(value -> value)).hasMessage(message);
  }

  @Test
  void otherPoliciesIgnoreTheHash() {
    LoadBalancer<String> balancer = builder(Policy.roundRobin()).build();
    balancer.update(List.of("a", "b"));
    assertThat(List.of(balancer.pick(7).value(), balancer.pick(7).value()))
        .containsExactlyInAnyOrder("a", "b");
    assertThat(balancer.acquire(Long.MIN_VALUE).inFlight()).isEqualTo(1);
  }

  @Test
  void aLeaseByKeyIsOfThatKeysMember() {
    LoadBalancer<String> balancer = builder(Policy.rendezvous()).build();
    balancer.update(List.of("a", "b", "c"));
    for (long key : new long[] {Long.MIN_VALUE, -1, 0, Long.MAX_VALUE}) {
      try (Lease<String> lease = balancer.lease(key)) {
        assertThat(lease.value()).isEqualTo(balancer.pick(key).value());
      }
    }
    assertThat(balancer.stats().inFlight()).isZero();
  }

  @Test
  void namesSayWhomKeysBelongTo() {
    record Backend(int id, String address) {}
    LoadBalancer<Backend> balancer =
        LoadBalancer.<Backend>builder()
            .policy(Policy.rendezvous())
            .name(backend -> "backend-" + backend.id())
            .build();
    balancer.update(List.of(new Backend(1, "old"), new Backend(2, "x"), new Backend(3, "y")));
    List<Integer> before =
        IntStream.range(0, KEYS).mapToObj(key -> balancer.pick(key).value().id()).toList();
    balancer.update(List.of(new Backend(2, "x"), new Backend(3, "y"), new Backend(1, "new")));
    assertThat(IntStream.range(0, KEYS).mapToObj(key -> balancer.pick(key).value().id()))
        .isEqualTo(before);
    assertThatThrownBy(() -> balancer.update(List.of(new Backend(1, "old"), new Backend(1, "new"))))
        .hasMessage(
            "name of Backend[id=1, address=new]: backend-1 (expected: another than"
                + " Backend[id=1, address=old]'s)");
  }

  @Test
  void aNameThatDiffersInEveryProcessIsRejected() {
    LoadBalancer<Object> balancer = LoadBalancer.builder().policy(Policy.rendezvous()).build();
    Object value = new Object();
    assertThatThrownBy(() -> balancer.update(List.of(value)))
        .hasMessage(
            "name of " + value + ": differs in every process (expected: a toString, or name set)");
  }

  @Test
  void maglevsTableMustHaveASlotForEachMember() {
    LoadBalancer<String> balancer = builder(Policy.maglev(3)).build();
    balancer.update(List.of("a", "b", "c"));
    assertThatThrownBy(() -> balancer.update(List.of("a", "b", "c", "d")))
        .hasMessage("values: 4 (expected: <= 3 for the policy)");
    assertThat(owners(balancer)).contains("a", "b", "c");
  }

  @ParameterizedTest
  @MethodSource("policies")
  void underABoundTheTotalIsRightAfterAStorm(Policy policy) throws Exception {
    LoadBalancer<String> balancer = builder(policy).build();
    balancer.update(List.of("a", "b", "c", "d"));
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> workers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        workers.add(threads.submit(() -> storm(balancer)));
      }
      for (Future<?> worker : workers) {
        worker.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(balancer.stats().inFlight()).isZero();
    if (policy.toString().contains("bounded")) {
      Member<String> first = balancer.acquire(1);
      assertThat(balancer.acquire(1)).as("⌈1.25 × 2 / 4⌉ is 1").isNotSameAs(first);
    }
  }

  private static void storm(LoadBalancer<String> balancer) {
    for (int i = 0; i < 5_000; i++) {
      Member<String> one = balancer.acquire(1);
      Member<String> other = balancer.acquire(i);
      one.end(one.begin(), Outcome.SUCCESS);
      other.end(other.begin(), Outcome.SUCCESS);
    }
  }
}
