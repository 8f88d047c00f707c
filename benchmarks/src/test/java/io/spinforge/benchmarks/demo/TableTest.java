package io.spinforge.benchmarks.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
  private static final Promise KEPT = new Promise("p99 < 100 ms", "41 ms", true);
  private static final Promise BROKEN = new Promise("failed requests: 0", "5 of 1,204", false);

  @Test
  void aSceneStandsOnceBesideItsFirstPromise() {
    Table table = new Table();
    table.add("steady load", List.of(KEPT, BROKEN));
    table.add("overload", List.of(KEPT));
    assertThat(table.lines())
        .containsExactly(
            "  scene        promised            measured    verdict",
            "  -----------  ------------------  ----------  -------",
            "  steady load  p99 < 100 ms        41 ms       kept",
            "               failed requests: 0  5 of 1,204  BROKEN",
            "",
            "  overload     p99 < 100 ms        41 ms       kept",
            "  -----------  ------------------  ----------  -------");
  }

  @Test
  void oneBrokenPromiseBreaksTheWhole() {
    Table table = new Table();
    table.add("steady load", List.of(KEPT));
    assertThat(table.allKept()).isTrue();
    table.add("overload", List.of(BROKEN, KEPT));
    table.add("end", List.of(KEPT));
    assertThat(table.allKept()).isFalse();
  }

  @Test
  void anEmptyTableProvesNothing() {
    assertThat(new Table().allKept()).isFalse();
  }
}
