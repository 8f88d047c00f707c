package io.spinforge.scaling.backtest;

import static java.util.Objects.requireNonNull;

import io.spinforge.scaling.internal.Checks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;

/** A load as it was measured: one value per step, NaN where there is none. Immutable. */
public final class Trace {
  private static final int MOST = 50_000_000;

  private final String name;
  private final Instant start;
  private final Duration step;
  private final double[] values;

  private Trace(String name, Instant start, Duration step, double[] values) {
    this.name = name;
    this.start = start;
    this.step = step;
    this.values = values;
  }

  /**
   * Makes a trace of values.
   *
   * @param name for tables and charts
   * @param start of the first value, in whole seconds
   * @param step from value to value, in whole seconds, 1 s to 1 day
   * @param values from 0; NaN is a gap; at least two, the first and the last no gaps
   */
  public static Trace of(String name, Instant start, Duration step, double... values) {
    requireNonNull(name, "name");
    Checks.argument(
        start.equals(start.truncatedTo(ChronoUnit.SECONDS)), "start", start, "whole seconds");
    Checks.argument(
        step.equals(Duration.ofSeconds(step.toSeconds()))
            && !step.isZero()
            && !step.isNegative()
            && step.toDays() < 2,
        "step",
        step,
        "PT1S to PT24H in whole seconds");
    Checks.argument(values.length >= 2, "values", values.length, "at least 2");
    for (double value : values) {
      Checks.argument(
          Double.isNaN(value) || (value >= 0 && value < Double.POSITIVE_INFINITY),
          "value",
          value,
          ">= 0.0, or NaN for a gap");
    }
    boolean bare = Double.isNaN(values[0]) || Double.isNaN(values[values.length - 1]);
    Checks.argument(!bare, "values", "a gap at an end", "the first and the last to be no gaps");
    return new Trace(name, start, step, values.clone());
  }

  /**
   * Reads a file of lines {@code timestamp_seconds,value} under a header of two names. The step is
   * the median of the distances; a missing row is a gap.
   *
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException naming the line if it has no header, if something is not a
   *     number, negative, infinite, out of order, twice there or nearer than half a step
   */
  public static Trace csv(Path file) throws IOException {
    String name = requireNonNull(file.getFileName(), "file").toString();
    List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
    return CsvTrace.parse(
        name.endsWith(".csv") ? name.substring(0, name.length() - 4) : name, lines);
  }

  /** Makes a trace of parsed rows, times ascending. */
  static Trace of(String name, long[] seconds, double[] values, int[] lines) {
    long[] distances = new long[seconds.length - 1];
    for (int i = 0; i < distances.length; i++) {
      distances[i] = seconds[i + 1] - seconds[i];
    }
    Arrays.sort(distances);
    long step = distances[distances.length / 2];
    Checks.argument(step <= 86_400, "step", step + " s", "at most a day from row to row");
    long cells = (seconds[seconds.length - 1] - seconds[0] + step / 2) / step + 1;
    Checks.argument(cells <= MOST, "trace", cells + " steps", "at most " + MOST);
    double[] grid = new double[(int) cells];
    Arrays.fill(grid, Double.NaN);
    for (int i = 0; i < seconds.length; i++) {
      int cell = (int) ((seconds[i] - seconds[0] + step / 2) / step);
      if (!Double.isNaN(grid[cell])) {
        throw CsvTrace.wrong(lines[i], "a second row within " + step + " s", "one row a step");
      }
      grid[cell] = values[i];
    }
    return new Trace(name, Instant.ofEpochSecond(seconds[0]), Duration.ofSeconds(step), grid);
  }

  /** Returns the name. */
  public String name() {
    return name;
  }

  /** Returns the time of the first value. */
  public Instant start() {
    return start;
  }

  /** Returns the time from value to value. */
  public Duration step() {
    return step;
  }

  /** Returns the time from the first value to the end of the last one's step. */
  public Duration length() {
    return step.multipliedBy(values.length);
  }

  /** Returns the number of steps, gaps included. */
  public int size() {
    return values.length;
  }

  /** Returns the value of a step from 0; NaN in a gap. */
  public double value(int step) {
    return values[step];
  }

  /** Returns the value that is above this share of all values, 0 to 1. */
  public double percentile(double share) {
    Checks.argument(share >= 0 && share <= 1, "share", share, "0.0 to 1.0");
    double[] sorted = Arrays.stream(values).filter(v -> !Double.isNaN(v)).sorted().toArray();
    return sorted[(int) Math.max(0, Math.ceil(share * sorted.length) - 1)];
  }

  /**
   * Returns the demand at a time; NaN in a gap. Values at most a minute apart stand until the next;
   * between values further apart demand goes straight from one to the other, since it did not jump
   * every half hour either.
   */
  public double at(Instant time) {
    long second = Duration.between(start, time).toSeconds();
    long length = step.toSeconds();
    int cell = (int) Math.floorDiv(second, length);
    if (second < 0 || cell >= values.length) {
      return Double.NaN;
    }
    double value = values[cell];
    if (length <= 60 || cell + 1 == values.length || Double.isNaN(values[cell + 1])) {
      return value;
    }
    double share = (double) (second - cell * length) / length;
    return value + share * (values[cell + 1] - value);
  }

  @Override
  public String toString() {
    return name + ": " + values.length + " x " + step + " from " + start;
  }
}
