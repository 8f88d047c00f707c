package io.spinforge.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AutoscalerBuilderTest {
  private static final MetricSource NONE = List::of;
  private static final ScaleTarget TARGET = new FakeTarget(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  static Stream<Arguments> wrongValues() {
    return Stream.of(
        wrong(b -> b.limits(-1, 3), "limits: -1 to 3 (expected: 0 <= minimum <= maximum,"),
        wrong(b -> b.limits(3, 2), "limits: 3 to 2 (expected: 0 <= minimum <= maximum,"),
        wrong(b -> b.limits(0, 0), "limits: 0 to 0 (expected: "),
        wrong(b -> b.interval(Duration.ZERO), "interval: PT0S (expected: PT0.01S to PT1H)"),
        wrong(b -> b.interval(MINUTE.negated()), "interval: PT-1M (expected: PT0.01S to PT1H)"),
        wrong(b -> b.interval(Duration.ofHours(2)), "interval: PT2H (expected: PT0.01S to PT1H)"),
        wrong(b -> b.staleAfter(Duration.ZERO), "staleAfter: PT0S (expected: above PT0S)"),
        wrong(
            b -> b.behavior(ScalingRules.down().build(), ScalingRules.down().build()),
            "(expected: ScalingRules.up())"),
        wrong(
            b -> b.behavior(ScalingRules.up().build(), ScalingRules.up().build()),
            "(expected: ScalingRules.down())"),
        wrong(b -> Autoscaler.named("a b"), "name: 'a b' (expected: 1 to 64 of"),
        wrong(b -> Autoscaler.named(""), "name: '' (expected: 1 to 64 of"),
        wrong(
            b -> Signal.utilization(NONE, 0.0),
            "target: 0.0 (expected: 0.01 to 10.00 in whole percent)"),
        wrong(b -> Signal.utilization(NONE, 70), "target: 70.0 (expected: 0.01 to 10.00"),
        wrong(b -> Signal.utilization(NONE, 0.705), "target: 0.705 (expected: 0.01 to 10.00"),
        wrong(b -> Signal.utilization(NONE, Double.NaN), "target: NaN (expected: "),
        wrong(b -> Signal.perInstanceLoad(NONE, 0), "target: 0.0 (expected: >= 0.001)"),
        wrong(
            b -> Signal.perInstanceLoad(NONE, Double.POSITIVE_INFINITY),
            "target: Infinity (expected: >= 0.001)"),
        wrong(b -> Signal.totalDemand(() -> 1, -1), "target: -1.0 (expected: >= 0.001)"),
        wrong(b -> Signal.totalDemand(() -> 1, 1).named(" "), "name: ' ' (expected: not blank)"),
        wrong(b -> ScalingRules.up().instances(0, MINUTE), "instances: 0 (expected: >= 1)"),
        wrong(
            b -> ScalingRules.up().instances(1, Duration.ZERO),
            "period: PT0S (expected: above PT0S, up to PT1H)"),
        wrong(b -> ScalingRules.up().percent(0, MINUTE), "percent: 0 (expected: >= 1)"),
        wrong(b -> ScalingRules.down().percent(101, MINUTE), "percent: 101 (expected: 1 to 100)"),
        wrong(
            b -> ScalingRules.down().stabilization(MINUTE.negated()),
            "stabilization: PT-1M (expected: PT0S to PT1H)"),
        wrong(b -> ScalingRules.up().tolerance(1), "tolerance: 1.0 (expected: >= 0.0 and < 1.0)"),
        wrong(
            b -> ScalingRules.up().tolerance(Double.NaN),
            "tolerance: NaN (expected: >= 0.0 and < 1.0)"));
  }

  private static Arguments wrong(Consumer<AutoscalerBuilder> call, String message) {
    return Arguments.of(call, message);
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("wrongValues")
  void wrongValueSaysWhatIsExpected(Consumer<AutoscalerBuilder> call, String message) {
    assertThatThrownBy(() -> call.accept(Autoscaler.named("a")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  static Stream<Consumer<AutoscalerBuilder>> setters() {
    return Stream.of(
        b -> b.target(TARGET),
        b -> b.limits(1, 2),
        b -> b.interval(MINUTE),
        b -> b.staleAfter(MINUTE),
        b -> b.zone(ZoneOffset.UTC),
        b -> b.reactive(ReactivePolicy.thresholds()),
        b -> b.behavior(ScalingRules.up().build(), ScalingRules.down().build()),
        b -> b.mode(Mode.DRY_RUN),
        b -> b.clock(Clock.systemUTC()),
        b -> b.ticker(System::nanoTime));
  }

  @ParameterizedTest
  @MethodSource("setters")
  void secondSetOfTheSameThingIsAnError(Consumer<AutoscalerBuilder> setter) {
    AutoscalerBuilder builder = Autoscaler.named("a");
    setter.accept(builder);
    assertThatThrownBy(() -> setter.accept(builder))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(": set twice (before: ");
  }

  @Test
  void secondSetInRulesIsAnError() {
    ScalingRules.Builder rules =
        ScalingRules.up().select(ScalingRules.Select.MIN).stabilization(MINUTE).tolerance(0.2);
    assertThatThrownBy(() -> rules.select(ScalingRules.Select.MAX))
        .hasMessage("select: set twice (before: MIN)");
    assertThatThrownBy(() -> rules.stabilization(MINUTE))
        .hasMessage("stabilization: set twice (before: PT1M)");
    assertThatThrownBy(() -> rules.tolerance(0.3)).hasMessage("tolerance: set twice (before: 0.2)");
  }

  @Test
  void buildReportsEveryProblemAtOnce() {
    AutoscalerBuilder builder =
        Autoscaler.named("a")
            .signal(Signal.utilization(NONE, 0.7))
            .signal(Signal.utilization(NONE, 0.8))
            .limits(0, 3)
            .interval(MINUTE)
            .staleAfter(Duration.ofSeconds(1));
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll(
            "target: missing (expected: target(...))",
            "signal: two named 'utilization' (expected: named(...) on one)",
            "limits: minimum 0 (expected: >= 1, or a Signal.totalDemand to start from 0)",
            "staleAfter: PT1S (expected: >= the interval of PT1M)");
    assertThatThrownBy(() -> Autoscaler.named("a").target(TARGET).build())
        .hasMessage(
            "Autoscaler a cannot be built: signal: missing (expected: at least one signal(...))");
  }

  @Test
  void defaultsAreTheDocumentedOnes() {
    Autoscaler scaler =
        Autoscaler.named("a").target(TARGET).signal(Signal.utilization(NONE, 0.7)).build();
    assertThat(scaler.name()).isEqualTo("a");
    assertThat(scaler.stats().min()).isEqualTo(1);
    assertThat(scaler.stats().max()).isEqualTo(10);
    assertThat(scaler.stats().current()).isEqualTo(-1);
    assertThat(ScalingRules.up().build())
        .hasToString(
            "up [Rate[percent=true, amount=100, period=15000000000], Rate[percent=false, amount=4,"
                + " period=15000000000]] select MAX window PT0S tolerance 0.1");
    assertThat(ScalingRules.down().build())
        .hasToString(
            "down [Rate[percent=true, amount=100, period=15000000000]] select MAX window PT5M"
                + " tolerance 0.1");
  }
}
