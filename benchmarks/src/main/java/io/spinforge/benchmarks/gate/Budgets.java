package io.spinforge.benchmarks.gate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The bytes that each benchmark may allocate per operation. The file has a line {@code name =
 * bytes} for each, {@code name[value,...] = bytes} for each parameter set of a parameterised one,
 * and comments after {@code #}. Immutable.
 */
final class Budgets {

  private final SortedMap<String, Double> bytes;

  private Budgets(SortedMap<String, Double> bytes) {
    this.bytes = Collections.unmodifiableSortedMap(bytes);
  }

  /** Reads a budget file; {@code IllegalArgumentException} names the line that is wrong. */
  static Budgets read(Path file) throws IOException {
    return parse(Files.readAllLines(file), file.toString());
  }

  static Budgets parse(List<String> lines, String source) {
    TreeMap<String, Double> bytes = new TreeMap<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).replaceFirst("#.*", "").strip();
      if (line.isEmpty()) {
        continue;
      }
      String where = source + ":" + (i + 1) + ": ";
      int equals = line.lastIndexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException(where + line + " (expected: benchmark = bytes)");
      }
      String name = line.substring(0, equals).strip();
      if (bytes.put(name, number(line.substring(equals + 1).strip(), where)) != null) {
        throw new IllegalArgumentException(where + name + " (expected: one budget a benchmark)");
      }
    }
    return new Budgets(bytes);
  }

  Set<String> benchmarks() {
    return bytes.keySet();
  }

  OptionalDouble of(String benchmark) {
    Double budget = bytes.get(benchmark);
    return budget == null ? OptionalDouble.empty() : OptionalDouble.of(budget);
  }

  private static double number(String text, String where) {
    double number;
    try {
      number = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      number = Double.NaN;
    }
    if (!(number >= 0 && number < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(where + text + " (expected: bytes >= 0)");
    }
    return number;
  }
}
