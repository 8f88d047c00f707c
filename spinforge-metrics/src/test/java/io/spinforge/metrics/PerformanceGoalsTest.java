package io.spinforge.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.groups.Tuple.tuple;

import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class PerformanceGoalsTest {
  private static final Duration MS = Duration.ofMillis(1);

  private static void refused(UnaryOperator<PerformanceGoals.Builder> set, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> set.apply(PerformanceGoals.builder()))
        .withMessage(message);
  }

  @Test
  void theDefaultsAreTheSevenOfTheGuide() {
    assertThat(PerformanceGoals.defaults().goals())
        .extracting(Goal::name, Goal::target, Goal::critical)
        .containsExactly(
            tuple("p50", 0.1, 0.2),
            tuple("p95", 0.5, 1.0),
            tuple("p99", 1.0, 2.0),
            tuple("throughput", 1000.0, 500.0),
            tuple("error-rate", 0.001, 0.01),
            tuple("cpu", 0.70, 0.90),
            tuple("memory", 0.80, 0.95));
    assertThat(PerformanceGoals.defaults().window()).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void aTargetBeyondItsCriticalValueIsRefused() {
    refused(
        b -> b.latency(99, MS.multipliedBy(2), MS),
        "p99 target: 2.00 ms (expected: <= critical, 1.00 ms)");
    refused(b -> b.throughput(10, 20), "throughput target: 10/s (expected: >= critical, 20/s)");
    refused(
        b -> b.errorRate(0.2, 0.1), "error-rate target: 20.00 % (expected: <= critical, 10.00 %)");
    refused(b -> b.cpu(0.9, 0.8), "cpu target: 90.0 % (expected: <= critical, 80.0 %)");
    refused(b -> b.memory(0.9, 0.8), "memory target: 90.0 % (expected: <= critical, 80.0 %)");
  }

  @Test
  void percentilesAreBetweenZeroAndAHundredWithThreeDecimals() {
    for (double wrong : new double[] {0, 100, -1, Double.NaN, 99.9999}) {
      refused(
          b -> b.latency(wrong, MS, MS),
          "percentile: " + wrong + " (expected: 0 < percentile < 100, three decimals)");
    }
    assertThat(PerformanceGoals.builder().latency(99.9, MS, MS).build().goals().get(0).name())
        .isEqualTo("p99.9");
  }

  @Test
  void latenciesHaveAtMostThreeDigits() {
    String rule = " (expected: PT0.00001S to PT16M40S with at most three significant digits)";
    refused(b -> b.latency(50, Duration.ofMillis(1234), MS), "p50 target: PT1.234S" + rule);
    refused(b -> b.latency(50, Duration.ofNanos(9_999), MS), "p50 target: PT0.000009999S" + rule);
    refused(b -> b.latency(50, MS, Duration.ofSeconds(1001)), "p50 critical: PT16M41S" + rule);
    refused(b -> b.latency(50, MS, Duration.ofDays(999_999)), "p50 critical: PT23999976H" + rule);
    refused(b -> b.latency(50, Duration.ZERO, MS), "p50 target: PT0S" + rule);
    PerformanceGoals.builder().latency(50, Duration.ofMillis(1250), Duration.ofSeconds(1000));
  }

  @Test
  void sharesAreWithinOneAndThroughputIsPositive() {
    refused(b -> b.errorRate(0, 1), "error-rate target: 0.0 (expected: 0 < share <= 1)");
    refused(b -> b.errorRate(1, 1.1), "error-rate critical: 1.1 (expected: 0 < share <= 1)");
    refused(b -> b.cpu(Double.NaN, 1), "cpu target: NaN (expected: 0 < share <= 1)");
    refused(b -> b.memory(70, 90), "memory target: 70.0 (expected: 0 < share <= 1)");
    refused(b -> b.throughput(-1, -2), "throughput target: -1.0 (expected: > 0)");
    refused(b -> b.throughput(1, 0), "throughput critical: 0.0 (expected: > 0)");
  }

  @Test
  void theWindowIsBetweenASecondAndAnHour() {
    refused(b -> b.window(Duration.ofMillis(999)), "window: PT0.999S (expected: PT1S to PT1H)");
    refused(b -> b.window(Duration.ofMinutes(61)), "window: PT1H1M (expected: PT1S to PT1H)");
  }

  @Test
  void nothingIsSetTwice() {
    setTwice(b -> b.cpu(0.1, 0.2).cpu(0.1, 0.2), "cpu");
    setTwice(b -> b.latency(50, MS, MS).latency(50.0, MS, MS), "p50");
    Duration minute = Duration.ofMinutes(1);
    setTwice(b -> b.window(minute).window(minute), "window");
  }

  private static void setTwice(UnaryOperator<PerformanceGoals.Builder> set, String name) {
    assertThatIllegalStateException()
        .isThrownBy(() -> set.apply(PerformanceGoals.builder()))
        .withMessage(name + ": set twice (expected: once)");
  }

  @Test
  void noGoalsAreNoGoals() {
    assertThatIllegalStateException()
        .isThrownBy(() -> PerformanceGoals.builder().build())
        .withMessage("goals: none (expected: at least one)");
  }
}
