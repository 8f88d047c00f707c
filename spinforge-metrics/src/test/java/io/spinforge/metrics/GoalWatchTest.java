package io.spinforge.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.spinforge.metrics.goal.Resources;
import io.spinforge.testkit.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GoalWatchTest {
  private final MockClock clock = new MockClock();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
  private final HttpMetrics http = HttpMetrics.create(registry);
  private final FakeProcess process = new FakeProcess();

  private static final class FakeProcess implements Resources {
    private double cpuNanos;
    private double memory = 0.5;

    @Override
    public double cpuNanos() {
      return cpuNanos;
    }

    @Override
    public double cpus() {
      return 2;
    }

    @Override
    public double memory() {
      return memory;
    }
  }

  private GoalWatch watch(PerformanceGoals goals) {
    return new GoalWatch(goals, registry, process);
  }

  private void requests(int count, int status, Duration latency) {
    for (int i = 0; i < count; i++) {
      long start = http.start();
      clock.add(latency);
      http.route("/a").end("GET", status, start);
    }
  }

  @Test
  void aFastBusyServiceMeetsAllSevenGoals() {
    GoalWatch watch = watch(PerformanceGoals.defaults());
    requests(20_000, 200, Duration.ofNanos(500_000));
    process.cpuNanos = 1e9;

    GoalReport report = watch.evaluate();
    assertThat(report.goals()).extracting(GoalReport.Verdict::level).containsOnly(GoalLevel.OK);
    assertThat(report.level()).isEqualTo(GoalLevel.OK);
    assertThat(report.goal("throughput").value()).isEqualTo(2000);
    assertThat(report.goal("cpu").value()).isEqualTo(0.05);
    assertThat(report.window()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void fewerThanAHundredRequestsAreNotJudged() {
    GoalWatch watch = watch(PerformanceGoals.defaults());
    requests(99, 500, Duration.ofMillis(2500));
    for (String goal : List.of("p50", "p95", "p99", "throughput", "error-rate")) {
      assertThat(watch.evaluate().goal(goal).level())
          .as(goal)
          .isEqualTo(GoalLevel.INSUFFICIENT_DATA);
    }
    requests(1, 500, Duration.ofMillis(2500));
    for (String goal : List.of("p50", "p95", "p99", "throughput", "error-rate")) {
      assertThat(watch.evaluate().goal(goal).level()).as(goal).isEqualTo(GoalLevel.CRITICAL);
    }
  }

  @Test
  void anEmptyWindowHasNoValuesAndNoVerdicts() {
    GoalReport report = watch(PerformanceGoals.defaults()).evaluate();
    assertThat(report.level()).isEqualTo(GoalLevel.INSUFFICIENT_DATA);
    assertThat(report.goal("p99").value()).isNaN();
    assertThat(report.goal("cpu").level()).isEqualTo(GoalLevel.INSUFFICIENT_DATA);
    assertThat(report.goal("memory").level()).isEqualTo(GoalLevel.OK);
  }

  @Test
  void aValueAtItsThresholdIsBeyondIt() {
    GoalWatch watch =
        watch(
            PerformanceGoals.builder()
                .latency(50, Duration.ofMillis(100), Duration.ofMillis(200))
                .memory(0.5, 0.6)
                .build());
    requests(100, 200, Duration.ofNanos(99_999_999));
    assertThat(watch.evaluate().goal("p50").level()).isEqualTo(GoalLevel.OK);
    requests(101, 200, Duration.ofMillis(100));
    assertThat(watch.evaluate().goal("p50").level()).isEqualTo(GoalLevel.WARN);
    requests(202, 200, Duration.ofMillis(200));
    assertThat(watch.evaluate().goal("p50").level()).isEqualTo(GoalLevel.CRITICAL);
    assertThat(watch.evaluate().goal("memory").level()).isEqualTo(GoalLevel.WARN);
    process.memory = 0.6;
    assertThat(watch.evaluate().goal("memory").level()).isEqualTo(GoalLevel.CRITICAL);
  }

  @Test
  void whatIsOlderThanTheWindowIsForgotten() {
    GoalWatch watch = watch(PerformanceGoals.defaults());
    requests(1000, 500, Duration.ofMillis(1));
    assertThat(watch.evaluate().goal("error-rate").value()).isEqualTo(1);
    clock.add(Duration.ofMinutes(5));
    assertThat(watch.evaluate().goal("error-rate").samples()).isZero();
    requests(1000, 200, Duration.ofMillis(1));
    assertThat(watch.evaluate().goal("error-rate").value()).isZero();
  }

  @Test
  void cpuIsTheMeanOfTheWindowAlsoWithoutTraffic() {
    GoalWatch watch = watch(PerformanceGoals.defaults());
    for (int i = 0; i < 20; i++) {
      clock.add(Duration.ofMinutes(1));
      process.cpuNanos += (i < 14 ? 2 : 1.8) * 60e9;
      watch.evaluate();
    }
    GoalReport.Verdict cpu = watch.evaluate().goal("cpu");
    assertThat(cpu.value()).isCloseTo(0.9, offset(1e-9));
    assertThat(cpu.samples()).isBetween(2L, 31L);
  }

  @Test
  void verdictsAreGaugesUntilTheWatchIsClosed() {
    GoalWatch watch = watch(PerformanceGoals.defaults());
    assertThat(registry.get("spinforge.goal.level").tags("goal", "p50", "window", "5m").gauge())
        .satisfies(gauge -> assertThat(gauge.value()).isNaN());
    requests(1000, 200, Duration.ofMillis(150));
    clock.add(Duration.ofSeconds(1));

    assertThat(registry.get("spinforge.goal.level").tags("goal", "p50").gauge().value())
        .isEqualTo(1);
    assertThat(registry.get("spinforge.goal.level").tags("goal", "throughput").gauge().value())
        .isEqualTo(2);
    assertThat(registry.get("spinforge.goal.level").tags("goal", "memory").gauge().value())
        .isZero();
    assertThat(registry.get("spinforge.goal.value").tags("goal", "p50").gauge().value())
        .isBetween(0.15, 0.151);

    watch.close();
    watch.close();
    assertThat(registry.find("spinforge.goal.level").gauges()).isEmpty();
    assertThat(registry.find("spinforge.goal.value").gauges()).isEmpty();
  }

  @Test
  void aGoalIsWatchedOnceARegistryAndWindow() {
    PerformanceGoals other =
        PerformanceGoals.builder().cpu(0.1, 0.2).window(Duration.ofMinutes(1)).build();
    GoalWatch first = watch(PerformanceGoals.defaults());
    watch(other);
    assertThatIllegalStateException()
        .isThrownBy(() -> watch(other))
        .withMessageContaining("goals: cpu over PT1M is watched on this registry already");
    first.close();
    watch(PerformanceGoals.defaults());
  }

  @Test
  void aProcessThatCannotBeReadIsNotJudged() {
    process.cpuNanos = Double.NaN;
    process.memory = Double.NaN;
    GoalWatch watch = watch(PerformanceGoals.defaults());
    clock.add(Duration.ofMinutes(1));
    assertThat(watch.evaluate().goal("cpu").level()).isEqualTo(GoalLevel.INSUFFICIENT_DATA);
    assertThat(watch.evaluate().goal("memory").level()).isEqualTo(GoalLevel.INSUFFICIENT_DATA);
  }

  @Test
  void theReportIsATableForAPerson() {
    GoalWatch watch = watch(PerformanceGoals.defaults());
    requests(10_000, 200, Duration.ofMillis(12));
    process.cpuNanos = 24e9;
    assertThat(watch.evaluate().toText())
        .isEqualTo(
            """
            goal          value      target    critical  samples  verdict
            p50         12.1 ms    < 100 ms    < 200 ms    10000  OK
            p95         12.1 ms    < 500 ms  < 1,000 ms    10000  OK
            p99         12.1 ms  < 1,000 ms  < 2,000 ms    10000  OK
            throughput     83/s   > 1,000/s     > 500/s    10000  CRITICAL
            error-rate   0.00 %    < 0.10 %    < 1.00 %    10000  OK
            cpu          10.0 %    < 70.0 %    < 90.0 %       14  OK
            memory       50.0 %    < 80.0 %    < 95.0 %        1  OK
            """);
  }

  @Test
  void askingForAGoalThatIsNotThereNamesThoseThatAre() {
    GoalReport report = watch(PerformanceGoals.builder().cpu(0.1, 0.2).build()).evaluate();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> report.goal("p50"))
        .withMessage("name: p50 (expected: one of [cpu])");
  }

  /** One request as the oracle remembers it. */
  private record Seen(long at, long nanos, boolean error) {}

  @Test
  void everyVerdictIsThatOfSortingAllRequests() {
    Seeds.run(200, this::compare);
  }

  private void compare(long seed, SplittableRandom random) {
    MockClock time = new MockClock();
    SimpleMeterRegistry meters = new SimpleMeterRegistry(SimpleConfig.DEFAULT, time);
    Duration window = Duration.ofSeconds(random.nextInt(1, 600));
    PerformanceGoals goals =
        PerformanceGoals.builder()
            .latency(50, Duration.ofMillis(20), Duration.ofMillis(40))
            .latency(95, Duration.ofMillis(125), Duration.ofMillis(250))
            .latency(99.9, Duration.ofMillis(500), Duration.ofMillis(1250))
            .throughput(20, 5)
            .errorRate(0.01, 0.1)
            .window(window)
            .build();
    long began = time.monotonicTime();
    GoalWatch watch = new GoalWatch(goals, meters, process);
    HttpMetrics metrics = HttpMetrics.create(meters);
    List<Seen> all = new ArrayList<>();
    double errors = random.nextDouble() < 0.3 ? 0 : random.nextDouble() * 0.2;
    double scale = Math.exp(random.nextDouble() * 6 - 1);
    for (int i = 0; i < 2000; i++) {
      // Now and then a pause that skips slots, or the whole window.
      double pause = random.nextDouble() < 0.002 ? window.toMillis() * random.nextDouble() * 2 : 0;
      time.add(Duration.ofNanos((long) ((pause + random.nextDouble() * scale) * 1e6)));
      long nanos = latency(random);
      boolean error = random.nextDouble() < errors;
      long start = metrics.start() - nanos;
      metrics.route("/a").end("GET", error ? 503 : 200, start);
      all.add(new Seen(time.monotonicTime(), nanos, error));
      if (random.nextDouble() < 0.02) {
        assertSame(goals, watch.evaluate(), oracle(all, began, time.monotonicTime(), window));
      }
    }
  }

  private static long latency(SplittableRandom random) {
    // Half of them right at a threshold or a nanosecond beside it.
    long[] edges = {20, 40, 125, 250, 500, 1250};
    return random.nextBoolean()
        ? edges[random.nextInt(edges.length)] * 1_000_000 + random.nextInt(-1, 2)
        : (long) (Math.exp(random.nextDouble() * 12) * 20_000);
  }

  private static List<Seen> oracle(List<Seen> all, long began, long now, Duration window) {
    long slot = window.toNanos() / 30;
    long first = Math.max(0, (now - began) / slot - 29);
    return all.stream().filter(seen -> (seen.at - began) / slot >= first).toList();
  }

  private static void assertSame(PerformanceGoals goals, GoalReport report, List<Seen> seen) {
    long[] sorted = seen.stream().mapToLong(Seen::nanos).sorted().toArray();
    for (Goal goal : goals.goals()) {
      double value =
          switch (goal.indicator()) {
            case LATENCY ->
                sorted[(int) Math.ceil(goal.thousandths() * (long) sorted.length / 100_000.0) - 1]
                    / 1e9;
            case THROUGHPUT -> sorted.length * 1e9 / report.window().toNanos();
            default -> seen.stream().filter(Seen::error).count() / (double) sorted.length;
          };
      GoalReport.Verdict verdict = report.goal(goal.name());
      assertThat(verdict.samples()).as(goal.name()).isEqualTo(sorted.length);
      assertThat(verdict.value())
          .as(() -> goal.name() + " of " + Arrays.toString(sorted))
          .isCloseTo(value, withinPercentage(0.5001));
      assertThat(verdict.level())
          .as(goal.name())
          .isEqualTo(sorted.length < 100 ? GoalLevel.INSUFFICIENT_DATA : goal.judge(value));
    }
  }
}
