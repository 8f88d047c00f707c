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
  void policiesAndOutliersTellWhatTheyAre() {
    assertThat(Policy.powerOf(3)).hasToString("powerOf(3)");
    assertThat(Outlier.nginx(3, Duration.ofSeconds(30))).hasToString("nginx(3, PT30S)");
  }
}
