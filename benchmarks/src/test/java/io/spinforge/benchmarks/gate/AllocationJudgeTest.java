package io.spinforge.benchmarks.gate;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.benchmarks.gate.AllocationJudge.Row;
import io.spinforge.benchmarks.gate.AllocationJudge.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

class AllocationJudgeTest {

  @Test
  void overrunFails() {
    assertThat(verdict("a = 0", new Measured("a", List.of(24.0, 24.0, 24.0))))
        .isEqualTo(Verdict.OVER);
  }

  @Test
  void oneByteOverIsTolerated() {
    assertThat(verdict("a = 24", new Measured("a", List.of(25.0)))).isEqualTo(Verdict.OK);
    assertThat(verdict("a = 24", new Measured("a", List.of(25.01)))).isEqualTo(Verdict.OVER);
  }

  @Test
  void lessIsBetter() {
    assertThat(verdict("a = 24", new Measured("a", List.of(0.0)))).isEqualTo(Verdict.OK);
  }

  @Test
  void leastOfTheForksCounts() {
    assertThat(verdict("a = 0", new Measured("a", List.of(24.0, 0.001, 24.0))))
        .isEqualTo(Verdict.OK);
  }

  @Test
  void benchmarkWithoutBudgetFails() {
    List<Row> rows =
        judge("a = 0", new Measured("a", List.of(0.0)), new Measured("b", List.of(0.0)));
    assertThat(rows).extracting(Row::verdict).containsExactly(Verdict.OK, Verdict.NO_BUDGET);
    assertThat(AllocationJudge.passes(rows)).isFalse();
  }

  @Test
  void budgetWithoutBenchmarkFails() {
    List<Row> rows = judge("a = 0\nz = 0", new Measured("a", List.of(0.0)));
    assertThat(rows).extracting(Row::verdict).containsExactly(Verdict.OK, Verdict.NO_BENCHMARK);
    assertThat(AllocationJudge.passes(rows)).isFalse();
  }

  @Test
  void resultWithoutAllocationFails() {
    assertThat(verdict("a = 0", new Measured("a", List.of()))).isEqualTo(Verdict.NOT_MEASURED);
  }

  @Test
  void nothingJudgedIsNotGreen() {
    assertThat(AllocationJudge.passes(judge(""))).isFalse();
  }

  @Test
  void tableNamesEveryVerdict() {
    String table =
        AllocationJudge.table(
            judge(
                "io.Fine = 0\nio.Over[big] = 16\nio.Gone = 8",
                new Measured("io.Fine", List.of(0.04)),
                new Measured("io.Over[big]", List.of(40.0, 41.0, 42.0)),
                new Measured("io.Over[small]", List.of(3.0))));
    assertThat(table.lines())
        .containsExactly(
            "benchmark         budget B  measured B  forks  verdict",
            "io.Fine                0.0         0.0      1  ok",
            "io.Gone                8.0           -      0  NO SUCH BENCHMARK",
            "io.Over[big]          16.0        40.0      3  OVER BUDGET",
            "io.Over[small]           -         3.0      1  NO BUDGET");
  }

  private static Verdict verdict(String budgets, Measured measured) {
    List<Row> rows = judge(budgets, measured);
    assertThat(rows).hasSize(1);
    assertThat(AllocationJudge.passes(rows)).isEqualTo(rows.get(0).verdict() == Verdict.OK);
    return rows.get(0).verdict();
  }

  private static List<Row> judge(String budgets, Measured... measured) {
    return AllocationJudge.judge(
        Budgets.parse(budgets.lines().toList(), "test"), List.of(measured));
  }
}
