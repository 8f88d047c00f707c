package io.spinforge.benchmarks.gate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gate as a user calls it on a result that JMH wrote. */
class AllocationGateTest {

  /** Two benchmarks as JMH writes them: one with parameters and two forks, one of an old JMH. */
  private static final String RESULTS =
      """
      [{"jmhVersion": "1.37", "benchmark": "a.B.get", "mode": "avgt", "forks": 2,
        "params": {"size": "10", "kind": "lru"},
        "primaryMetric": {"score": 3.1, "rawData": [[3.0, 3.2], [3.1, 3.1]]},
        "secondaryMetrics": {
          "gc.alloc.rate": {"score": 9.0, "rawData": [[9.0, 9.0], [9.0, 9.0]]},
          "gc.alloc.rate.norm": {"score": 28.0, "rawData": [[31.0, 33.0], [24.0, 24.0]]}}},
       {"jmhVersion": "1.35", "benchmark": "a.C.put", "mode": "avgt", "forks": 1,
        "primaryMetric": {"score": 3.1, "rawData": [[3.0]]},
        "secondaryMetrics": {
          "\u00b7gc.alloc.rate.norm": {"score": 0.001, "rawData": [[0.001]]},
          "\u00b7gc.count": {"score": "NaN", "rawData": [["NaN"]]}}}]
      """;

  @TempDir Path dir;
  private Path results;
  private Path budgets;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void writeFiles() throws IOException {
    results = Files.writeString(dir.resolve("jmh.json"), RESULTS);
    budgets = Files.writeString(dir.resolve("budgets"), "a.B.get[lru,10] = 24\na.C.put = 0\n");
  }

  @Test
  void resultWithinBudgetPasses() {
    assertThat(run("--results", results.toString(), "--budgets", budgets.toString())).isZero();
    assertThat(out.toString(UTF_8)).contains("24.0      2  ok").endsWith("within budget\n");
  }

  @Test
  void plantedOverrunFails() throws IOException {
    Files.writeString(results, RESULTS.replace("[24.0, 24.0]", "[25.9, 26.3]"));
    assertThat(run("--results", results.toString(), "--budgets", budgets.toString())).isOne();
    assertThat(out.toString(UTF_8))
        .contains("a.B.get[lru,10]        24.0        26.1      2  OVER BUDGET")
        .endsWith("FAILED\n");
  }

  @Test
  void forksOfSeveralRunsCountTogether() throws IOException {
    String worse = RESULTS.replace("24.0, 24.0", "99.0, 99.0").strip();
    Files.writeString(
        results, worse.substring(0, worse.length() - 1) + "," + RESULTS.strip().substring(1));
    assertThat(run("--results", results.toString(), "--budgets", budgets.toString())).isZero();
    assertThat(out.toString(UTF_8)).contains("24.0      4  ok");
  }

  @Test
  void resultWithoutTheProfilerFails() throws IOException {
    Files.writeString(results, RESULTS.replace("gc.alloc.rate.norm", "something"));
    assertThat(run("--results", results.toString(), "--budgets", budgets.toString())).isOne();
    assertThat(out.toString(UTF_8)).contains("NOT MEASURED (run with -prof gc)");
  }

  @Test
  void notANumberIsNotMeasured() throws IOException {
    Files.writeString(results, RESULTS.replace("[[0.001]]", "[[\"NaN\"]]"));
    assertThat(run("--results", results.toString(), "--budgets", budgets.toString())).isOne();
    assertThat(out.toString(UTF_8)).contains("a.C.put").contains("NOT MEASURED");
  }

  @Test
  void wrongFilesAndOptionsCannotBeJudged() throws IOException {
    assertThat(run("--budget", "x")).isEqualTo(2);
    assertThat(run("--results")).isEqualTo(2);
    assertThat(run("--results", results.toString(), "--budgets", "/no/such")).isEqualTo(2);
    Files.writeString(results, "{}");
    assertThat(run("--results", results.toString(), "--budgets", budgets.toString())).isEqualTo(2);
    Files.writeString(results, "not JSON");
    assertThat(run("--results", results.toString(), "--budgets", budgets.toString())).isEqualTo(2);
    assertThat(err.toString(UTF_8).lines())
        .contains(
            "--budget (expected: --budgets FILE or --results FILE)",
            "--results (expected: --budgets FILE or --results FILE)",
            "/no/such (expected: a file)",
            results + " is not a result of JMH (expected: a JSON array)");
  }

  private int run(String... args) {
    return AllocationGate.run(
        List.of(args), new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
  }
}
