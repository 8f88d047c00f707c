package io.spinforge.metrics;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.spinforge.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** On a real PostgreSQL. */
class TunedDataSourceIT {
  private static PostgresServer server;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private HikariDataSource pool;

  @BeforeAll
  static void start() throws SQLException {
    server = PostgresServer.start();
    try (Connection connection = server.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create table items (id int primary key, name text)");
      statement.execute("insert into items select n, 'item ' || n from generate_series(1, 100) n");
    }
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @AfterEach
  void close() {
    if (pool != null) {
      pool.close();
    }
  }

  private static String url() {
    return "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres?sslmode=disable";
  }

  private TunedDataSource.Builder builder() {
    return TunedDataSource.builder(url()).user("postgres");
  }

  private static String value(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private double findings(String kind) {
    return registry.get("spinforge.jdbc.findings").tag("kind", kind).counter().count();
  }

  private double queries(String operation, String outcome) {
    return registry
        .get("spinforge.jdbc.queries")
        .tags("operation", operation, "outcome", outcome)
        .timer()
        .count();
  }

  @Test
  void thePoolHasTheGuidesValues() throws SQLException {
    pool = TunedDataSource.postgres(url(), "postgres", null);
    int cores = Runtime.getRuntime().availableProcessors();
    assertThat(pool.getMaximumPoolSize()).isEqualTo(Math.min(20, 2 * cores + 1));
    assertThat(pool.getIdleTimeout()).isEqualTo(30_000);
    assertThat(pool.getConnectionTimeout()).isEqualTo(2_000);
    try (Connection connection = pool.getConnection()) {
      assertThat(value(connection, "show statement_timeout")).isEqualTo("30s");
      assertThat(value(connection, "show application_name")).isEqualTo("spinforge");
      assertThat(connection.unwrap(PGConnection.class).getBackendPID()).isPositive();
    }
  }

  @Test
  void aStatementThatTakesTooLongIsEndedByTheServer() throws SQLException {
    pool = builder().statementTimeout(Duration.ofMillis(50)).build();
    SpinForgeMetrics.builder(registry).bind(pool).build();
    try (Connection connection = pool.getConnection()) {
      assertThatThrownBy(() -> value(connection, "select pg_sleep(30)"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("statement timeout");
      assertThat(value(connection, "select 1")).isEqualTo("1");
    }
    assertThat(queries("select", "failure")).isEqualTo(1);
    assertThat(queries("select", "success")).isEqualTo(1);
  }

  @Test
  void tlsThatTheServerDoesNotOfferIsNotDoneWithout() {
    assertThatThrownBy(
            () ->
                TunedDataSource.postgres(
                    "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres", "postgres", null))
        .isInstanceOf(HikariPool.PoolInitializationException.class)
        .hasMessageContaining("SSL");
  }

  @Test
  void aSlowQueryIsLoggedWithItsPlanAndWithoutItsValues() throws SQLException {
    pool = builder().slowQueries(Duration.ofMillis(20)).build();
    SpinForgeMetrics.builder(registry).bind(pool).build();
    String log =
        logged(
            "Seq Scan",
            () -> {
              try (Connection connection = pool.getConnection();
                  PreparedStatement statement =
                      connection.prepareStatement(
                          "select *, pg_sleep(0.05) from items where name = ?")) {
                statement.setString(1, "item 7");
                statement.executeQuery().close();
              }
            });
    assertThat(log)
        .contains("Slow query on pool spinforge: ")
        .contains("(slow from 20 ms), select *, pg_sleep(?) from items where name = ?")
        .contains("Seq Scan on items")
        .doesNotContain("actual time")
        .doesNotContain("item 7");
    assertThat(findings("slow")).isEqualTo(1);
  }

  @Test
  void aPlanIsOnlyExecutedWhereThatIsAskedForAndNeverForChanges() throws SQLException {
    pool = builder().slowQueries(Duration.ofMillis(20)).explainAnalyze().build();
    String read = logged("actual time", () -> run("select pg_sleep(0.05)"));
    assertThat(read).contains("actual time");
    String change =
        logged(
            "Update on items",
            () -> run("update items set name = name || pg_sleep(0.05)::text where id = 1"));
    assertThat(change).doesNotContain("actual time");
    try (Connection connection = pool.getConnection()) {
      assertThat(value(connection, "select name from items where id = 1")).isEqualTo("item 1");
    }
  }

  private void run(String sql) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private interface Work {
    void run() throws SQLException;
  }

  /** What is logged until a word is. */
  private static String logged(String word, Work work) throws SQLException {
    AtomicReference<SQLException> failure = new AtomicReference<>();
    String log =
        Logged.during(
            caught -> {
              try {
                work.run();
              } catch (SQLException e) {
                failure.set(e);
              }
              await().atMost(20, SECONDS).until(() -> caught.get().contains(word));
            });
    if (failure.get() != null) {
      throw failure.get();
    }
    return log;
  }

  @Test
  void oneQueryManyTimesAndInsertionsOneByOneAreFound() throws SQLException {
    pool = builder().repeats(5).build();
    SpinForgeMetrics.builder(registry).bind(pool).build();
    run("create table orders (id int, item text)");
    String log =
        logged(
            "Insertions one by one",
            () -> {
              try (Connection connection = pool.getConnection()) {
                for (int i = 1; i <= 7; i++) {
                  value(connection, "select name from items where id = " + i);
                }
                for (int i = 1; i <= 7; i++) {
                  try (Statement statement = connection.createStatement()) {
                    statement.executeUpdate("insert into orders values (" + i + ", 'a')");
                  }
                }
              }
            });
    assertThat(log)
        .contains("One query many times (N+1) on pool spinforge: 5 times")
        .contains("select name from items where id = ?")
        .contains("insert into orders values (?, …)");
    assertThat(findings("n-plus-one")).isEqualTo(1);
    assertThat(findings("unbatched-insert")).isEqualTo(1);
    assertThat(queries("insert", "success")).isEqualTo(7);
  }

  @Test
  void aBatchAndWorkOfSeveralBorrowersAreFine() throws SQLException {
    pool = builder().repeats(5).build();
    SpinForgeMetrics.builder(registry).bind(pool).build();
    run("create table parts (id int)");
    try (Connection connection = pool.getConnection();
        PreparedStatement statement = connection.prepareStatement("insert into parts values (?)")) {
      for (int i = 0; i < 20; i++) {
        statement.setInt(1, i);
        statement.addBatch();
      }
      statement.executeBatch();
    }
    for (int i = 0; i < 20; i++) {
      run("select * from parts where id = " + i);
    }
    assertThat(findings("n-plus-one") + findings("unbatched-insert")).isZero();
    assertThat(queries("insert", "success")).isEqualTo(1);
  }

  @Test
  void thePoolsOwnMetersAreThereAndGoWithTheBinding() throws SQLException {
    pool = builder().name("shop").build();
    try (SpinForgeMetrics metrics = SpinForgeMetrics.builder(registry).bind(pool).build()) {
      run("select 1");
      assertThat(metrics.registry().get("hikaricp.connections.max").gauge().value())
          .isEqualTo(pool.getMaximumPoolSize());
      assertThat(queries("select", "success")).isEqualTo(1);
    }
    assertThat(registry.getMeters()).isEmpty();
    run("select 1");
  }

  @Test
  void aPoolOfTheHostsOwnIsBoundToo() throws SQLException {
    pool = new HikariDataSource();
    pool.setJdbcUrl(server.jdbcUrl());
    pool.setPoolName("own");
    SpinForgeMetrics.builder(registry).bind(pool).build();
    run("select 1");
    assertThat(registry.get("hikaricp.connections").tag("pool", "own").gauge().value())
        .isPositive();
  }
}
