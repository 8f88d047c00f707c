package io.spinforge.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spinforge.testkit.ManualTicker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whom second attempts go to. */
class OthersTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final ManualTicker ticker = new ManualTicker();
  private final SplittableRandom random = new SplittableRandom(11);

  static Stream<Policy> keyedPolicies() {
    return Stream.of(Policy.ring(50), Policy.maglev(1_009), Policy.rendezvous())
        .flatMap(policy -> Stream.of(policy, policy.boundedLoad(1.25)));
  }

  static Stream<Policy> policies() {
    return Stream.concat(
        keyedPolicies(),
        Stream.of(
            Policy.adaptive(),
            Policy.leastLoaded(),
            Policy.lvsWeighted(),
            Policy.nginx(1, TIMEOUT),
            Policy.peakEwma(TIMEOUT),
            Policy.powerOf(2),
            Policy.random(),
            Policy.roundRobin(),
            Policy.smoothWeighted(),
            Policy.weightedRandom()));
  }

  private LoadBalancerBuilder<String> builder(Policy policy) {
    return LoadBalancer.<String>builder()
        .policy(policy)
        .outlier(Outlier.nginx(1, TIMEOUT))
        .weight(value -> value.startsWith("drained") ? 0 : value.startsWith("heavy") ? 1_000 : 1)
        .ticker(ticker)
        .random(() -> random);
  }

  /** Fails the members of these values, which ejects them. */
  private static void eject(LoadBalancer<String> balancer, String... values) {
    List<String> left = new ArrayList<>(List.of(values));
    for (long key = 0; !left.isEmpty(); key++) {
      Member<String> member = balancer.acquire(key);
      boolean fails = left.remove(member.value());
      member.end(member.begin(), fails ? Outcome.FAILURE : Outcome.IGNORED);
    }
  }

  @ParameterizedTest
  @MethodSource("policies")
  void neitherDrainedNorEjectedMembersAreOthers(Policy policy) {
    LoadBalancer<String> balancer = builder(policy).build();
    balancer.update(List.of("a", "b", "heavy", "ejected", "drained"));
    eject(balancer, "ejected");
    for (long key = 0; key < 300; key++) {
      List<Member<String>> tried = new ArrayList<>();
      tried.add(balancer.acquire(key));
      for (int i = 0; i < 2; i++) {
        tried.add(balancer.acquireOther(key, tried));
      }
      assertThat(tried).extracting(Member::value).containsExactlyInAnyOrder("a", "b", "heavy");
      assertThat(balancer.acquireOther(key, tried)).as("nobody is left").isNull();
      tried.forEach(member -> member.end(member.begin(), Outcome.IGNORED));
    }
    assertThat(balancer.stats().inFlight()).isZero();
  }

  @ParameterizedTest
  @MethodSource("policies")
  void aTrialIsNoSecondAttempts(Policy policy) {
    LoadBalancer<String> balancer = builder(policy).build();
    balancer.update(List.of("a", "b", "ejected"));
    eject(balancer, "ejected");
    ticker.advance(TIMEOUT.plusSeconds(1));
    List<Member<String>> tried = new ArrayList<>();
    for (long key = 0; tried.size() < 2; key++) {
      Member<String> member = balancer.acquireOther(key, tried);
      assertThat(member.value()).isNotEqualTo("ejected");
      tried.add(member);
    }
    assertThat(balancer.acquireOther(0, tried)).isNull();
    for (long key = 0; ; key++) {
      if (balancer.acquire(key).value().equals("ejected")) {
        break; // a first attempt's it still is
      }
    }
  }

  @ParameterizedTest
  @MethodSource("policies")
  void inPanicEjectedMembersAreOthersToo(Policy policy) {
    LoadBalancer<String> balancer = builder(policy).build();
    balancer.update(List.of("a", "b"));
    eject(balancer, "a", "b");
    Member<String> first = balancer.acquire(7);
    Member<String> second = balancer.acquireOther(7, List.of(first));
    assertThat(second).isNotNull().isNotSameAs(first);
    assertThat(balancer.stats().panicPicks()).isGreaterThanOrEqualTo(2);
  }

  @ParameterizedTest
  @MethodSource("policies")
  void otherPrioritiesAreTriedWhenTheFirstIsUsedUp(Policy policy) {
    LoadBalancer<String> balancer =
        builder(policy)
            .priority(value -> value.endsWith("2") ? 2 : value.endsWith("1") ? 1 : 0)
            .build();
    balancer.update(List.of("c2", "b1", "drained1", "a"));
    List<Member<String>> tried = new ArrayList<>(List.of(balancer.acquire(1)));
    assertThat(tried).extracting(Member::value).containsExactly("a");
    tried.add(balancer.acquireOther(1, tried));
    tried.add(balancer.acquireOther(1, tried));
    assertThat(tried).extracting(Member::value).containsExactly("a", "b1", "c2");
  }

  @Test
  void otherZonesAreTriedWhenTheCallersOwnIsUsedUp() {
    LoadBalancer<String> balancer =
        builder(Policy.adaptive()).zone(value -> value.substring(0, 1), "x").zoneMinimum(2).build();
    balancer.update(List.of("x1", "x2", "x3", "y1"));
    List<Member<String>> tried = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      tried.add(balancer.acquireOther(tried));
    }
    assertThat(tried).extracting(Member::value).contains("x1", "x2");
    for (int i = tried.size(); i < 4; i++) {
      tried.add(balancer.acquireOther(tried));
    }
    assertThat(tried).extracting(Member::value).contains("y1");
  }

  @Test
  void othersThanTheOneThePolicyInsistsOnAreUsedEvenly() {
    LoadBalancer<String> balancer =
        LoadBalancer.<String>builder().policy(Policy.leastLoaded()).random(() -> random).build();
    balancer.update(List.of("hole", "a", "b", "c"));
    Map<String, Integer> counts = new TreeMap<>();
    Member<String> hole = balancer.acquire();
    while (!hole.value().equals("hole")) {
      hole = balancer.acquire();
    }
    hole.end(hole.begin(), Outcome.FAILURE);
    for (int i = 0; i < 300; i++) {
      counts.merge(balancer.acquireOther(List.of(hole)).value(), 1, Integer::sum);
    }
    assertThat(counts)
        .containsOnlyKeys("a", "b", "c")
        .allSatisfy((v, n) -> assertThat(n).isBetween(99, 101));
  }

  /** The next member of a key is whose it would be if those tried were ejected. */
  @ParameterizedTest
  @MethodSource("keyedPolicies")
  void aKeysAttemptsFollowItsOwnOrder(Policy policy) {
    LoadBalancer<String> balancer = builder(policy).build();
    balancer.update(List.of("a", "b", "c", "d", "e"));
    for (long key = 0; key < 100; key++) {
      LoadBalancer<String> oracle = builder(policy).build();
      oracle.update(List.of("e", "d", "c", "b", "a"));
      List<String> order = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        Member<String> next = oracle.acquire(key);
        order.add(next.value());
        next.end(next.begin(), Outcome.FAILURE);
      }
      List<String> tried = new ArrayList<>();
      List<Member<String>> members = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        Member<String> next = balancer.acquireOther(key, members);
        next.end(next.begin(), Outcome.SUCCESS);
        members.add(next);
        tried.add(next.value());
      }
      assertThat(tried).as("key %d", key).isEqualTo(order);
    }
  }

  @Test
  void aKeyStaysInItsPriorityAsLongAsThatHasOthers() {
    LoadBalancer<String> balancer =
        builder(Policy.ring(50)).priority(value -> value.charAt(0) - '0').build();
    balancer.update(List.of("0a", "0b", "0c", "0d", "1a", "1b"));
    eject(balancer, "0a", "0b"); // leaves 70 % to the first priority
    for (long key = 0; key < 100; key++) {
      Member<String> first = balancer.acquire(key);
      Member<String> second = balancer.acquireOther(key, List.of(first));
      assertThat(second).isNotSameAs(first);
      assertThat(second.value()).startsWith(first.value().substring(0, 1));
      first.end(first.begin(), Outcome.SUCCESS);
      second.end(second.begin(), Outcome.SUCCESS);
    }
  }

  @ParameterizedTest
  @MethodSource("keyedPolicies")
  void callsByKeyAreTriedAgainInThatOrder(Policy policy) throws IOException {
    LoadBalancer<String> balancer =
        LoadBalancer.<String>builder()
            .policy(policy)
            .retry(Retry.budget(1, 1_000).maxAttempts(4))
            .ticker(ticker)
            .build();
    balancer.update(List.of("a", "b", "c", "d"));
    for (long key = 0; key < 50; key++) {
      List<String> order = new ArrayList<>();
      List<Member<String>> members = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Member<String> next = balancer.acquireOther(key, members);
        next.end(next.begin(), Outcome.SUCCESS);
        members.add(next);
        order.add(next.value());
      }
      List<String> tried = new ArrayList<>();
      assertThat(balancer.<String, IOException>call(key, value -> failUntil(4, tried, value)))
          .isEqualTo(order.get(3));
      assertThat(tried).isEqualTo(order);
      tried.clear();
      assertThat(balancer.callAsync(key, value -> failingUntil(3, tried, value)).join())
          .isEqualTo(order.get(2));
      assertThat(tried).isEqualTo(order.subList(0, 3));
    }
    assertThat(balancer.stats().inFlight()).isZero();
  }

  private static String failUntil(int attempt, List<String> tried, String value)
      throws IOException {
    tried.add(value);
    if (tried.size() < attempt) {
      throw new IOException(value);
    }
    return value;
  }

  private static CompletableFuture<String> failingUntil(
      int attempt, List<String> tried, String value) {
    tried.add(value);
    return tried.size() < attempt
        ? CompletableFuture.failedFuture(new IOException(value))
        : CompletableFuture.completedFuture(value);
  }

  @Test
  void aHedgeOfAKeyGoesToItsNextMember() {
    ManualScheduler scheduler = new ManualScheduler(ticker);
    LoadBalancer<String> balancer =
        LoadBalancer.<String>builder()
            .policy(Policy.maglev(1_009))
            .hedge(Hedge.after(Duration.ofMillis(50)))
            .scheduler(scheduler)
            .ticker(ticker)
            .build();
    balancer.update(List.of("a", "b", "c", "d"));
    Member<String> owner = balancer.pick(42);
    Member<String> next = balancer.acquireOther(42, List.of(owner));
    next.end(next.begin(), Outcome.SUCCESS);
    Map<String, CompletableFuture<String>> asked = new TreeMap<>();
    CompletableFuture<String> reply =
        balancer.callAsync(
            42, value -> asked.computeIfAbsent(value, v -> new CompletableFuture<>()));
    assertThat(asked).containsOnlyKeys(owner.value());
    scheduler.advance(Duration.ofMillis(50));
    assertThat(asked).containsOnlyKeys(owner.value(), next.value());
    asked.get(next.value()).complete("hedge");
    assertThat(reply).isCompletedWithValue("hedge");
    assertThat(balancer.stats().inFlight()).isZero();
  }

  @Test
  void withoutAKeyThereIsNoOtherEither() {
    LoadBalancer<String> balancer = builder(Policy.ring(50)).build();
    balancer.update(List.of("a", "b"));
    assertThatThrownBy(() -> balancer.acquireOther(List.of())).hasMessageStartingWith("hash: none");
    assertThatThrownBy(() -> balancer.call(value -> value)).hasMessageStartingWith("hash: none");
    assertThatThrownBy(() -> balancer.callAsync(CompletableFuture::completedFuture))
        .hasMessageStartingWith("hash: none");
    assertThat(balancer.stats().inFlight()).isZero();
  }
}
