package io.spinforge.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LoadBalancerBuilderTest {
  private final LoadBalancerBuilder<String> builder = LoadBalancer.builder();

  @Test
  void everythingIsOptional() {
    LoadBalancer<String> balancer = builder.build();
    balancer.update(List.of("a"));
    assertThat(balancer.pick().value()).isEqualTo("a");
  }

  @Test
  void settingTwiceIsAnError() {
    assertTwice("policy", b -> b.policy(Policy.random()));
    assertTwice("weight", b -> b.weight(value -> 1));
    assertTwice("priority", b -> b.priority(value -> 0));
    assertTwice("zone", b -> b.zone(value -> "z", "z"));
    assertTwice("zoneMinimum", b -> b.zoneMinimum(3));
    assertTwice("name", b -> b.name(value -> value));
    assertTwice("slowStart", b -> b.slowStart(Duration.ofSeconds(1)));
    assertTwice("outlier", b -> b.outlier(Outlier.consecutive(5)));
    assertTwice("panicThreshold", b -> b.panicThreshold(0.5));
    assertTwice("retry", b -> b.retry(Retry.budget(0.2, 10)));
    assertTwice("classifier", b -> b.classifier(Classifier.byException()));
    assertTwice("ticker", b -> b.ticker(System::nanoTime));
    assertTwice("random", b -> b.random(() -> new SplittableRandom(1)));
  }

  private void assertTwice(String name, UnaryOperator<LoadBalancerBuilder<String>> setter) {
    assertThat(setter.apply(builder)).isSameAs(builder);
    assertThatThrownBy(() -> setter.apply(builder))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(name + ": set twice (expected: once)");
  }

  @Test
  void nullsAreRejectedByName() {
    assertNull("policy", () -> builder.policy(null));
    assertNull("weight", () -> builder.weight(null));
    assertNull("priority", () -> builder.priority(null));
    assertNull("zoneOf", () -> builder.zone(null, "z"));
    assertNull("local", () -> builder.zone(value -> "z", null));
    assertNull("callersIn", () -> builder.zone(value -> "z", "z", null));
    assertNull("name", () -> builder.name(null));
    assertNull("outlier", () -> builder.outlier(null));
    assertNull("retry", () -> builder.retry(null));
    assertNull("classifier", () -> builder.classifier(null));
    assertNull("ticker", () -> builder.ticker(null));
    assertNull("random", () -> builder.random(null));
    LoadBalancer<String> balancer = builder.build();
    assertNull("values", () -> balancer.update(null));
    assertNull("call", () -> balancer.call(null));
    assertNull("call", () -> balancer.callAsync(null));
    assertNull("listener", () -> balancer.addListener(null));
    assertNull("listener", () -> balancer.removeListener(null));
  }

  private static void assertNull(String name, ThrowingCallable code) {
    assertThatThrownBy(code).isInstanceOf(NullPointerException.class).hasMessage(name);
  }

  @ParameterizedTest
  @MethodSource
  void wrongValuesAreRejectedAtOnce(String message, ThrowingCallable code) {
    assertThatThrownBy(code).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  static Stream<Object[]> wrongValuesAreRejectedAtOnce() {
    LoadBalancerBuilder<String> b = LoadBalancer.builder();
    return Stream.of(
        row("panicThreshold: -0.1 (expected: 0 to 1)", () -> b.panicThreshold(-0.1)),
        row("panicThreshold: 1.1 (expected: 0 to 1)", () -> b.panicThreshold(1.1)),
        row("panicThreshold: NaN (expected: 0 to 1)", () -> b.panicThreshold(Double.NaN)),
        row("d: 1 (expected: >= 2)", () -> Policy.powerOf(1)),
        row("tau: PT0S (expected: > 0, <= 365 days)", () -> Policy.peakEwma(Duration.ZERO)),
        row("maxFails: 0 (expected: >= 1)", () -> Outlier.nginx(0, Duration.ofSeconds(1))),
        row(
            "failTimeout: PT-1S (expected: > 0, <= 365 days)",
            () -> Outlier.nginx(1, Duration.ofSeconds(-1))),
        row(
            "failTimeout: PT8784H (expected: > 0, <= 365 days)",
            () -> Outlier.nginx(1, Duration.ofDays(366))),
        row("failures: 0 (expected: >= 1)", () -> Outlier.consecutive(0)),
        row(
            "kinds: [SUCCESS] (expected: FAILURE, TIMEOUT or OVERLOADED)",
            () -> Outlier.consecutive(1, Outcome.SUCCESS)),
        row(
            "kinds: [] (expected: FAILURE, TIMEOUT or OVERLOADED)",
            () -> Outlier.consecutive(1, new Outcome[0])),
        row("factor: 0.0 (expected: > 0, <= 100)", () -> Outlier.successRate(0)),
        row("factor: NaN (expected: > 0, <= 100)", () -> Outlier.successRate(Double.NaN)),
        row("percentage: 0.0 (expected: > 0, <= 100)", () -> Outlier.failurePercentage(0)),
        row("percentage: 101.0 (expected: > 0, <= 100)", () -> Outlier.failurePercentage(101)),
        row("volume: 0, 100 (expected: both >= 1)", () -> Outlier.successRate(1.9).volume(0, 100)),
        row("maxEjected: 1.1 (expected: 0 to 1)", () -> Outlier.successRate(1.9).maxEjected(1.1)),
        row(
            "base: PT0S (expected: > 0, <= 365 days)",
            () ->
                Outlier.successRate(1.9)
                    .times(Duration.ofSeconds(1), Duration.ZERO, Duration.ofSeconds(1))),
        row(
            "maxFails: -1 (expected: >= 0)",
            () -> Policy.nginxLeastConn(-1, Duration.ofSeconds(1))),
        row(
            "failTimeout: PT0S (expected: > 0, <= 365 days)",
            () -> Policy.nginxLeastConn(0, Duration.ZERO)),
        row("points: 0 (expected: 1 to 4096)", () -> Policy.ring(0)),
        row("points: 4097 (expected: 1 to 4096)", () -> Policy.ring(4_097)),
        row("size: 65536 (expected: a prime, 3 to 5000011)", () -> Policy.maglev(65_536)),
        row("size: 2 (expected: a prime, 3 to 5000011)", () -> Policy.maglev(2)),
        row("size: 5000077 (expected: a prime, 3 to 5000011)", () -> Policy.maglev(5_000_077)),
        row("boundedLoad: 1.0 (expected: 1.01 to 100)", () -> Policy.ring(1).boundedLoad(1)),
        row(
            "boundedLoad: NaN (expected: 1.01 to 100)",
            () -> Policy.ring(1).boundedLoad(Double.NaN)),
        row("zoneMinimum: 0 (expected: >= 1)", () -> b.zoneMinimum(0)),
        row("overprovisioning: 0.9 (expected: >= 1)", () -> b.overprovisioning(0.9)),
        row("overprovisioning: NaN (expected: >= 1)", () -> b.overprovisioning(Double.NaN)),
        row("slowStart: PT0S (expected: > 0, <= 365 days)", () -> b.slowStart(Duration.ZERO)),
        row("aggression: 0.0 (expected: > 0, <= 100)", () -> b.slowStart(Duration.ofSeconds(1), 0)),
        row("ratio: -0.1 (expected: 0 to 1)", () -> Retry.budget(-0.1, 0)),
        row("ratio: NaN (expected: 0 to 1)", () -> Retry.budget(Double.NaN, 0)),
        row("minPerSecond: -1 (expected: 0 to 10000)", () -> Retry.budget(0, -1)),
        row("maxAttempts: 1 (expected: 2 to 10)", () -> Retry.budget(0, 1).maxAttempts(1)),
        row("maxAttempts: 11 (expected: 2 to 10)", () -> Retry.budget(0, 1).maxAttempts(11)));
  }

  private static Object[] row(String message, ThrowingCallable code) {
    return new Object[] {message, code};
  }

  @Test
  void aPanicThresholdWithoutEjectionsIsAContradiction() {
    assertThatThrownBy(() -> builder.policy(Policy.random()).panicThreshold(0.5).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("panicThreshold: 0.5 (expected: outlier set, nobody is ejected else)");
  }

  @Test
  void overprovisioningWithoutPrioritiesIsAContradiction() {
    assertThatThrownBy(() -> builder.overprovisioning(2).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("overprovisioning: 2.0 (expected: priority set)");
  }

  @Test
  void settingsThatContradictThePolicyAreNamedAllAtOnce() {
    assertThatThrownBy(
            () ->
                builder
                    .policy(Policy.maglev(101))
                    .zone(value -> "z", "z")
                    .slowStart(Duration.ofSeconds(1))
                    .build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "zone: set (expected: another policy, with maglev(101) keys have their members); "
                + "slowStart: set (expected: another policy, keys would move with maglev(101))");
    LoadBalancerBuilder<String> plain = LoadBalancer.builder();
    assertThatThrownBy(
            () ->
                plain
                    .policy(Policy.roundRobin())
                    .slowStart(Duration.ofSeconds(1))
                    .name(value -> value)
                    .zoneMinimum(3)
                    .build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "name: set (expected: ring, maglev or rendezvous, roundRobin has no keys); "
                + "zoneMinimum: 3 (expected: zone set); "
                + "slowStart: set (expected: another policy, roundRobin has no weights)");
  }

  @Test
  void whatAPolicyOrARuleCannotHaveIsAContradiction() {
    assertThatThrownBy(() -> Policy.roundRobin().boundedLoad(1.25))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("boundedLoad: roundRobin (expected: ring, maglev or rendezvous, once)");
    assertThatThrownBy(() -> Policy.rendezvous().boundedLoad(1.25).boundedLoad(2))
        .hasMessage(
            "boundedLoad: rendezvous.boundedLoad(1.25) (expected: ring, maglev or rendezvous,"
                + " once)");
    assertThatThrownBy(() -> Outlier.consecutive(5).volume(1, 1))
        .hasMessage("volume: consecutive(5) (expected: successRate or failurePercentage)");
    assertThatThrownBy(() -> Outlier.nginx(1, Duration.ofSeconds(1)).maxEjected(0.5))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("maxEjected: nginx(1, PT1S) (expected: another rule, once)");
  }

  @Test
  void policiesAndOutliersTellWhatTheyAre() {
    assertThat(Policy.maglev(101).boundedLoad(1.25)).hasToString("maglev(101).boundedLoad(1.25)");
    assertThat(Outlier.successRate(1.9).maxEjected(0.5)).hasToString("successRate(1.9)");
    assertThat(Outlier.consecutive(5, Outcome.TIMEOUT)).hasToString("consecutive(5, [TIMEOUT])");
    assertThat(Policy.powerOf(3)).hasToString("powerOf(3)");
    assertThat(Outlier.nginx(3, Duration.ofSeconds(30))).hasToString("nginx(3, PT30S)");
  }
}
