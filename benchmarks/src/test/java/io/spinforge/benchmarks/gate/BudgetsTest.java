package io.spinforge.benchmarks.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class BudgetsTest {

  @Test
  void readsNamesParametersAndComments() {
    Budgets budgets =
        Budgets.parse(List.of("# all", "", " a.B.c = 24 # a record", "d[x=1,y] = 0.5"), "file");
    assertThat(budgets.benchmarks()).containsExactly("a.B.c", "d[x=1,y]");
    assertThat(budgets.of("a.B.c")).hasValue(24);
    assertThat(budgets.of("d[x=1,y]")).hasValue(0.5);
    assertThat(budgets.of("d")).isEmpty();
  }

  @Test
  void wrongLinesAreNamed() {
    assertWrong("a", "file:1: a (expected: benchmark = bytes)");
    assertWrong("= 3", "file:1: = 3 (expected: benchmark = bytes)");
    assertWrong("a = much", "file:1: much (expected: bytes >= 0)");
    assertWrong("a = -1", "file:1: -1 (expected: bytes >= 0)");
    assertWrong("a = NaN", "file:1: NaN (expected: bytes >= 0)");
    assertWrong("a = Infinity", "file:1: Infinity (expected: bytes >= 0)");
    assertWrong("a = 1\na = 2", "file:2: a (expected: one budget a benchmark)");
  }

  @Test
  void budgetsOfThisModuleCanBeRead() throws IOException {
    assertThat(Budgets.read(Path.of("allocation-budgets.properties")).benchmarks()).isNotEmpty();
  }

  private static void assertWrong(String text, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Budgets.parse(text.lines().toList(), "file"))
        .withMessage(message);
  }
}
