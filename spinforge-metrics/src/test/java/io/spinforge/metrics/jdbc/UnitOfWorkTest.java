package io.spinforge.metrics.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UnitOfWorkTest {
  private final UnitOfWork unit = new UnitOfWork(3);
  private final SqlShape read = SqlShape.of("select * from a where id = ?");
  private final SqlShape insert = SqlShape.of("insert into a values (?)");

  @Test
  void aReadThatComesOftenIsReportedOnce() {
    assertThat(unit.count(read, false)).isNull();
    assertThat(unit.count(read, false)).isNull();
    assertThat(unit.count(read, false)).isEqualTo(Finding.N_PLUS_ONE);
    assertThat(unit.count(read, false)).isNull();
  }

  @Test
  void insertionsOneByOneAreReportedAndBatchesAreNot() {
    for (int i = 0; i < 10; i++) {
      assertThat(unit.count(insert, true)).isNull();
    }
    unit.count(insert, false);
    unit.count(insert, false);
    assertThat(unit.count(insert, false)).isEqualTo(Finding.UNBATCHED_INSERT);
  }

  @Test
  void differentStatementsAreCountedApartAndTheirNumberIsBounded() {
    for (int i = 0; i < 1000; i++) {
      assertThat(unit.count(SqlShape.of("select c" + i + "x from t"), false)).isNull();
    }
    for (int i = 0; i < 5; i++) {
      assertThat(unit.count(read, false)).isNull();
    }
  }

  @Test
  void changesOfRowsAreNoneOfItsBusiness() {
    SqlShape update = SqlShape.of("update a set b = ? where id = ?");
    for (int i = 0; i < 10; i++) {
      assertThat(unit.count(update, false)).isNull();
    }
  }
}
