package io.spinforge.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.offset;

import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.spinforge.metrics.GoalReport.Budget;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ErrorBudgetTest {
  private final MockClock clock = new MockClock();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
  private final HttpMetrics http = HttpMetrics.create(registry);
  private final PerformanceGoals goals =
      PerformanceGoals.builder()
          .errorRate(0.001, 0.01)
          .latency(95, Duration.ofMillis(250), Duration.ofMillis(500))
          .cpu(0.7, 0.9)
          .build();
  private final GoalWatch watch = goals.watch(registry);

  /** One request, then time passes. */
  private void request(int status, Duration latency, Duration pause) {
    long start = http.start() - latency.toNanos();
    http.route("/a").end("GET", status, start);
    clock.add(pause);
  }

  private void requests(int count, int status, Duration pause) {
    for (int i = 0; i < count; i++) {
      request(status, Duration.ZERO, pause);
    }
  }

  private Budget errors() {
    return Objects.requireNonNull(watch.evaluate().goal("error-rate").budget());
  }

  @Test
  void aTotalOutagePagesAfter51Point84Seconds() {
    requests(7 * 3600, 200, Duration.ofSeconds(1)); // so that six hours are not the first to tell
    assertThat(errors().level()).isEqualTo(BurnLevel.OK);
    long began = clock.monotonicTime();
    while (errors().level() != BurnLevel.PAGE) {
      request(500, Duration.ZERO, Duration.ofSeconds(1));
    }
    double seconds = (clock.monotonicTime() - began) / 1e9;
    assertThat(seconds).isCloseTo(51.84, offset(1.0)); // one slot
    assertThat(errors().level()).isEqualTo(BurnLevel.PAGE);
    assertThat(errors().window()).isEqualTo("1h");
    assertThat(errors().burnRate()).isCloseTo(14.4, offset(0.4));
    assertThat(watch.evaluate().burnLevel()).isEqualTo(BurnLevel.PAGE);
  }

  @Test
  void aPageEndsWithTheShortWindow() {
    requests(7 * 3600, 200, Duration.ofSeconds(1));
    requests(60, 500, Duration.ofSeconds(1));
    assertThat(errors().level()).isEqualTo(BurnLevel.PAGE);
    requests(300, 200, Duration.ofSeconds(1));
    assertThat(errors().level()).isNotEqualTo(BurnLevel.PAGE);
  }

  @Test
  void aSlowBurnIsATicket() {
    for (int i = 0; i < 3 * 24 * 60; i++) { // 0.2 % for three days: twice the budget
      request(i % 500 == 0 ? 500 : 200, Duration.ZERO, Duration.ofMinutes(1));
    }
    request(500, Duration.ZERO, Duration.ZERO);
    assertThat(errors().level()).isEqualTo(BurnLevel.TICKET);
    assertThat(errors().window()).isEqualTo("3d");
  }

  @Test
  void belowAHundredRequestsNothingIsJudged() {
    requests(99, 500, Duration.ofMillis(10));
    assertThat(errors().level()).isEqualTo(BurnLevel.INSUFFICIENT_DATA);
    assertThat(errors().remaining()).isNaN();
    assertThat(watch.evaluate().burnLevel()).isEqualTo(BurnLevel.INSUFFICIENT_DATA);
    requests(1, 500, Duration.ofMillis(10));
    assertThat(errors().level()).isEqualTo(BurnLevel.PAGE);
    assertThat(errors().remaining()).isCloseTo(-999, offset(1e-9));
  }

  @Test
  void whatIsLeftOfTheBudgetIsOfThirtyDays() {
    requests(10_000, 200, Duration.ofMillis(10));
    requests(5, 500, Duration.ofMillis(10));
    assertThat(errors().remaining()).isCloseTo(0.5, offset(0.001));
    clock.add(Duration.ofDays(29));
    assertThat(errors().remaining()).isCloseTo(0.5, offset(0.001));
    clock.add(Duration.ofDays(1));
    assertThat(errors().remaining()).isNaN();
    assertThat(errors().level()).isEqualTo(BurnLevel.INSUFFICIENT_DATA);
  }

  @Test
  void slowRequestsSpendTheBudgetOfAPercentile() {
    for (int i = 0; i < 1000; i++) {
      Duration latency = i % 10 == 0 ? Duration.ofMillis(250) : Duration.ofNanos(249_999_999);
      request(200, latency, Duration.ofMillis(10));
    }
    Budget p95 = Objects.requireNonNull(watch.evaluate().goal("p95").budget());
    assertThat(p95.burnRate()).isEqualTo(2);
    assertThat(p95.remaining()).isEqualTo(-1);
    assertThat(p95.level()).isEqualTo(BurnLevel.TICKET);
    assertThat(watch.evaluate().goal("cpu").budget()).isNull();
  }

  @Test
  void budgetsAreGaugesUntilTheWatchIsClosed() {
    requests(1000, 500, Duration.ofMillis(10));
    assertThat(gauge("spinforge.goal.burn.rate", "5m")).isEqualTo(1000);
    assertThat(gauge("spinforge.goal.burn.rate", "3d")).isEqualTo(1000);
    assertThat(gauge("spinforge.goal.budget.remaining", "30d")).isCloseTo(-999, offset(1e-9));
    try (GoalWatch other =
        PerformanceGoals.builder()
            .errorRate(0.001, 0.01)
            .window(Duration.ofHours(1))
            .build()
            .watch(registry)) {
      assertThat(other.evaluate().goal("error-rate").samples()).isZero();
    }
    assertThat(gauge("spinforge.goal.burn.rate", "1h")).isEqualTo(1000);
    watch.close();
    assertThat(registry.find("spinforge.goal.burn.rate").meters()).isEmpty();
    assertThat(registry.find("spinforge.goal.budget.remaining").meters()).isEmpty();
  }

  private double gauge(String name, String window) {
    return registry.get(name).tags("goal", "error-rate", "window", window).gauge().value();
  }

  @Test
  void budgetsAreATableForAPerson() {
    requests(10_000, 200, Duration.ofMillis(10));
    requests(5, 500, Duration.ofMillis(10));
    assertThat(watch.evaluate().toBudgetText())
        .isEqualTo(
            """
            goal        burn rate  window  budget left  alarm
            error-rate       0.50      1h       50.0 %  OK
            p95              0.00      1h      100.0 %  OK
            """);
  }

  @Test
  void alertingRulesAskForBothWindowsOfEachAlarmThatCanSound() {
    String rules = PerformanceGoals.defaults().toPrometheusRules();
    assertThat(rules)
        .contains(
            """
                  - alert: SpinForgeBudgetBurn
                    expr: |-
                      sum(rate(http_requests_total{status=~"5.."}[1h])) / sum(rate(http_requests_total[1h])) > 14.4 * 0.001
                      and
                      sum(rate(http_requests_total{status=~"5.."}[5m])) / sum(rate(http_requests_total[5m])) > 14.4 * 0.001
                    labels:
                      goal: error-rate
                      severity: page
                      window: 1h
            """
                .indent(0))
        .contains("http_request_duration_seconds_bucket{le=~\"1([.]0)?\"}[3d]")
        .contains("max(spinforge_goal_level{goal=\"cpu\"}) >= 2");
    // Half of all requests may be slower than p50's target: they cannot be 14.4 times as many.
    assertThat(rules.split("goal: p50", -1)).hasSize(2);
    assertThat(goals.toPrometheusRules())
        .contains("max(spinforge_goal_burn_rate{goal=\"p95\",window=\"6h\"}) > 6");
  }

  @Test
  void objectivesAreThoseThatCanBeCounted() {
    assertThat(goals.toOpenSlo("shop"))
        .contains("name: error-rate", "target: 0.999", "service: shop", "duration: 30d")
        .doesNotContain("p95", "cpu", "---");
    assertThat(PerformanceGoals.defaults().toOpenSlo("shop").split("---", -1)).hasSize(4);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> goals.toOpenSlo("My Shop"))
        .withMessage("service: \"My Shop\" (expected: lower-case letters, digits and dashes)");
  }
}
