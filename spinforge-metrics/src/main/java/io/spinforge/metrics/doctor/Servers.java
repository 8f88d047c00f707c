package io.spinforge.metrics.doctor;

import io.spinforge.metrics.doctor.Examination.Answer;
import io.spinforge.metrics.doctor.RedisFacts.Neighbour;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Asks servers for their facts; blocks. */
final class Servers {
  private Servers() {}

  /** Returns whether this is a client of Lettuce; false where Lettuce is absent. */
  static boolean isClient(Object client) {
    try {
      return LettuceReader.accepts(client);
    } catch (NoClassDefFoundError absent) {
      return false;
    }
  }

  /** Reads the servers of a client, and of the client what only a connection knows. */
  static List<Answer> redis(Object client, Neighbour here, Duration patience) throws Exception {
    return new LettuceReader(here, patience).servers(client);
  }

  /** Reads a pool, and the PostgreSQL server behind it. */
  static List<Answer> dataSource(DataSource source, Patient patient) {
    List<Answer> answers = new ArrayList<>();
    Object pool = pool(source);
    String name = source.getClass().getSimpleName();
    int cpus = patient.databaseCpus() == 0 ? patient.cpus() : patient.databaseCpus();
    Facts server = new Facts("postgresql");
    String url = null;
    try (Connection connection = source.getConnection()) {
      url = connection.getMetaData().getURL();
      double size =
          pool == null
              ? Double.NaN
              : HikariReader.read(pool, url, cpus, 1).number("maximumPoolSize");
      server = server(connection, size, patient);
    } catch (SQLException | RuntimeException e) {
      server.unreadable("connection", reason(e));
    }
    answers.add(new Answer(Family.POSTGRESQL, server));
    answers.add(
        new Answer(
            Family.POOLS,
            pool == null
                ? new Facts(name).unreadable("pool", "its make is not known (expected: HikariCP)")
                : HikariReader.read(pool, url, cpus, patient.spindles())));
    return answers;
  }

  private static Facts server(Connection connection, double poolSize, Patient patient)
      throws SQLException {
    String product = connection.getMetaData().getDatabaseProductName();
    if (!product.equals("PostgreSQL")) {
      return new Facts("database").unreadable("server", "it is " + product);
    }
    // Host, port and database: what stands before the parameters holds no password.
    String url = String.valueOf(connection.getMetaData().getURL());
    String subject = url.replaceFirst("^jdbc:postgresql:(//)?", "").replaceFirst("[?].*", "");
    double memory = Kernel.kibibytes(patient.files(), "MemTotal:") * 1024;
    int before = limit(connection, (int) patient.patience().toMillis());
    try {
      return PostgresReader.read(connection, subject, poolSize, memory);
    } finally {
      limit(connection, before);
    }
  }

  /**
   * Limits how long answers may take, so that a server that stopped answering does not keep a
   * connection of the host's pool; returns the limit before.
   */
  private static int limit(Connection connection, int millis) {
    try {
      int before = connection.getNetworkTimeout();
      connection.setNetworkTimeout(Runnable::run, millis);
      return before;
    } catch (SQLException | RuntimeException notSupported) {
      return 0; // Then the pool's own timeouts have to do.
    }
  }

  private static @Nullable Object pool(DataSource source) {
    try {
      return HikariReader.pool(source);
    } catch (NoClassDefFoundError absent) {
      return null;
    }
  }

  static String reason(Throwable failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }
}
