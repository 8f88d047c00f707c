package io.spinforge.scaling.history;

import io.spinforge.scaling.internal.Database;
import io.spinforge.scaling.internal.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The tables and their version. Each migration is a list of statements that do nothing the second
 * time, so that it may be begun again where a process ended in its midst.
 *
 * <p>Two processes that start at once: in PostgreSQL the second waits for the first (an advisory
 * lock of the transaction), and a migration is done in whole or not at all. In H2, where statements
 * of this kind commit by themselves, both do the same and one of them may have to begin again.
 */
final class Schema {
  private static final long LOCK = 0x5350494e464f5247L; // "SPINFORG"
  private static final int ATTEMPTS = 5;

  static final List<List<String>> MIGRATIONS =
      List.of(
          List.of(
              """
              CREATE TABLE IF NOT EXISTS spinforge_point (
                scaler VARCHAR(64) NOT NULL,
                step_seconds INT NOT NULL,
                at_second BIGINT NOT NULL,
                demand DOUBLE PRECISION NOT NULL,
                peak DOUBLE PRECISION NOT NULL,
                samples INT NOT NULL,
                overloaded BOOLEAN NOT NULL,
                excluded BOOLEAN NOT NULL,
                PRIMARY KEY (scaler, step_seconds, at_second))
              """,
              """
              CREATE TABLE IF NOT EXISTS spinforge_decision (
                scaler VARCHAR(64) NOT NULL,
                at_micros BIGINT NOT NULL,
                json VARCHAR NOT NULL,
                inputs BYTEA NOT NULL,
                PRIMARY KEY (scaler, at_micros))
              """,
              """
              CREATE TABLE IF NOT EXISTS spinforge_note (
                scaler VARCHAR(64) NOT NULL,
                from_micros BIGINT NOT NULL,
                until_micros BIGINT NOT NULL,
                kind VARCHAR(32) NOT NULL,
                PRIMARY KEY (scaler, from_micros, until_micros, kind))
              """),
          List.of(
              """
              CREATE TABLE IF NOT EXISTS spinforge_start (
                scaler VARCHAR(64) NOT NULL,
                ready_micros BIGINT NOT NULL,
                took_nanos BIGINT NOT NULL,
                PRIMARY KEY (scaler, ready_micros, took_nanos))
              """));

  private final Database database;
  private final List<List<String>> migrations;

  Schema(Database database, List<List<String>> migrations) {
    this.database = database;
    this.migrations = migrations;
  }

  /** Brings the tables to the newest version, whatever they are; returns the dialect. */
  Dialect migrate() throws SQLException {
    SQLException last = null;
    for (int i = 0; i < ATTEMPTS; i++) {
      try {
        return database.run(this::migrate);
      } catch (NewerSchemaException e) {
        throw e;
      } catch (SQLException e) {
        if (last != null) {
          e.addSuppressed(last);
        }
        last = e;
      }
    }
    throw last;
  }

  private Dialect migrate(Connection connection) throws SQLException {
    Dialect dialect = Dialect.of(connection);
    try (Statement statement = connection.createStatement()) {
      if (dialect == Dialect.POSTGRESQL) {
        statement.execute("SELECT pg_advisory_xact_lock(" + LOCK + ")");
      }
      statement.execute(
          "CREATE TABLE IF NOT EXISTS spinforge_history_schema (id INT PRIMARY KEY, version INT NOT"
              + " NULL)");
      int version = version(statement);
      if (version > migrations.size()) {
        throw new NewerSchemaException(
            "version of the history's tables: "
                + version
                + " (expected: up to "
                + migrations.size()
                + "; a newer SpinForge made them)");
      }
      for (int i = version; i < migrations.size(); i++) {
        for (String step : migrations.get(i)) {
          statement.execute(step);
        }
      }
      if (version < migrations.size()) {
        try (PreparedStatement mark =
            connection.prepareStatement(
                dialect.upsert("spinforge_history_schema", "id", "version"))) {
          mark.setInt(1, 1);
          mark.setInt(2, migrations.size());
          mark.executeUpdate();
        }
      }
    }
    return dialect;
  }

  private static int version(Statement statement) throws SQLException {
    try (ResultSet row =
        statement.executeQuery("SELECT version FROM spinforge_history_schema WHERE id = 1")) {
      return row.next() ? row.getInt(1) : 0;
    }
  }

  /** Nothing that trying again would mend. */
  private static final class NewerSchemaException extends SQLException {
    private static final long serialVersionUID = 1;

    NewerSchemaException(String message) {
      super(message);
    }
  }
}
