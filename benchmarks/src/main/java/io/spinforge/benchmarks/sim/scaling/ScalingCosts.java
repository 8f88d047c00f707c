package io.spinforge.benchmarks.sim.scaling;

import io.spinforge.scaling.ApplyResult;
import io.spinforge.scaling.Autoscaler;
import io.spinforge.scaling.AutoscalerBuilder;
import io.spinforge.scaling.PredictivePolicy;
import io.spinforge.scaling.ScaleTarget;
import io.spinforge.scaling.Signal;
import io.spinforge.scaling.StartupTime;
import io.spinforge.scaling.backtest.Backtester;
import io.spinforge.scaling.backtest.Trace;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * What an autoscaler costs: {@code java -cp benchmarks.jar
 * io.spinforge.benchmarks.sim.scaling.ScalingCosts [folder of csv]}.
 *
 * <p>Prints the CPU time of a tick, of the thread that ticks, without and with a forecast over
 * three weeks of one-minute demand, in which each tick closes a cell; the heap that stays per
 * forecast series; and, if a folder is given, the CPU time of a backtest of each trace, a tick a
 * minute with {@code PredictivePolicy.overload(0.01)} at 3 minutes of startup. CPU times hold on a
 * machine that others use too; the collector's and the compiler's are not in them.
 */
public final class ScalingCosts {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final int LEARNED = 22 * 1440;
  private static final int MEASURED = 20_000;
  private static final int SERIES = 8;

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final SplittableRandom random = new SplittableRandom(1);
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  private ScalingCosts() {}

  /** Prints the costs. */
  public static void main(String[] args) throws IOException {
    ScalingCosts costs = new ScalingCosts();
    costs.ticks("tick without forecast", false);
    costs.ticks("tick with forecast", true);
    costs.memory();
    if (args.length > 0) {
      costs.backtests(Path.of(args[0]));
    }
  }

  private void ticks(String what, boolean forecast) {
    double[] micros = new double[MEASURED];
    try (Autoscaler scaler = scaler(forecast)) {
      for (int i = 0; i < LEARNED; i++) {
        scaler.tick(advance());
      }
      for (int i = 0; i < MEASURED; i++) {
        Instant at = advance();
        long began = threads.getCurrentThreadCpuTime();
        scaler.tick(at);
        micros[i] = (threads.getCurrentThreadCpuTime() - began) / 1e3;
      }
    }
    Arrays.sort(micros);
    System.out.printf(
        Locale.ROOT,
        "%-24s mean %6.1f us, p50 %6.1f, p99 %6.1f, p99.9 %6.1f of CPU%n",
        what,
        Arrays.stream(micros).average().orElse(Double.NaN),
        micros[MEASURED / 2],
        micros[MEASURED * 99 / 100],
        micros[MEASURED * 999 / 1000]);
  }

  private void memory() {
    List<Autoscaler> kept = new ArrayList<>();
    kept.add(learned());
    long before = used();
    for (int i = 0; i < SERIES; i++) {
      kept.add(learned());
    }
    long each = (used() - before) / SERIES;
    kept.forEach(Autoscaler::close);
    System.out.printf(Locale.ROOT, "%-24s %d kB of heap%n", "a series", each / 1000);
  }

  private Autoscaler learned() {
    Autoscaler scaler = scaler(true);
    for (int i = 0; i < 2 * 1440; i++) {
      scaler.tick(advance());
    }
    return scaler;
  }

  private static long used() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return least;
  }

  private void backtests(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(file -> file.toString().endsWith(".csv")).sorted().toList();
    }
    double sum = 0;
    for (Path file : files) {
      Trace trace = Trace.csv(file);
      long began = threads.getCurrentThreadCpuTime();
      Backtester.on(trace)
          .startup(Duration.ofMinutes(3))
          .alone()
          .brief()
          .run(
              common()
                  .signal(Signal.utilization(List::of, 0.70).named("cpu"))
                  .predictive(PredictivePolicy.overload(0.01)));
      double seconds = (threads.getCurrentThreadCpuTime() - began) / 1e9;
      sum += seconds;
      System.out.printf(
          Locale.ROOT,
          "backtest of %-28s %4d days %7.2f s of CPU%n",
          file.getFileName(),
          trace.length().toDays(),
          seconds);
    }
    System.out.printf(Locale.ROOT, "%-40s %17.2f s of CPU%n", "all backtests", sum);
  }

  private Instant advance() {
    now = now.plus(MINUTE);
    return now;
  }

  private static AutoscalerBuilder common() {
    return Autoscaler.named("costs")
        .limits(1, 100_000)
        .interval(MINUTE)
        .zone(ZoneOffset.UTC)
        .startup(StartupTime.fixed(Duration.ofMinutes(3)));
  }

  private Autoscaler scaler(boolean forecast) {
    AutoscalerBuilder builder =
        common().target(new Prompt()).signal(Signal.totalDemand(this::demand, 10));
    return (forecast ? builder.predictive(PredictivePolicy.overload(0.01)) : builder).build();
  }

  private double demand() {
    double angle = 2 * Math.PI * (now.getEpochSecond() % 86_400) / 86_400;
    return 500 - 300 * Math.cos(angle) + 20 * random.nextDouble();
  }

  /** A fleet whose instances are ready at once. */
  private static final class Prompt implements ScaleTarget {
    private int desired = 10;

    @Override
    public ScaleTarget.State read() {
      return new ScaleTarget.State(desired, desired, 0, "1");
    }

    @Override
    public ApplyResult apply(int number, ScaleTarget.State seen, OptionalLong fence) {
      desired = number;
      return new ApplyResult.Applied(number);
    }
  }
}
