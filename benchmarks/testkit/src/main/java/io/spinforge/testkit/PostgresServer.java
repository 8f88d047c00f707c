package io.spinforge.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A real PostgreSQL on a free port of the loopback with an empty database, tuned to lose all its
 * data in a crash, that ends with this JVM, also when the JVM is killed. Works as root too. Not
 * thread-safe; its data sources are.
 */
public final class PostgresServer implements AutoCloseable {

  /** Arguments: folder of the programs, port. */
  private static final String INIT_AND_RUN =
      """
      "$1/bin/initdb" -D data -U postgres -A trust -E UTF8 --locale=C --no-sync &&
      exec "$1/bin/postgres" -D data -p "$2" \
        -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c timezone=UTC \
        -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=32MB
      """;

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int ATTEMPTS = 10;

  private final LeashedProcess process;
  private final int port;

  private PostgresServer(LeashedProcess process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts a server and returns when it answers, in a few seconds. */
  public static PostgresServer start() {
    try {
      Path binaries = PostgresBinaries.find();
      for (int i = 1; i <= ATTEMPTS; i++) {
        PostgresServer server = launch(binaries);
        boolean ready = false;
        try {
          ready = server.isReady();
        } finally {
          if (!ready) {
            server.close();
          }
        }
        if (ready) {
          return server;
        }
      }
      throw new IllegalStateException(ATTEMPTS + " ports in turn were taken by other processes");
    } catch (IOException e) {
      throw new UncheckedIOException("PostgreSQL does not start", e);
    }
  }

  /** Returns the port that the server listens on. */
  public int port() {
    return port;
  }

  /** Returns the address of the database, with the user in it; there is no password. */
  public String jdbcUrl() {
    return "jdbc:postgresql://" + Ports.LOOPBACK + ":" + port + "/postgres?user=postgres";
  }

  /** Returns a data source that opens a new connection each time; there is no pool. */
  public DataSource dataSource() {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(jdbcUrl());
    return source;
  }

  /** Ends the server, with open connections or not, and removes its files. */
  @Override
  public void close() {
    process.close();
  }

  private static PostgresServer launch(Path binaries) throws IOException {
    int port = Ports.pick(0);
    Path folder = Files.createTempDirectory("spinforge-postgres-");
    List<String> command =
        List.of("sh", "-c", INIT_AND_RUN, "postgres", binaries.toString(), Integer.toString(port));
    // QUIT is PostgreSQL's "immediate shutdown": no wait for clients, and it leaves no shared
    // memory behind, as KILL does.
    return new PostgresServer(
        LeashedProcess.start(folder, "QUIT", Unprivileged.command(folder, command)), port);
  }

  /** Waits for an answer; returns false if another process has taken the port. */
  private boolean isReady() {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(jdbcUrl());
    source.setLoginTimeout(5); // A stranger on our port may accept and say nothing.
    long start = System.nanoTime();
    SQLException last = null;
    while (System.nanoTime() - start < PATIENCE.toNanos()) {
      if (!process.isAlive()) {
        String log = process.log();
        if (log.contains("could not bind")) {
          return false;
        }
        throw new IllegalStateException("PostgreSQL ended while it started:\n" + log);
      }
      try (Connection connection = source.getConnection();
          Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("SHOW data_directory")) {
        if (row.next() && Path.of(row.getString(1)).startsWith(process.folder())) {
          return true;
        }
      } catch (SQLException e) {
        last = e; // Not up yet.
      }
      LockSupport.parkNanos(20_000_000);
    }
    throw new IllegalStateException(
        "PostgreSQL did not answer within " + PATIENCE + ":\n" + process.log(), last);
  }
}
