package io.spinforge.scaling.internal;

import java.sql.Connection;
import java.sql.SQLException;

/** What differs between the databases. */
public enum Dialect {
  /** PostgreSQL. */
  POSTGRESQL,
  /** H2, also in its PostgreSQL mode. */
  H2;

  /**
   * Asks a connection.
   *
   * @throws SQLException naming the database if it is another one
   */
  public static Dialect of(Connection connection) throws SQLException {
    String name = connection.getMetaData().getDatabaseProductName();
    return switch (name) {
      case "PostgreSQL" -> POSTGRESQL;
      case "H2" -> H2;
      default -> throw new SQLException("database: " + name + " (expected: PostgreSQL or H2)");
    };
  }

  /** Returns a statement that inserts a row or, if its key is there, replaces its values. */
  public String upsert(String table, String key, String... values) {
    String columns = values.length == 0 ? key : key + ", " + String.join(", ", values);
    int count = columns.split(",", -1).length;
    String marks = "?, ".repeat(count - 1) + "?";
    if (this == H2) {
      return "MERGE INTO " + table + " (" + columns + ") KEY (" + key + ") VALUES (" + marks + ")";
    }
    StringBuilder text = new StringBuilder("INSERT INTO ").append(table);
    text.append(" (").append(columns).append(") VALUES (").append(marks);
    text.append(") ON CONFLICT (").append(key).append(") DO ");
    for (int i = 0; i < values.length; i++) {
      text.append(i == 0 ? "UPDATE SET " : ", ").append(values[i]);
      text.append(" = EXCLUDED.").append(values[i]);
    }
    return values.length == 0 ? text.append("NOTHING").toString() : text.toString();
  }
}
