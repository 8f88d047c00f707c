package io.spinforge.scaling.lease;

import io.spinforge.scaling.internal.Database;
import io.spinforge.scaling.internal.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;

/** The record as a row, changed by comparing all of it. */
final class JdbcRegister implements Register {
  private static final Duration PATIENCE = Duration.ofSeconds(4);
  private static final String CREATE =
      """
      CREATE TABLE IF NOT EXISTS spinforge_lease (
        name VARCHAR(128) PRIMARY KEY,
        holder VARCHAR(128) NOT NULL,
        token BIGINT NOT NULL,
        beat BIGINT NOT NULL)
      """;

  private final Database database;
  private final String name;
  private boolean made; // guarded by the elector's lock

  JdbcRegister(DataSource source, String name) {
    database = new Database(source, PATIENCE);
    this.name = name;
  }

  @Override
  public Row renew(String me, long token) throws SQLException {
    make();
    return database.run(
        c -> {
          if (token >= 0) {
            update(c, "beat = beat + 1 WHERE name = ? AND holder = ? AND token = ?", me, token);
          }
          return read(c);
        });
  }

  @Override
  public Row take(String me, Row seen, long least) throws SQLException {
    return database.run(
        c -> {
          if (seen.equals(Row.NONE)) {
            insert(c, me, least + 1);
          } else {
            update(
                c,
                "holder = ?, token = GREATEST(token, CAST(? AS BIGINT)) + 1, beat = 0 WHERE name ="
                    + " ? AND holder = ? AND token = ? AND beat = ?",
                me,
                least,
                seen);
          }
          return read(c);
        });
  }

  /** Makes the table once; two at a time may meet there, and then it is there for both. */
  private void make() throws SQLException {
    if (made) {
      return;
    }
    try {
      database.run(JdbcRegister::create);
    } catch (SQLException e) {
      database.run(this::read); // made by another one meanwhile, or there is a reason to fail
    }
    made = true;
  }

  private static boolean create(Connection c) throws SQLException {
    try (Statement statement = c.createStatement()) {
      Dialect.of(c);
      statement.execute(CREATE);
      return true;
    }
  }

  private void update(Connection c, String change, String me, long token) throws SQLException {
    try (PreparedStatement s = c.prepareStatement("UPDATE spinforge_lease SET " + change)) {
      s.setString(1, name);
      s.setString(2, me);
      s.setLong(3, token);
      s.executeUpdate();
    }
  }

  private void update(Connection c, String change, String me, long least, Row seen)
      throws SQLException {
    try (PreparedStatement s = c.prepareStatement("UPDATE spinforge_lease SET " + change)) {
      s.setString(1, me);
      s.setLong(2, least);
      s.setString(3, name);
      s.setString(4, seen.holder());
      s.setLong(5, seen.token());
      s.setLong(6, seen.beat());
      s.executeUpdate();
    }
  }

  /** Inserts the row; if another one was faster this waits for it, and fails by the key. */
  private void insert(Connection c, String me, long token) throws SQLException {
    try (PreparedStatement s =
        c.prepareStatement(
            "INSERT INTO spinforge_lease (name, holder, token, beat) SELECT CAST(? AS VARCHAR),"
                + " CAST(? AS VARCHAR), CAST(? AS BIGINT), 0 WHERE NOT EXISTS (SELECT 1 FROM"
                + " spinforge_lease WHERE name = ?)")) {
      s.setString(1, name);
      s.setString(2, me);
      s.setLong(3, token);
      s.setString(4, name);
      s.executeUpdate();
    }
  }

  private Row read(Connection c) throws SQLException {
    try (PreparedStatement s =
        c.prepareStatement("SELECT holder, token, beat FROM spinforge_lease WHERE name = ?")) {
      s.setString(1, name);
      try (ResultSet row = s.executeQuery()) {
        return row.next() ? new Row(row.getString(1), row.getLong(2), row.getLong(3)) : Row.NONE;
      }
    }
  }

  @Override
  public void free(Row seen) throws SQLException {
    String sql =
        "UPDATE spinforge_lease SET holder = '', beat = 0 WHERE name = ? AND holder = ? AND token ="
            + " ? AND beat = ?";
    database.run(
        c -> {
          try (PreparedStatement s = c.prepareStatement(sql)) {
            s.setString(1, name);
            s.setString(2, seen.holder());
            s.setLong(3, seen.token());
            s.setLong(4, seen.beat());
            return s.executeUpdate();
          }
        });
  }

  @Override
  public String toString() {
    return "table spinforge_lease, " + name;
  }
}
