package io.spinforge.scaling.internal;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/** One transaction at a time on a connection of the host's, bounded in time. */
public final class Database {
  private final DataSource source;
  private final int patience;

  /**
   * Makes one.
   *
   * @param patience longest wait for one answer of the database, where the driver can bound it
   */
  public Database(DataSource source, Duration patience) {
    this.source = source;
    this.patience = (int) patience.toMillis();
  }

  /** What is done in a transaction. */
  @FunctionalInterface
  public interface Work<T> {
    /** Does it; the transaction is committed if this returns. */
    T in(Connection connection) throws SQLException;
  }

  /** Runs work in a transaction of its own. Blocks. */
  public <T> T run(Work<T> work) throws SQLException {
    try (Connection connection = source.getConnection()) {
      int before = bound(connection, patience);
      boolean auto = connection.getAutoCommit();
      connection.setAutoCommit(false);
      boolean done = false;
      try {
        T result = work.in(connection);
        connection.commit();
        done = true;
        return result;
      } finally {
        restore(connection, done, auto, before);
      }
    }
  }

  private static void restore(Connection connection, boolean done, boolean auto, int before)
      throws SQLException {
    try {
      if (!done) {
        connection.rollback();
      }
      connection.setAutoCommit(auto);
      bound(connection, before);
    } catch (SQLException e) {
      if (done) {
        throw e;
      } // else the connection is broken, and the first failure says why
    }
  }

  /** Sets the longest wait for an answer, and returns what it was; −1 if the driver has none. */
  private static int bound(Connection connection, int millis) throws SQLException {
    if (millis < 0) {
      return -1;
    }
    try {
      int before = connection.getNetworkTimeout();
      connection.setNetworkTimeout(Runnable::run, millis);
      return before;
    } catch (java.sql.SQLFeatureNotSupportedException | AbstractMethodError e) {
      return -1; // then the host's own timeouts count
    }
  }
}
