package io.spinforge.benchmarks.sim;

import io.spinforge.scaling.backtest.BacktestRun;
import io.spinforge.scaling.backtest.Trace;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Forecasts and autoscalers on a folder of traces: {@code java -cp benchmarks.jar
 * io.spinforge.benchmarks.sim.ScalingReport <folder of csv>}.
 *
 * <p>Each file has a header and lines {@code timestamp_seconds,value}, see {@link Trace#csv}. The
 * first seven days of a trace are for learning, in forecasts as in simulations; a trace of less
 * than eight days has no forecast scores, and one of less than fourteen is simulated with its first
 * half for learning; both are said. All times are taken as UTC. Traces run on as many threads as
 * there are processors.
 */
public final class ScalingReport {
  private final List<Result> results = new ArrayList<>();
  private final PrintStream out;

  private ScalingReport(PrintStream out) {
    this.out = out;
  }

  private record Result(Trace trace, ForecastScores forecasts, ScalingScores scaling) {}

  /** Prints the report of a folder. */
  public static void main(String[] args) throws IOException {
    if (args.length != 1) {
      System.err.println("usage: ScalingReport <folder of csv>");
      System.exit(2);
    }
    System.exit(run(Path.of(args[0]), System.out, System.err));
  }

  /** Prints the report of a folder; returns 0, or 2 if there is nothing to read. */
  static int run(Path folder, PrintStream out, PrintStream err) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(file -> file.toString().endsWith(".csv")).sorted().toList();
    }
    ScalingReport report = new ScalingReport(out);
    List<Trace> traces = new ArrayList<>();
    for (Path file : files) {
      try {
        traces.add(Trace.csv(file));
      } catch (IOException | IllegalArgumentException e) {
        err.println(file.getFileName() + ": " + e.getMessage());
      }
    }
    if (traces.isEmpty()) {
      err.println("no trace in the folder (expected: files *.csv of timestamp_seconds,value)");
      return 2;
    }
    traces.parallelStream().map(ScalingReport::score).forEachOrdered(report.results::add);
    report.print();
    return 0;
  }

  private static Result score(Trace trace) {
    ForecastScores forecasts = new ForecastScores(trace);
    return new Result(
        trace,
        forecasts.longEnough() ? forecasts.run() : forecasts,
        new ScalingScores(trace).run());
  }

  private void print() {
    out.println("Traces (first seven days for learning; times as UTC)");
    for (Result result : results) {
      Trace trace = result.trace();
      long days = trace.length().toDays();
      String remark =
          days < 8
              ? "; too short for forecast scores"
              : days < 14 ? "; simulated with its first half for learning" : "";
      line(
          String.format(
              Locale.ROOT,
              "  %-28s %6d s, %d values, %d days, forecast in cells of %d s%s",
              trace.name(),
              trace.step().toSeconds(),
              trace.size(),
              days,
              result.forecasts().step(),
              remark));
    }
    line("");
    line("MASE: mean absolute error by that of the one-day seasonal naive forecast within the");
    line(
        "first seven days. WAPE: sum of absolute errors by sum of values. Every cell is an"
            + " origin.");
    String[] horizons = {"15 min (at least one cell)", "60 min (at least one cell)"};
    for (int h = 0; h < horizons.length; h++) {
      int at = h;
      forecasts("MASE at " + horizons[h], scores -> column(scores.mase, at));
      forecasts("WAPE at " + horizons[h], scores -> column(scores.wape, at));
    }
    for (int s = 0; s < ScalingScores.STARTUPS.length; s++) {
      int startup = s;
      String at = ", startup " + ScalingScores.STARTUPS[s] + " min";
      scaling("% of minutes above 90 % of ready capacity" + at, s, r -> 100 * r.overloaded());
      scaling("cost against the clairvoyant oracle" + at, s, BacktestRun::cost);
      scaling("actions a day" + at, s, BacktestRun::actions);
      scaling("actions a day taken back within 10 min" + at, s, BacktestRun::reversals);
      table(
          "coverage in %: the highest demand until a new instance serves stays below the bound"
              + at,
          new String[] {"at 0.90", "at 0.95", "at 0.99"},
          results,
          result -> Arrays.stream(result.scaling().coverage[startup]).map(c -> 100 * c).toArray());
    }
    line("");
    line(
        "The oracle knows the future, starts instances at once and keeps every minute at or below");
    line("90 % of capacity; paid time includes the startup. One instance serves the trace's 95th");
    line("percentile / 20. A tick a minute; a utilization never reads more than 100 %.");
  }

  private static double[] column(double[][] table, int at) {
    return Arrays.stream(table).mapToDouble(row -> row[at]).toArray();
  }

  private void forecasts(String title, Function<ForecastScores, double[]> row) {
    List<Result> judged = results.stream().filter(r -> r.forecasts().longEnough()).toList();
    table(title, ForecastScores.METHODS, judged, result -> row.apply(result.forecasts()));
  }

  private void scaling(String title, int startup, ToDoubleFunction<BacktestRun> value) {
    table(
        title,
        ScalingScores.SCALERS,
        results,
        result -> Arrays.stream(result.scaling().runs[startup]).mapToDouble(value).toArray());
  }

  private void table(
      String title, String[] names, List<Result> rows, Function<Result, double[]> values) {
    line("");
    line(title);
    StringBuilder header = new StringBuilder(String.format(Locale.ROOT, "  %-28s", ""));
    for (String name : names) {
      header.append(String.format(Locale.ROOT, " %18s", name));
    }
    line(header.toString());
    double[][] columns = new double[names.length][rows.size()];
    for (int i = 0; i < rows.size(); i++) {
      double[] row = values.apply(rows.get(i));
      row(rows.get(i).trace().name(), row);
      for (int k = 0; k < names.length; k++) {
        columns[k][i] = row[k];
      }
    }
    row("geometric mean", Arrays.stream(columns).mapToDouble(ScalingReport::geometric).toArray());
    row("mean", Arrays.stream(columns).mapToDouble(ScalingReport::mean).toArray());
    row("median", Arrays.stream(columns).mapToDouble(ScalingReport::median).toArray());
  }

  private void row(String name, double[] values) {
    StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "  %-28s", name));
    for (double value : values) {
      text.append(
          Double.isNaN(value)
              ? "                  -"
              : String.format(Locale.ROOT, " %18.3f", value));
    }
    line(text.toString());
  }

  private void line(String text) {
    out.println(text);
  }

  private static double geometric(double[] values) {
    double[] known = Arrays.stream(values).filter(v -> !Double.isNaN(v)).toArray();
    boolean positive = known.length > 0 && Arrays.stream(known).allMatch(v -> v > 0);
    return positive
        ? Math.exp(Arrays.stream(known).map(Math::log).average().orElse(Double.NaN))
        : Double.NaN;
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).filter(v -> !Double.isNaN(v)).average().orElse(Double.NaN);
  }

  private static double median(double[] values) {
    double[] sorted = Arrays.stream(values).filter(v -> !Double.isNaN(v)).sorted().toArray();
    int n = sorted.length;
    return n == 0 ? Double.NaN : (sorted[n / 2] + sorted[(n - 1) / 2]) / 2;
  }
}
