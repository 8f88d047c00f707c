package io.spinforge.scaling.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spinforge.scaling.Autoscaler;
import io.spinforge.scaling.AutoscalerBuilder;
import io.spinforge.scaling.Constraint;
import io.spinforge.scaling.Decision;
import io.spinforge.scaling.PredictivePolicy;
import io.spinforge.scaling.Signal;
import io.spinforge.scaling.StartupTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BacktesterTest {
  private static final Instant START = Instant.parse("2026-03-02T00:00:00Z");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @TempDir Path folder;

  private static AutoscalerBuilder builder() {
    return Autoscaler.named("trial")
        .signal(Signal.utilization(() -> List.of(), 0.70))
        .limits(1, 200)
        .interval(MINUTE)
        .zone(ZoneOffset.UTC);
  }

  private static AutoscalerBuilder ahead() {
    return builder()
        .predictive(PredictivePolicy.overload(0.01))
        .startup(StartupTime.fixed(Duration.ofMinutes(10)));
  }

  /** Days of a smooth load with steep mornings and a little noise. */
  static Trace days(int days, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] values = new double[days * 1440];
    for (int i = 0; i < values.length; i++) {
      double hour = i % 1440 / 60.0;
      double morning = 1 / (1 + Math.exp(-6 * (hour - 8))) - 1 / (1 + Math.exp(-3 * (hour - 19)));
      values[i] = (200 + 800 * morning) * (1 + 0.02 * (random.nextDouble() - 0.5));
    }
    return Trace.of("days", START, MINUTE, values);
  }

  @Test
  void countsAreThoseOfASlowObviousCount() {
    Trace trace = days(2, 1);
    Backtest test =
        Backtester.on(trace)
            .capacity(50)
            .startup(Duration.ofMinutes(3))
            .warmup(MINUTE)
            .run(builder());
    BacktestRun run = test.run();
    long over = 0;
    long paid = 0;
    long least = 0;
    List<BacktestRun.Point> counted = run.points().subList(1, run.points().size());
    for (BacktestRun.Point point : counted) {
      over += point.demand() / point.ready() > 45 ? 1 : 0;
      paid += point.paid();
      least += (long) Math.ceil(point.demand() / 45);
    }
    assertThat(run.counted()).isEqualTo(trace.length().minus(MINUTE));
    assertThat(run.overloaded()).isEqualTo((double) over / counted.size());
    assertThat(run.instances()).isEqualTo((double) paid / counted.size());
    assertThat(run.cost()).isEqualTo((double) paid / least);
    double days = counted.size() / 1440.0;
    long actions = counted.stream().filter(p -> p.decision().direction() != 0).count();
    assertThat(run.actions()).isEqualTo(actions / days);
  }

  @Test
  void anInstanceServesAfterTheStartupTimeAndIsPaidFromTheRequest() {
    double[] step = IntStream.range(0, 120).mapToDouble(i -> i < 60 ? 60 : 600).toArray();
    Trace trace = Trace.of("step", START, MINUTE, step);
    BacktestRun run =
        Backtester.on(trace)
            .capacity(100)
            .startup(Duration.ofMinutes(5))
            .alone()
            .run(builder())
            .run();
    int asked = first(run.points(), p -> p.decision().direction() > 0);
    Decision decision = run.points().get(asked).decision();
    assertThat(asked).isEqualTo(60);
    assertThat(run.points().get(asked + 1).paid()).isEqualTo(decision.desired());
    assertThat(run.points().get(asked + 4).ready()).isEqualTo(decision.current());
    assertThat(run.points().get(asked + 5).ready()).isEqualTo(decision.desired());
  }

  @Test
  void overloadedInstancesReadNoMoreThanAllTheyHave() {
    Trace trace = Trace.of("high", START, MINUTE, 100, 1000, 1000);
    BacktestRun run = Backtester.on(trace).capacity(100).alone().run(builder()).run();
    assertThat(run.points().get(1).decision().proposals().get(0).measured()).isEqualTo(100);
    assertThat(run.lost()).isPositive();
  }

  @Test
  void gapsFailTheSignalsAndAreNotCounted() {
    double[] values = new double[100];
    for (int i = 0; i < values.length; i++) {
      values[i] = i >= 40 && i < 60 ? Double.NaN : 100;
    }
    Trace trace = Trace.of("gap", START, MINUTE, values);
    BacktestRun run = Backtester.on(trace).capacity(50).warmup(MINUTE).alone().run(builder()).run();
    assertThat(run.counted()).isEqualTo(Duration.ofMinutes(79));
    assertThat(run.points().get(50).decision().constraint()).isEqualTo(Constraint.NO_DATA);
  }

  @Test
  void lookingAheadIsNoLateSuccessOnADailyLoadWithSlowStarts() {
    Backtest test =
        Backtester.on(days(16, 7)).capacity(50).startup(Duration.ofMinutes(10)).run(ahead());
    BacktestRun hpa = test.runs().get(1);
    assertThat(test.run().overloaded()).isLessThan(0.015).isLessThan(hpa.overloaded());
    assertThat(test.run().cost()).isLessThan(1.2);
    assertThat(test.run().actions()).isLessThan(95);
    assertThat(test.toString()).contains("trial", "HPA at 70 %", "overloaded");
  }

  @Test
  void sameTraceGivesTheSameDecisionsBitForBit() {
    List<Decision> first = decisions();
    assertThat(decisions()).isEqualTo(first);
    assertThat(first.get(first.size() - 1).forecast()).isNotNull();
  }

  private static List<Decision> decisions() {
    return Backtester.on(days(3, 3)).alone().run(ahead()).run().points().stream()
        .map(BacktestRun.Point::decision)
        .toList();
  }

  @Test
  void chartIsOneFileThatNeedsNothingElse() throws IOException {
    double[] values = days(2, 5).percentile(1) > 0 ? new double[3000] : new double[0];
    for (int i = 0; i < values.length; i++) {
      values[i] = i / 1000 % 2 == 0 ? 100 : 900;
    }
    Trace trace = Trace.of("<steps & more>", START, MINUTE, values);
    Backtest test = Backtester.on(trace).capacity(50).run(builder());
    Path file = folder.resolve("chart.html");
    test.writeHtml(file);
    String html = Files.readString(file);
    assertThat(html)
        .startsWith("<!doctype html>")
        .contains("&lt;steps &amp; more&gt;", "HPA at 70 %", "class=\"o\"", "class=\"u\"", "<svg")
        .doesNotContain("<script", "src=", "href=", "NaN", "Infinity")
        .endsWith("</html>");
    assertThat(html.split("<svg", -1)).hasSize(3);
  }

  @Test
  void nonsenseIsRefusedAndMissingPartsAreNamed() {
    Trace trace = days(1, 1);
    assertThatThrownBy(() -> Backtester.on(trace).capacity(0))
        .hasMessage("capacity: 0.0 (expected: above 0.0)");
    assertThatThrownBy(() -> Backtester.on(trace).startup(Duration.ofSeconds(-1)))
        .hasMessage("startup: PT-1S (expected: PT0S to PT2H)");
    assertThatThrownBy(() -> Backtester.on(trace).ceiling(1.1))
        .hasMessage("ceiling: 1.1 (expected: above 0.0, up to 1.0)");
    assertThatThrownBy(() -> Backtester.on(trace).warmup(Duration.ofDays(1)))
        .hasMessage("warmup: PT24H (expected: PT0S to below PT24H)");
    assertThatThrownBy(() -> Backtester.on(trace).capacity(1).capacity(2))
        .hasMessage("capacity: set twice (before: 1.0)");
    assertThatThrownBy(() -> Backtester.on(trace).run(Autoscaler.named("x")))
        .hasMessage(
            "Autoscaler x cannot be built: signal: missing (expected: at least one signal(...))");
    Trace nothing = Trace.of("nothing", START, MINUTE, 0, 0);
    assertThatThrownBy(() -> Backtester.on(nothing).run(builder()))
        .hasMessage("capacity: 0.0 (expected: above 0.0; the trace's 95th percentile is 0)");
  }

  private static int first(
      List<BacktestRun.Point> points, java.util.function.Predicate<BacktestRun.Point> test) {
    return IntStream.range(0, points.size())
        .filter(i -> test.test(points.get(i)))
        .findFirst()
        .orElse(-1);
  }

  @Test
  void removalsThatWouldBeTakenBackAreNotMade() {
    long seed = 11;
    SplittableRandom random = new SplittableRandom(seed);
    double[] values = new double[12 * 1440];
    double drift = 0;
    for (int i = 0; i < values.length; i++) {
      drift = 0.97 * drift + random.nextDouble() - 0.5;
      double day = 1 - Math.cos(2 * Math.PI * i / 1440);
      values[i] = Math.max(0, 10 + 5 * day + 2 * drift);
    }
    Trace trace = Trace.of("wavering", START, Duration.ofMinutes(1), values);
    BacktestRun careless = wavering(trace, Duration.ZERO);
    BacktestRun careful = wavering(trace, Duration.ofMinutes(10));
    assertThat(careless.reversals()).as("seed " + seed).isGreaterThan(2);
    assertThat(careful.reversals()).as("seed " + seed).isLessThan(careless.reversals() / 3);
    assertThat(careful.cost()).isLessThan(1.1 * careless.cost());
  }

  private static BacktestRun wavering(Trace trace, Duration breakEven) {
    return Backtester.on(trace)
        .alone()
        .brief()
        .run(
            Autoscaler.named("wavering")
                .signal(Signal.totalDemand(() -> 0, 1))
                .limits(1, 1000)
                .interval(Duration.ofMinutes(1))
                .zone(ZoneOffset.UTC)
                .startup(StartupTime.fixed(Duration.ofMinutes(3)))
                .predictive(PredictivePolicy.overload(0.01).breakEven(breakEven)))
        .run();
  }
}
