package io.spinforge.scaling.backtest;

import java.util.Arrays;
import java.util.List;

/** Reads lines of {@code timestamp_seconds,value}; a wrong one is an error with its number. */
final class CsvTrace {
  private static final String HEADER = "timestamp_seconds,value";

  private CsvTrace() {}

  static Trace parse(String name, List<String> lines) {
    if (lines.isEmpty()) {
      throw wrong(1, "nothing", "the header " + HEADER);
    }
    header(lines.get(0));
    long[] seconds = new long[lines.size()];
    double[] values = new double[lines.size()];
    int[] numbers = new int[lines.size()];
    int rows = 0;
    for (int i = 1; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty()) {
        continue;
      }
      String[] fields = line.split(",", -1);
      if (fields.length != 2) {
        throw wrong(i + 1, "'" + line + "'", "two fields, " + HEADER);
      }
      seconds[rows] = seconds(fields[0].strip(), i + 1);
      values[rows] = value(fields[1].strip(), i + 1);
      if (rows > 0 && seconds[rows] <= seconds[rows - 1]) {
        String rule = "after " + seconds[rows - 1] + ", the timestamp before";
        throw wrong(i + 1, "timestamp " + seconds[rows], rule);
      }
      numbers[rows++] = i + 1;
    }
    if (rows < 2) {
      throw wrong(lines.size(), rows + " rows", "at least 2");
    }
    return Trace.of(
        name,
        Arrays.copyOf(seconds, rows),
        Arrays.copyOf(values, rows),
        Arrays.copyOf(numbers, rows));
  }

  private static void header(String line) {
    String text = line.startsWith("\uFEFF") ? line.substring(1) : line;
    String[] fields = text.split(",", -1);
    boolean names = fields.length == 2;
    for (String field : fields) {
      names &= !field.isBlank() && !number(field.strip());
    }
    if (!names) {
      throw wrong(1, "'" + text + "'", "the header " + HEADER);
    }
  }

  private static boolean number(String text) {
    try {
      Double.parseDouble(text);
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static long seconds(String text, int line) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw wrong(line, "timestamp '" + text + "'", "whole seconds since 1970");
    }
  }

  private static double value(String text, int line) {
    double value = number(text) ? Double.parseDouble(text) : Double.NaN;
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw wrong(line, "value '" + text + "'", "a number >= 0; leave the row out for a gap");
    }
    return value;
  }

  static IllegalArgumentException wrong(int line, String what, String rule) {
    return new IllegalArgumentException("line " + line + ": " + what + " (expected: " + rule + ")");
  }
}
