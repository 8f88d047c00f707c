package io.spinforge.metrics.doctor;

import io.spinforge.metrics.doctor.Examination.Answer;
import io.spinforge.metrics.doctor.RedisFacts.Neighbour;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Asks servers for their facts; blocks. */
final class Servers {
  private static final int ANSWER_MILLIS = 5_000;

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
  static List<Answer> redis(Object client, Neighbour here) throws Exception {
    return LettuceReader.servers(client, here);
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
      limit(connection);
      url = connection.getMetaData().getURL();
      if (PostgresReader.isPostgres(connection)) {
        double size =
            pool == null
                ? Double.NaN
                : HikariReader.read(pool, url, cpus, 1).number("maximumPoolSize");
        double memory = Kernel.kibibytes(patient.files(), "MemTotal:") * 1024;
        server = PostgresReader.read(connection, "postgresql", size, memory);
      } else {
        server.unreadable("server", "it is " + connection.getMetaData().getDatabaseProductName());
      }
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

  /** A server that stopped answering must not keep a connection of the host's pool. */
  private static void limit(Connection connection) {
    try {
      connection.setNetworkTimeout(Runnable::run, ANSWER_MILLIS);
    } catch (SQLException | RuntimeException notSupported) {
      return; // Then the pool's own timeouts have to do.
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
