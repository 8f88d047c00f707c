package io.spinforge.benchmarks.sim.scaling;

import io.spinforge.scaling.Autoscaler;
import io.spinforge.scaling.PredictivePolicy;
import io.spinforge.scaling.Signal;
import io.spinforge.scaling.StartupTime;
import io.spinforge.scaling.backtest.BacktestRun;
import io.spinforge.scaling.backtest.Backtester;
import io.spinforge.scaling.backtest.Trace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What it costs to see utilization instead of demand: {@code java -cp benchmarks.jar
 * io.spinforge.benchmarks.sim.scaling.SignalCosts <folder of csv>}.
 *
 * <p>Each trace is played twice at 3 and at 10 minutes of startup, a tick a minute with {@code
 * PredictivePolicy.overload(0.01)}: once with the total demand as the signal, once with nothing but
 * the utilization of the ready instances, which never reads more than 100 %. Printed are the
 * instance time that was paid with the second by that with the first, and the % of minutes above 90
 * % of the ready capacity with each.
 */
public final class SignalCosts {
  private static final int[] STARTUPS = {3, 10};

  private SignalCosts() {}

  /** Prints the table of a folder. */
  public static void main(String[] args) throws IOException {
    if (args.length != 1) {
      System.err.println("usage: SignalCosts <folder of csv>");
      System.exit(2);
    }
    List<Path> files;
    try (Stream<Path> all = Files.list(Path.of(args[0]))) {
      files = all.filter(file -> file.toString().endsWith(".csv")).sorted().toList();
    }
    for (int minutes : STARTUPS) {
      System.out.printf(
          Locale.ROOT,
          "%-28s %12s %12s %12s%n",
          "startup " + minutes + " min",
          "cost ratio",
          "% by demand",
          "% by util.");
      double[] ratios = new double[files.size()];
      for (int i = 0; i < ratios.length; i++) {
        Trace trace = Trace.csv(files.get(i));
        double each = trace.percentile(0.95) / 20;
        BacktestRun demand = run(trace, each, minutes, Signal.totalDemand(() -> 0, each));
        BacktestRun seen = run(trace, each, minutes, Signal.utilization(List::of, 0.70));
        ratios[i] = seen.cost() / demand.cost();
        System.out.printf(
            Locale.ROOT,
            "%-28s %12.3f %12.3f %12.3f%n",
            trace.name(),
            ratios[i],
            100 * demand.overloaded(),
            100 * seen.overloaded());
      }
      Arrays.sort(ratios);
      int n = ratios.length;
      System.out.printf(
          Locale.ROOT,
          "%-28s %12.3f%n%-28s %12.3f%n",
          "geometric mean",
          Math.exp(Arrays.stream(ratios).map(Math::log).average().orElse(Double.NaN)),
          "median",
          n == 0 ? Double.NaN : (ratios[n / 2] + ratios[(n - 1) / 2]) / 2);
    }
  }

  private static BacktestRun run(Trace trace, double capacity, int minutes, Signal signal) {
    return Backtester.on(trace)
        .startup(Duration.ofMinutes(minutes))
        .capacity(capacity)
        .alone()
        .brief()
        .run(
            Autoscaler.named("signal")
                .signal(signal.named("first"))
                .limits(1, 100_000)
                .interval(Duration.ofMinutes(1))
                .zone(ZoneOffset.UTC)
                .startup(StartupTime.fixed(Duration.ofMinutes(minutes)))
                .predictive(PredictivePolicy.overload(0.01)))
        .run();
  }
}
