package io.spinforge.benchmarks.sim.scaling;

import io.spinforge.scaling.backtest.Trace;
import io.spinforge.scaling.forecast.Ensemble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * How much worse forecasts are a day after an incident, without a word from anybody: {@code java
 * -cp benchmarks.jar io.spinforge.benchmarks.sim.scaling.IncidentEcho <folder of csv>}.
 *
 * <p>Into each trace an incident is put, on seven days in turn from its tenth day on, at nine
 * o'clock: five times the demand for two hours, none for six hours, or a gap of a day. Printed is
 * the absolute error of the forecast for 60 minutes ahead from an hour before to an hour after the
 * same hours of the next day, by that without the incident: the mean over the seven days.
 */
public final class IncidentEcho {
  private static final int DAY = 86_400;
  private static final int[] STEPS = {60, 120, 300, 600, 900, 1800, 3600};
  private static final String[] NAMES = {"x5 for 2 h", "x0 for 6 h", "gap of 24 h"};
  private static final int[] HOURS = {2, 6, 24};
  private static final double[] FACTORS = {5, 0, Double.NaN};
  private static final int TRIES = 7;
  private static final int FIRST = 9;

  private IncidentEcho() {}

  /** Prints the table of a folder. */
  public static void main(String[] args) throws IOException {
    if (args.length != 1) {
      System.err.println("usage: IncidentEcho <folder of csv>");
      System.exit(2);
    }
    List<Path> files;
    try (Stream<Path> all = Files.list(Path.of(args[0]))) {
      files = all.filter(file -> file.toString().endsWith(".csv")).sorted().toList();
    }
    System.out.printf(Locale.ROOT, "%-28s %12s %12s %12s%n", "", NAMES[0], NAMES[1], NAMES[2]);
    double[] sums = new double[HOURS.length];
    int n = 0;
    for (Path file : files) {
      double[] ratios = of(Trace.csv(file));
      if (ratios.length == 0) {
        continue;
      }
      System.out.printf(
          Locale.ROOT,
          "%-28s %12.3f %12.3f %12.3f%n",
          file.getFileName(),
          ratios[0],
          ratios[1],
          ratios[2]);
      for (int k = 0; k < sums.length; k++) {
        sums[k] += ratios[k];
      }
      n++;
    }
    System.out.printf(
        Locale.ROOT, "%-28s %12.3f %12.3f %12.3f%n", "mean", sums[0] / n, sums[1] / n, sums[2] / n);
  }

  /** Returns the ratios of a trace; empty if it is too short. */
  static double[] of(Trace trace) {
    int step = step(trace);
    double[] values = cells(trace, step);
    int day = DAY / step;
    int tries = Math.min(TRIES, values.length / day - FIRST - 3);
    if (tries < 1) {
      return new double[0];
    }
    double[] ratios = new double[HOURS.length];
    for (int k = 0; k < HOURS.length; k++) {
      double clean = 0;
      double after = 0;
      for (int i = 0; i < tries; i++) {
        int at = (FIRST + i) * day + 9 * 3600 / step;
        int length = HOURS[k] * 3600 / step;
        double[] hit = values.clone();
        for (int c = at; c < at + length; c++) {
          hit[c] *= FACTORS[k];
        }
        int from = at + day - 3600 / step;
        int to = Math.min(values.length, at + day + length + 3600 / step);
        clean += error(values, values, step, from, to);
        after += error(hit, values, step, from, to);
      }
      ratios[k] = after / clean;
    }
    return ratios;
  }

  private static double error(double[] shown, double[] truth, int step, int from, int to) {
    int ahead = Math.max(1, 3600 / step);
    int[] horizons = {1, Math.max(1, 900 / step), Math.max(1, 1800 / step), ahead};
    Ensemble ensemble = new Ensemble(step, ZoneOffset.UTC, horizons);
    double sum = 0;
    for (int i = 0; i + ahead < to; i++) {
      ensemble.add(i, shown[i], true);
      double off = Math.abs(ensemble.forecast(ahead) - truth[i + ahead]);
      sum += i + ahead >= from && !Double.isNaN(off) ? off : 0;
    }
    return sum;
  }

  private static int step(Trace trace) {
    long own = trace.step().toSeconds();
    return Arrays.stream(STEPS).filter(candidate -> own <= candidate).findFirst().orElse(3600);
  }

  private static double[] cells(Trace trace, int step) {
    int cells = (int) Math.max(1, trace.length().toSeconds() / step);
    double[] values = new double[cells];
    int[] counts = new int[cells];
    for (int i = 0; i < trace.size(); i++) {
      int cell = (int) Math.min(cells - 1, i * trace.step().toSeconds() / step);
      if (!Double.isNaN(trace.value(i))) {
        values[cell] += trace.value(i);
        counts[cell]++;
      }
    }
    for (int i = 0; i < cells; i++) {
      values[i] = counts[i] == 0 ? Double.NaN : values[i] / counts[i];
    }
    return values;
  }
}
