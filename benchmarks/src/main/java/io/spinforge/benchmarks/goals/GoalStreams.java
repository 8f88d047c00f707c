package io.spinforge.benchmarks.goals;

import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.spinforge.metrics.GoalReport;
import io.spinforge.metrics.GoalReport.Budget;
import io.spinforge.metrics.GoalReport.Verdict;
import io.spinforge.metrics.GoalWatch;
import io.spinforge.metrics.HttpMetrics;
import io.spinforge.metrics.PerformanceGoals;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Random streams of requests over thirty days, judged by the production goals and by an oracle that
 * goes through all requests for each question. Every verdict has to be the same: the level over the
 * window, the alarm of the budget, and what is left of it.
 */
public final class GoalStreams {
  private static final Duration MONTH = Duration.ofDays(30);
  private static final Duration WINDOW = Duration.ofMinutes(5);
  private static final long MILLI = 1_000_000;
  private static final int PROGRESS = 500;

  private final SplittableRandom random;
  private final MockClock clock = new MockClock();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
  private final HttpMetrics http = HttpMetrics.create(registry);
  private final GoalWatch watch;
  private final GoalOracle oracle = new GoalOracle();
  private final long began = clock.monotonicTime();
  private final Map<String, Long> verdicts;

  private GoalStreams(long seed, Map<String, Long> verdicts) {
    this.random = new SplittableRandom(seed);
    this.verdicts = verdicts;
    this.watch =
        PerformanceGoals.builder()
            .errorRate(0.001, 0.01)
            .latency(95, Duration.ofMillis(500), Duration.ofSeconds(1))
            .latency(99, Duration.ofSeconds(1), Duration.ofSeconds(2))
            .window(WINDOW)
            .build()
            .watch(registry);
  }

  /**
   * Runs {@code GoalStreams [streams] [first seed]}, by default 10,000 from 1; exits with 1 if a
   * verdict differs.
   */
  public static void main(String[] args) {
    int streams = args.length > 0 ? Integer.parseInt(args[0]) : 10_000;
    long first = args.length > 1 ? Long.parseLong(args[1]) : 1;
    System.exit(run(streams, first, System.out) ? 0 : 1);
  }

  /** Judges streams, and returns whether all verdicts were the oracle's. */
  static boolean run(int streams, long first, PrintStream out) {
    Map<String, Long> verdicts = new TreeMap<>();
    long requests = 0;
    for (long seed = first; seed < first + streams; seed++) {
      try {
        requests += new GoalStreams(seed, verdicts).stream();
      } catch (IllegalStateException difference) {
        out.println("seed " + seed + ": " + difference.getMessage());
        return false;
      }
      long done = seed - first + 1;
      if (done % PROGRESS == 0 && done < streams) {
        out.printf("%,d streams: no difference%n", done);
      }
    }
    out.printf(
        "%,d streams of 30 days, %,d requests, %,d verdicts, all the oracle's: %s%n",
        streams, requests, verdicts.values().stream().mapToLong(Long::longValue).sum(), verdicts);
    return true;
  }

  private long now() {
    return clock.monotonicTime() - began;
  }

  private int stream() {
    int bursts = random.nextInt(4, 30);
    for (int i = 0; i < bursts && now() < MONTH.toNanos(); i++) {
      burst();
      // From seconds to days, so that bursts share windows or do not.
      pause(Math.exp(random.nextDouble() * 12));
      judge();
    }
    watch.close();
    return oracle.requests();
  }

  private void burst() {
    double[] rates = {0, 0, 0.0005, 0.001, 0.002, 0.006, 0.0144, 0.05, 0.2, 1};
    double errors = rates[random.nextInt(rates.length)];
    double slow = rates[random.nextInt(rates.length)];
    double seconds = Math.exp(random.nextDouble() * 11);
    int count = random.nextInt(20, 400);
    for (int i = 0; i < count; i++) {
      request(random.nextDouble() < errors, latency(slow));
      pause(random.nextDouble() * 2 * seconds / count);
      if (random.nextInt(60) == 0) {
        judge();
      }
    }
  }

  private long latency(double slow) {
    // Slow ones often lie right at a threshold, or a nanosecond beside it.
    long[] edges = {500, 1000, 2000};
    return random.nextDouble() < slow
        ? edges[random.nextInt(edges.length)] * MILLI + random.nextInt(-1, 2)
        : random.nextLong(MILLI, 400 * MILLI);
  }

  private void request(boolean error, long nanos) {
    long start = http.start() - nanos;
    http.route("/a").end("GET", error ? 503 : 200, start);
    oracle.see(now(), nanos, error);
  }

  private void pause(double seconds) {
    clock.add(Duration.ofNanos((long) (seconds * 1e9)));
  }

  private void judge() {
    GoalReport report = watch.evaluate();
    long window = WINDOW.toNanos();
    check(
        report.goal("error-rate"),
        oracle.errors(now(), window, new BigDecimal("0.001"), new BigDecimal("0.01")),
        new BigDecimal("0.001"),
        (nanos, error) -> error);
    check(
        report.goal("p95"),
        oracle.percentile(now(), window, 95, 500 * MILLI, 1000 * MILLI),
        new BigDecimal("0.05"),
        (nanos, error) -> nanos >= 500 * MILLI);
    check(
        report.goal("p99"),
        oracle.percentile(now(), window, 99, 1000 * MILLI, 2000 * MILLI),
        new BigDecimal("0.01"),
        (nanos, error) -> nanos >= 1000 * MILLI);
  }

  private void check(Verdict verdict, String level, BigDecimal share, GoalOracle.Spends spends) {
    Budget budget = Objects.requireNonNull(verdict.budget(), "budget");
    same(verdict.goal() + " level", verdict.level().name(), level);
    String burn = oracle.burn(now(), share, spends);
    same(verdict.goal() + " alarm", budget.level().name(), burn);
    double left = oracle.remaining(now(), share, spends);
    boolean close =
        Double.isNaN(left)
            ? Double.isNaN(budget.remaining())
            : Math.abs(budget.remaining() - left) < 1e-6;
    if (!close) {
      same(verdict.goal() + " budget left", budget.remaining() + "", left + "");
    }
    verdicts.merge(burn, 1L, Long::sum);
    verdicts.merge(level, 1L, Long::sum);
  }

  private void same(String what, String ours, String expected) {
    if (!ours.equals(expected)) {
      throw new IllegalStateException(
          what
              + " after "
              + Duration.ofNanos(now())
              + ": "
              + ours
              + " (expected: "
              + expected
              + ")");
    }
  }
}
