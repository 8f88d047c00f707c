package io.spinforge.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class PostgresServerIT {

  @Test
  void keepsARowWhileItRunsAndRefusesAfterwards() throws SQLException {
    String url;
    try (PostgresServer postgres = PostgresServer.start();
        Connection connection = postgres.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      url = postgres.jdbcUrl();
      assertThat(url).contains(":" + postgres.port() + "/");
      statement.execute("CREATE TABLE t (id int, name text)");
      statement.execute("INSERT INTO t VALUES (1, 'größer')");
      try (Connection other = DriverManager.getConnection(url);
          ResultSet row = other.createStatement().executeQuery("SELECT name FROM t")) {
        assertThat(row.next()).isTrue();
        assertThat(row.getString(1)).isEqualTo("größer");
      }
    }
    assertThatThrownBy(() -> DriverManager.getConnection(url)).isInstanceOf(SQLException.class);
  }
}
