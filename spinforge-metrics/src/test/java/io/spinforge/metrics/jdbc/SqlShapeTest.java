package io.spinforge.metrics.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlShapeTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "select  *\tfrom t where id = 17 | select * from t where id = ?",
        "select a from t where n = 'O''Brien' and x = -1.5e3 | select a from t where n = ? and x ="
            + " ?",
        "select * from t1 where c2 = $1 | select * from t1 where c2 = ?",
        "select \"col 7\" from t -- id 9 | select \"col 7\" from t",
        "select /* who */ 1 | select ?",
        "select $x$it's 5$x$, E'a\\'b' | select ?, ?",
        "select * from t where id in (1, 2,3) | select * from t where id in (?, …)",
      })
  void valuesAndCommentsGoAndNamesStay(String sql, String shape) {
    assertThat(SqlShape.of(sql).text()).isEqualTo(shape);
  }

  @Test
  void operationsAreToldByTheirFirstWord() {
    assertThat(SqlShape.of("/* a */ SELECT 1").operation()).isEqualTo(Operation.SELECT);
    assertThat(SqlShape.of("with x as (select 1) select 1").operation())
        .isEqualTo(Operation.SELECT);
    assertThat(SqlShape.of("Update t set a = 1").operation()).isEqualTo(Operation.UPDATE);
    assertThat(SqlShape.of("delete from t").operation()).isEqualTo(Operation.DELETE);
    assertThat(SqlShape.of("create table t (a int)").operation()).isEqualTo(Operation.OTHER);
    assertThat(SqlShape.of("").operation()).isEqualTo(Operation.OTHER);
  }

  @Test
  void anInsertionOfSeveralRowsIsNoSingleOne() {
    assertThat(SqlShape.of("insert into t (a, b) values (?, ?)").singleRow()).isTrue();
    assertThat(SqlShape.of("insert into t values (1, 'x')").singleRow()).isTrue();
    assertThat(SqlShape.of("insert into t values (?, ?), (?, ?)").singleRow()).isFalse();
    assertThat(SqlShape.of("insert into t select * from u").singleRow()).isFalse();
  }

  @Test
  void aShapeIsCutAndATextPerCallTakesNoMemory() {
    assertThat(SqlShape.of("select " + "a, ".repeat(1000) + "b").text())
        .hasSize(SqlShape.LONGEST)
        .endsWith("…");
    for (int i = 0; i < 5000; i++) {
      assertThat(SqlShape.of("select " + i).text()).isEqualTo("select ?");
    }
  }

  @Test
  void aPlanShowsItsNumbersAndHidesQuotedValues() {
    assertThat(SqlShape.hideQuoted("Filter: (name = 'it''s me'::text) rows=5"))
        .isEqualTo("Filter: (name = ?::text) rows=5");
  }
}
