package io.spinforge.metrics.bind;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.spinforge.balance.LoadBalancer;
import io.spinforge.balance.Member;
import io.spinforge.balance.Outcome;
import io.spinforge.balance.Outlier;
import io.spinforge.balance.Policy;
import io.spinforge.metrics.Allocation;
import io.spinforge.metrics.Logged;
import io.spinforge.metrics.SpinForgeMetrics;
import io.spinforge.testkit.ManualTicker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BalanceBindingTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final ManualTicker ticker = new ManualTicker();
  private final LoadBalancer<String> balancer =
      LoadBalancer.<String>builder()
          .policy(Policy.roundRobin())
          .outlier(Outlier.nginx(2, Duration.ofSeconds(30)))
          .ticker(ticker)
          .build();

  private double gauge(String name, String... tags) {
    return registry.get(name).tags(tags).gauge().value();
  }

  private double count(String name, String... tags) {
    return registry.get(name).tags(tags).functionCounter().count();
  }

  private List<String> members() {
    return registry.find("spinforge.balance.inflight").meters().stream()
        .map(meter -> meter.getId().getTag("member"))
        .sorted()
        .toList();
  }

  @Test
  void eachMemberHasItsMetersWhileItIsListed() {
    balancer.update(List.of("a", "b"));
    SpinForgeMetrics.builder(registry).bind("checkout", balancer).build();
    assertThat(members()).containsExactly("a", "b");

    Member<String> member = balancer.acquire();
    long start = member.begin();
    assertThat(gauge("spinforge.balance.inflight", "member", member.value())).isEqualTo(1);
    ticker.advance(Duration.ofMillis(20));
    member.end(start, Outcome.SUCCESS);
    assertThat(gauge("spinforge.balance.inflight", "member", member.value())).isZero();
    assertThat(
            registry
                .get("spinforge.balance.requests")
                .tags("balancer", "checkout", "member", member.value(), "outcome", "success")
                .timer()
                .totalTime(TimeUnit.MILLISECONDS))
        .isBetween(19.0, 21.0);

    balancer.update(List.of("b", "c"));
    assertThat(members()).containsExactly("b", "c");
    assertThat(registry.find("spinforge.balance.requests").tags("member", "a").meters()).isEmpty();
  }

  @Test
  void aRequestThatEndsAfterItsMemberLeftBringsNoMetersBack() {
    balancer.update(List.of("a"));
    SpinForgeMetrics.builder(registry).bind("checkout", balancer).build();
    Member<String> member = balancer.acquire();
    long start = member.begin();
    balancer.update(List.of());
    member.end(start, Outcome.SUCCESS);
    assertThat(registry.getMeters()).noneMatch(meter -> "a".equals(meter.getId().getTag("member")));
  }

  @Test
  void statesAndCountersAreThoseOfTheBalancer() {
    balancer.update(List.of("a", "b", "c"));
    SpinForgeMetrics.builder(registry).bind("checkout", balancer).build();
    for (int i = 0; i < 6; i++) {
      Member<String> member = balancer.acquire();
      member.end(member.begin(), member.value().equals("a") ? Outcome.FAILURE : Outcome.SUCCESS);
    }
    assertThat(gauge("spinforge.balance.members", "state", "ejected")).isEqualTo(1);
    assertThat(gauge("spinforge.balance.members", "state", "up")).isEqualTo(2);
    assertThat(gauge("spinforge.balance.members", "state", "draining")).isZero();
    assertThat(gauge("spinforge.balance.panic")).isZero();
    assertThat(count("spinforge.balance.ejections", "reason", "nginx")).isEqualTo(1);
    assertThat(count("spinforge.balance.retries", "outcome", "made")).isZero();
    balancer.update(List.of());
    assertThat(balancer.pickOrNull()).isNull();
    assertThat(count("spinforge.balance.empty")).isEqualTo(1);
  }

  @Test
  void aHundredMembersAreKeptApartAndTheRestIsOtherWarnedOfOnce() {
    SpinForgeMetrics.builder(registry).bind("checkout", balancer).build();
    String log =
        Logged.during(
            () -> {
              balancer.update(IntStream.range(0, 250).mapToObj(i -> "m" + i).toList());
              balancer.update(IntStream.range(0, 300).mapToObj(i -> "m" + i).toList());
            });
    assertThat(members()).hasSize(101).contains("other");
    assertThat(gauge("spinforge.balance.weight", "member", "other")).isEqualTo(200);
    assertThat(log).containsOnlyOnce("count as \"other\"");
  }

  @Test
  void membersAreNamedAsTheHostLikes() {
    balancer.update(List.of("10.0.0.1:8080"));
    SpinForgeMetrics.builder(registry)
        .bind("checkout", balancer)
        .memberName(value -> value.toString().replace(":8080", ""))
        .build();
    assertThat(members()).containsExactly("10.0.0.1");
  }

  @Test
  void closingTakesEveryMeterAndTheListenerAway() {
    balancer.update(List.of("a"));
    SpinForgeMetrics metrics = SpinForgeMetrics.builder(registry).bind("x", balancer).build();
    Member<String> member = balancer.acquire();
    member.end(member.begin(), Outcome.SUCCESS);
    metrics.close();
    metrics.close();
    balancer.update(List.of("a", "b"));
    assertThat(registry.getMeters()).extracting(Meter::getId).isEmpty();
  }

  @Test
  void aRequestAllocatesNothingMoreThanWithoutMeters() {
    balancer.update(List.of("a", "b"));
    SpinForgeMetrics.builder(registry).bind("checkout", balancer).build();
    double bytes =
        Allocation.perCall(
            () -> {
              Member<String> member = balancer.acquire();
              member.end(member.begin(), Outcome.SUCCESS);
            },
            20_000);
    assertThat(bytes).isLessThanOrEqualTo(0.01);
  }
}
