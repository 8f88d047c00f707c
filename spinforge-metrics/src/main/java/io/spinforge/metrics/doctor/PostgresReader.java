package io.spinforge.metrics.doctor;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Asks a PostgreSQL server over one connection of the pool. Reads catalogues and statistics, and
 * ends the transaction it may have begun.
 */
final class PostgresReader {
  private static final List<String> SETTINGS =
      List.of(
          "max_connections",
          "superuser_reserved_connections",
          "statement_timeout",
          "idle_in_transaction_session_timeout",
          "lock_timeout",
          "tcp_keepalives_idle",
          "shared_buffers",
          "effective_cache_size",
          "work_mem",
          "maintenance_work_mem",
          "random_page_cost",
          "max_wal_size",
          "checkpoint_completion_target",
          "fsync",
          "full_page_writes",
          "autovacuum",
          "synchronous_commit",
          "password_encryption",
          "data_checksums",
          "server_version_num",
          "log_min_duration_statement",
          "log_lock_waits",
          "track_io_timing",
          "shared_preload_libraries");

  private static final long LEAST_BLOCKS = 10_000;

  private final Connection connection;
  private final Facts facts;

  private PostgresReader(Connection connection, Facts facts) {
    this.connection = connection;
    this.facts = facts;
  }

  /**
   * Reads a server.
   *
   * @param poolSize the largest size of the pool; NaN if unknown
   * @param memory this machine's, for a server that runs on it
   */
  static Facts read(Connection connection, String subject, double poolSize, double memory)
      throws SQLException {
    Facts facts = new Facts(subject).put("pool", poolSize);
    PostgresReader reader = new PostgresReader(connection, facts);
    reader.settings();
    reader.state(memory);
    if (!connection.getAutoCommit()) {
      connection.rollback();
    }
    return facts;
  }

  private void settings() throws SQLException {
    String names = "'" + String.join("','", SETTINGS) + "'";
    query(
        "pg_settings",
        "SELECT name, setting, coalesce(unit, ''), source FROM pg_settings WHERE name IN ("
            + names
            + ")",
        row ->
            facts.put(
                row.getString(1),
                inBaseUnits(row.getString(2), row.getString(3)),
                row.getString(4)));
    facts.put("work_mem.total", facts.number("work_mem") * facts.number("max_connections"));
  }

  /** Turns {@code 16384} of {@code 8kB} into bytes, and milliseconds into seconds. */
  static Object inBaseUnits(String setting, String unit) {
    double factor =
        switch (unit) {
          case "B" -> 1;
          case "kB" -> 1 << 10;
          case "8kB" -> 1 << 13;
          case "16MB" -> 1 << 24;
          case "MB" -> 1 << 20;
          case "ms" -> 1e-3;
          case "s" -> 1;
          case "min" -> 60;
          default -> Double.NaN;
        };
    double number = Facts.parse(setting);
    // -1 switches a limit off, whatever its unit.
    return Double.isNaN(factor) || number < 0 ? setting : (Object) (number * factor);
  }

  private void state(double memory) throws SQLException {
    query(
        "pg_stat_activity",
        "SELECT count(*), count(*) FILTER (WHERE state LIKE 'idle in transaction%' AND"
            + " state_change < now() - interval '1 minute') FROM pg_stat_activity WHERE"
            + " backend_type = 'client backend'",
        row -> {
          facts.put("connections.share", row.getDouble(1) / facts.number("max_connections"));
          facts.put("idle.in.transaction", row.getLong(2));
        });
    query(
        "pg_stat_database",
        "SELECT blks_hit, blks_read, deadlocks FROM pg_stat_database WHERE datname ="
            + " current_database()",
        row -> {
          double blocks = row.getDouble(1) + row.getDouble(2);
          if (blocks >= LEAST_BLOCKS) {
            facts.put("hits.share", row.getDouble(1) / blocks);
          }
          facts.put("deadlocks", row.getLong(3));
        });
    query(
        "pg_database",
        "SELECT max(age(datfrozenxid)) FROM pg_database",
        row -> facts.put("xid.age", row.getLong(1)));
    query(
        "pg_stat_ssl",
        "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
        row -> facts.put("ssl", row.getBoolean(1)));
    query(
        "inet_client_addr",
        "SELECT coalesce(inet_client_addr() = inet_server_addr(), true)",
        row -> {
          if (row.getBoolean(1)) {
            facts.put("local", true).put("memory", memory);
          }
        });
  }

  private interface Row {
    void read(ResultSet row) throws SQLException;
  }

  private void query(String what, String sql, Row row) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        row.read(rows);
      }
    } catch (SQLException refused) {
      facts.unreadable(what, String.valueOf(refused.getMessage()));
      if (!connection.getAutoCommit()) {
        connection.rollback();
      }
    }
  }
}
