package io.spinforge.benchmarks.gate;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.TreeSet;

/**
 * Compares what benchmarks allocated with their budgets. Whether the JIT compiler removes an
 * allocation (escape analysis) depends on profiles that differ from one JVM to the next, so each
 * benchmark is judged on the least of its forks: what the code can do, not what one JVM made of it.
 * More forks can only lower that, so one fork within the budget is enough to pass, and a benchmark
 * over its budget deserves more.
 *
 * <p>Both lists must name the same benchmarks: one without a budget would never be judged, and a
 * budget without a benchmark guards nothing.
 */
final class AllocationJudge {

  /** How far over its budget, in bytes per operation, a benchmark may be: what a harness costs. */
  static final double TOLERANCE = 1;

  /** The outcome for one benchmark. */
  enum Verdict {
    OK("ok"),
    OVER("OVER BUDGET"),
    NO_BUDGET("NO BUDGET"),
    NO_BENCHMARK("NO SUCH BENCHMARK"),
    NOT_MEASURED("NOT MEASURED (run with -prof gc)");

    private final String text;

    Verdict(String text) {
      this.text = text;
    }
  }

  /**
   * A row of the table.
   *
   * @param budget bytes per operation; empty if there is none
   * @param measured without forks if the benchmark did not run
   */
  record Row(OptionalDouble budget, Measured measured, Verdict verdict) {}

  private AllocationJudge() {}

  /** Judges every benchmark that was measured or has a budget, by name. */
  static List<Row> judge(Budgets budgets, Collection<Measured> results) {
    List<Row> rows = new ArrayList<>();
    TreeSet<String> absent = new TreeSet<>(budgets.benchmarks());
    for (Measured measured : results) {
      absent.remove(measured.benchmark());
      rows.add(new Row(budgets.of(measured.benchmark()), measured, verdict(budgets, measured)));
    }
    for (String name : absent) {
      rows.add(new Row(budgets.of(name), new Measured(name, List.of()), Verdict.NO_BENCHMARK));
    }
    rows.sort((a, b) -> a.measured().benchmark().compareTo(b.measured().benchmark()));
    return rows;
  }

  /** Whether every row is as it should be; a run without any row proves nothing. */
  static boolean passes(List<Row> rows) {
    return !rows.isEmpty() && rows.stream().allMatch(row -> row.verdict() == Verdict.OK);
  }

  /** The rows as a table for a terminal. */
  static String table(List<Row> rows) {
    int width = rows.stream().mapToInt(row -> row.measured().benchmark().length()).max().orElse(0);
    String format = "%-" + Math.max(width, 9) + "s  %10s  %10s  %5s  %s%n";
    StringBuilder table = new StringBuilder();
    table.append(String.format(format, "benchmark", "budget B", "measured B", "forks", "verdict"));
    for (Row row : rows) {
      Measured measured = row.measured();
      table.append(
          String.format(
              format,
              measured.benchmark(),
              row.budget().isPresent() ? bytes(row.budget().getAsDouble()) : "-",
              measured.forks().isEmpty() ? "-" : bytes(measured.bytes()),
              measured.forks().size(),
              row.verdict().text));
    }
    return table.toString();
  }

  /** Judges one benchmark. */
  static Verdict verdict(Budgets budgets, Measured measured) {
    OptionalDouble budget = budgets.of(measured.benchmark());
    if (budget.isEmpty()) {
      return Verdict.NO_BUDGET;
    }
    if (Double.isNaN(measured.bytes())) {
      return Verdict.NOT_MEASURED;
    }
    return measured.bytes() <= budget.getAsDouble() + TOLERANCE ? Verdict.OK : Verdict.OVER;
  }

  private static String bytes(double bytes) {
    return String.format(Locale.ROOT, "%.1f", bytes);
  }
}
