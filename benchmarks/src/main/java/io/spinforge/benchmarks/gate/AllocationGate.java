package io.spinforge.benchmarks.gate;

import io.spinforge.benchmarks.gate.AllocationJudge.Row;
import io.spinforge.benchmarks.gate.AllocationJudge.Verdict;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Fails a build in which a benchmark allocates more than its budget.
 *
 * <pre>
 * java -cp benchmarks.jar io.spinforge.benchmarks.gate.AllocationGate [--budgets FILE]
 * java -cp benchmarks.jar io.spinforge.benchmarks.gate.AllocationGate --results FILE [--budgets FILE]
 * </pre>
 *
 * <p>The first form runs every benchmark of its class path, up to three forks each; the second
 * judges a JSON result of JMH. Exit code 0: all within their budgets; 1: not so; 2: it could not be
 * judged (a wrong option, file or benchmark).
 */
public final class AllocationGate {

  private static final String BUDGETS = "allocation-budgets.properties";
  private static final int FORKS = 3;

  private AllocationGate() {}

  /** Runs the gate and ends the JVM with its exit code. */
  public static void main(String[] args) {
    System.exit(run(List.of(args), System.out, System.err));
  }

  static int run(List<String> args, PrintStream out, PrintStream err) {
    try {
      Map<String, Path> options = options(args);
      Path results = options.get("--results");
      Budgets budgets = Budgets.read(options.getOrDefault("--budgets", defaultBudgets()));
      List<Row> rows =
          AllocationJudge.judge(
              budgets, results == null ? measure(budgets, out) : JmhJson.read(results));
      out.print(AllocationJudge.table(rows));
      boolean passes = AllocationJudge.passes(rows);
      out.println(passes ? "allocation: within budget" : "allocation: FAILED");
      return passes ? 0 : 1;
    } catch (NoSuchFileException e) {
      err.println(e.getFile() + " (expected: a file)");
      return 2;
    } catch (IOException | IllegalArgumentException e) {
      err.println(e.getMessage());
      return 2;
    }
  }

  private static Map<String, Path> options(List<String> args) {
    Map<String, Path> options = new TreeMap<>();
    for (int i = 0; i < args.size(); i += 2) {
      String name = args.get(i);
      boolean known = name.equals("--budgets") || name.equals("--results");
      if (!known || i + 1 == args.size()) {
        throw new IllegalArgumentException(name + " (expected: --budgets FILE or --results FILE)");
      }
      options.put(name, Path.of(args.get(i + 1)));
    }
    return options;
  }

  /** The checked-in file, from the repository's root or from the module. */
  private static Path defaultBudgets() {
    Path fromRoot = Path.of("benchmarks", BUDGETS);
    return Files.exists(fromRoot) ? fromRoot : Path.of(BUDGETS);
  }

  /** Runs every benchmark once, and those over their budget again: the least of three counts. */
  private static Collection<Measured> measure(Budgets budgets, PrintStream out) throws IOException {
    Map<String, Measured> all = new TreeMap<>();
    List<String> names = new ArrayList<>(JmhRun.benchmarks());
    for (int i = 0; i < names.size(); i++) {
      boolean over = true;
      for (int fork = 1; over && fork <= FORKS; fork++) {
        out.printf("%d/%d %s, fork %d%n", i + 1, names.size(), names.get(i), fork);
        over = false;
        for (Measured measured : JmhRun.fork(names.get(i))) {
          Measured before = all.get(measured.benchmark());
          Measured sum = before == null ? measured : before.and(measured);
          all.put(sum.benchmark(), sum);
          over |= AllocationJudge.verdict(budgets, sum) == Verdict.OVER;
        }
      }
    }
    return all.values();
  }
}
