package io.spinforge.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.spinforge.testkit.ManualTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Priorities, zones and slow starts, as a balancer's requests see them. */
class SharesTest {
  private static final int PICKS = 20_000;

  private final ManualTicker ticker = new ManualTicker();
  private final SplittableRandom random = new SplittableRandom(42);

  private LoadBalancerBuilder<String> builder() {
    return LoadBalancer.<String>builder()
        .policy(Policy.weightedRandom())
        .ticker(ticker)
        .random(() -> random);
  }

  /** Returns the part of the requests by the first n characters of values. */
  private static Map<String, Double> parts(LoadBalancer<String> balancer, int n) {
    Map<String, Double> parts = new TreeMap<>();
    for (int i = 0; i < PICKS; i++) {
      parts.merge(balancer.pick().value().substring(0, n), 1.0 / PICKS, Double::sum);
    }
    return parts;
  }

  private static void eject(LoadBalancer<String> balancer, String... values) {
    List<Member<String>> acquired = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      acquired.add(balancer.acquire());
    }
    for (Member<String> member : acquired) {
      boolean failed = Arrays.asList(values).contains(member.value()) && !member.ejected();
      member.end(member.begin(), failed ? Outcome.FAILURE : Outcome.IGNORED);
    }
  }

  private LoadBalancer<String> withPriorities() {
    return builder()
        .priority(value -> value.charAt(0) - '0')
        .outlier(Outlier.nginx(1, Duration.ofSeconds(10)))
        .panicThreshold(0.5)
        .build();
  }

  @Test
  void theNextPriorityIsUsedAsFarAsTheFirstIsShort() {
    LoadBalancer<String> balancer = withPriorities();
    balancer.update(List.of("0a", "0b", "0c", "0d", "1a", "1b"));
    assertThat(parts(balancer, 1)).containsOnlyKeys("0");
    eject(balancer, "0a");
    assertThat(parts(balancer, 1)).as("75 % of 1.4 is enough").containsOnlyKeys("0");
    eject(balancer, "0b");
    assertThat(parts(balancer, 1).get("0")).isCloseTo(0.7, within(0.02));
    eject(balancer, "0c");
    Map<String, Double> parts = parts(balancer, 2);
    assertThat(parts.get("0d")).isCloseTo(0.35, within(0.02));
    assertThat(parts).as("no panic while others can take it").doesNotContainKey("0a");
    eject(balancer, "0d");
    assertThat(parts(balancer, 1)).containsOnlyKeys("1");
    assertThat(balancer.stats().panic()).isFalse();
  }

  @Test
  void withoutAReserveTheNextPriorityTakesWhatTheFirstLost() {
    LoadBalancer<String> balancer = withOverprovisioning(1);
    eject(balancer, "0a");
    assertThat(parts(balancer, 1).get("0")).isCloseTo(0.75, within(0.02));
  }

  @Test
  void withAnEndlessReserveTheNextPriorityWaitsUntilNobodyIsLeft() {
    LoadBalancer<String> balancer = withOverprovisioning(Double.POSITIVE_INFINITY);
    eject(balancer, "0a", "0b", "0c");
    assertThat(parts(balancer, 2)).containsOnlyKeys("0d");
    eject(balancer, "0d");
    assertThat(parts(balancer, 1)).containsOnlyKeys("1");
  }

  private LoadBalancer<String> withOverprovisioning(double factor) {
    LoadBalancer<String> balancer =
        builder()
            .priority(value -> value.charAt(0) - '0')
            .overprovisioning(factor)
            .outlier(Outlier.nginx(1, Duration.ofSeconds(10)))
            .build();
    balancer.update(List.of("0a", "0b", "0c", "0d", "1a", "1b"));
    return balancer;
  }

  @Test
  void whenAllPrioritiesAreInPanicAllMembersAreUsedAlike() {
    LoadBalancer<String> balancer = withPriorities();
    balancer.update(List.of("0a", "0b", "0c", "1a"));
    eject(balancer, "0a", "0b", "0c");
    eject(balancer, "1a");
    assertThat(balancer.stats().panic()).isTrue();
    assertThat(parts(balancer, 1).get("1")).isCloseTo(0.25, within(0.02));
  }

  @Test
  void aPriorityThatWasLeftIsTriedWhenItsTimeHasCome() {
    LoadBalancer<String> balancer = withPriorities();
    balancer.update(List.of("0a", "0b", "1a"));
    eject(balancer, "0a", "0b");
    eject(balancer, "0a", "0b");
    assertThat(parts(balancer, 1)).containsOnlyKeys("1");
    ticker.advance(Duration.ofSeconds(11));
    Member<String> trial = balancer.acquire();
    assertThat(trial.value()).startsWith("0");
    trial.end(trial.begin(), Outcome.SUCCESS);
    assertThat(parts(balancer, 2)).containsKey(trial.value());
  }

  @Test
  void prioritiesGoForKeysToo() {
    LoadBalancer<String> balancer =
        LoadBalancer.<String>builder()
            .policy(Policy.rendezvous())
            .priority(value -> value.charAt(0) - '0')
            .outlier(Outlier.nginx(1, Duration.ofSeconds(10)))
            .ticker(ticker)
            .build();
    balancer.update(List.of("0a", "0b", "1a", "1b"));
    Member<String> first = balancer.acquire(1);
    first.end(first.begin(), Outcome.FAILURE);
    int ones = 0;
    for (long key = 0; key < PICKS; key++) {
      Member<String> member = balancer.pick(key);
      assertThat(member).isNotSameAs(first).isSameAs(balancer.pick(key));
      ones += member.value().startsWith("1") ? 1 : 0;
    }
    assertThat((double) ones / PICKS).isCloseTo(0.3, within(0.02));
  }

  @Test
  void requestsStayInTheZoneAsFarAsItsMembersCanTakeThem() {
    LoadBalancer<String> balancer = builder().zone(value -> value.substring(0, 1), "x").build();
    balancer.update(List.of("x1", "x2", "y1", "y2", "z1", "z2"));
    assertThat(parts(balancer, 1)).containsOnlyKeys("x");
    balancer.update(List.of("x1", "y1", "y2", "y3", "z1", "z2"));
    Map<String, Double> parts = parts(balancer, 1);
    assertThat(parts.get("x")).isCloseTo(0.5, within(0.02));
    assertThat(parts.get("y")).as("zone z has no more than its part").isCloseTo(0.5, within(0.02));
    assertThat(parts).doesNotContainKey("z");
  }

  @Test
  void zonesDoNotCountWhereTheyCannot() {
    LoadBalancer<String> balancer = builder().zone(value -> value.substring(0, 1), "x").build();
    balancer.update(List.of("x1", "y1", "y2", "y3", "z1"));
    assertThat(parts(balancer, 1)).as("five are too few").containsOnlyKeys("x", "y", "z");
    balancer.update(List.of("w1", "w2", "y1", "y2", "y3", "z1"));
    assertThat(parts(balancer, 1)).as("nobody at home").containsOnlyKeys("w", "y", "z");
  }

  @Test
  void callersOfAZoneCount() {
    LoadBalancer<String> balancer =
        builder()
            .zone(value -> value.substring(0, 1), "x", zone -> zone.equals("x") ? 3 : 1)
            .zoneMinimum(1)
            .build();
    balancer.update(List.of("x1", "y1"));
    assertThat(parts(balancer, 1).get("x")).as("½ of ¾").isCloseTo(2.0 / 3, within(0.02));
  }

  @Test
  void aNewMemberStartsSlowly() {
    LoadBalancer<String> balancer = builder().slowStart(Duration.ofSeconds(10)).build();
    balancer.update(List.of("a", "b"));
    assertThat(parts(balancer, 1).get("a")).isCloseTo(0.5, within(0.02));
    balancer.update(List.of("a", "b", "c"));
    assertThat(parts(balancer, 1).get("c")).isCloseTo(0.1 / 2.1, within(0.01));
    ticker.advance(Duration.ofSeconds(5));
    assertThat(parts(balancer, 1).get("c")).isCloseTo(0.5 / 2.5, within(0.02));
    assertThat(balancer.snapshot().members().get(2).effectiveWeight()).isEqualTo(0.5);
    assertThat(balancer.snapshot().members().get(2).weight()).isEqualTo(1);
    ticker.advance(Duration.ofSeconds(5));
    assertThat(parts(balancer, 1).get("c")).isCloseTo(1 / 3.0, within(0.02));
  }

  @Test
  void aMemberThatComesBackAfterAnEjectionStartsSlowlyToo() {
    LoadBalancer<String> balancer =
        builder()
            .slowStart(Duration.ofSeconds(10))
            .outlier(Outlier.nginx(1, Duration.ofSeconds(10)))
            .build();
    balancer.update(List.of("a", "b"));
    eject(balancer, "b");
    ticker.advance(Duration.ofSeconds(11));
    for (int i = 0; i < 100; i++) {
      Member<String> member = balancer.acquire();
      member.end(member.begin(), Outcome.SUCCESS);
    }
    assertThat(balancer.stats().ejected()).isZero();
    assertThat(parts(balancer, 1).get("b")).isCloseTo(0.1 / 1.1, within(0.01));
    ticker.advance(Duration.ofSeconds(10));
    assertThat(parts(balancer, 1).get("b")).isCloseTo(0.5, within(0.02));
  }

  @Test
  void aClockThatJumpsBackHoldsASlowStartAtItsLeast() {
    LoadBalancer<String> balancer = builder().slowStart(Duration.ofSeconds(10)).build();
    ticker.set(Long.MAX_VALUE - 5);
    balancer.update(List.of("a"));
    balancer.update(List.of("a", "b"));
    ticker.set(Long.MAX_VALUE - 1_000_000_000);
    balancer.update(List.of("b", "a"));
    assertThat(balancer.snapshot().members().get(0).effectiveWeight()).isEqualTo(0.1);
    ticker.set(Long.MIN_VALUE + Duration.ofSeconds(10).toNanos());
    assertThat(parts(balancer, 1).get("b")).isCloseTo(0.5, within(0.02));
  }

  @Test
  void traitsThatMakeNoSenseAreRejectedByName() {
    LoadBalancer<String> balancer =
        builder()
            .priority(String::length)
            .zone(value -> value.equals("b") ? null : "z", "z")
            .build();
    assertThatThrownBy(() -> balancer.update(List.of("a", "b", "c".repeat(128))))
        .hasMessage(
            "zone of b: null (expected: a zone); "
                + "priority of "
                + "c".repeat(128)
                + ": 128 (expected: 0 to 127)");
  }
}
