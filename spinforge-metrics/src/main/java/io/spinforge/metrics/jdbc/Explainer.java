package io.spinforge.metrics.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.temporal.Temporal;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import net.ttddyy.dsproxy.QueryInfo;
import net.ttddyy.dsproxy.proxy.ParameterSetOperation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Asks the server how it runs a query that was slow, and logs the answer with it. It has a thread
 * and, while it asks, a connection of its own: a pool that is exhausted by slow queries is the one
 * whose plans are wanted. At most {@value #WAITING} queries wait; what comes beyond is logged
 * without its plan.
 */
final class Explainer implements AutoCloseable {
  static final int WAITING = 16;
  private static final int TIMEOUT_SECONDS = 10;

  /** Opens a connection of this object's own. */
  interface Connector {
    Connection open() throws SQLException;
  }

  private final Connector connector;
  private final boolean analyze;
  private final ThreadPoolExecutor executor;

  Explainer(String pool, boolean analyze, Connector connector) {
    this.connector = connector;
    this.analyze = analyze;
    this.executor =
        new ThreadPoolExecutor(
            1,
            1,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            task -> {
              Thread thread = new Thread(task, "spinforge-metrics-explain-" + pool);
              thread.setDaemon(true);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
  }

  /** Logs the line, with the plan as soon as it is known. */
  void explain(QueryInfo query, SqlShape shape, String line, Logger log) {
    List<ParameterSetOperation> parameters = parameters(query);
    if (shape.operation() == Operation.OTHER || parameters == null) {
      log.warn("{}", line);
      return;
    }
    // Taken now: a driver's or host's objects may change once the query is over.
    String sql = query.getQuery();
    boolean execute = analyze && shape.operation() == Operation.SELECT;
    try {
      executor.execute(() -> log.warn("{}\n{}", line, plan(sql, parameters, execute)));
    } catch (RejectedExecutionException full) {
      log.warn("{}", line);
    }
  }

  /** Returns what can be set again, or null if one of the values can be read only once. */
  private static @Nullable List<ParameterSetOperation> parameters(QueryInfo query) {
    List<List<ParameterSetOperation>> sets = query.getParametersList();
    if (sets.isEmpty()) {
      return List.of();
    }
    for (ParameterSetOperation operation : sets.get(0)) {
      for (Object argument : operation.getArgs()) {
        if (!isPlain(argument)) {
          return null;
        }
      }
    }
    return List.copyOf(sets.get(0));
  }

  private static boolean isPlain(@Nullable Object value) {
    return value == null
        || value instanceof String
        || value instanceof Boolean
        || value instanceof Integer
        || value instanceof Long
        || value instanceof Short
        || value instanceof Byte
        || value instanceof Double
        || value instanceof Float
        || value instanceof BigDecimal
        || value instanceof BigInteger
        || value instanceof UUID
        || value instanceof Temporal
        || value instanceof Date
        || value instanceof Enum<?>;
  }

  private String plan(String sql, List<ParameterSetOperation> parameters, boolean execute) {
    String explain = execute ? "EXPLAIN (ANALYZE, BUFFERS) " : "EXPLAIN ";
    try (Connection connection = connector.open()) {
      // What the query might change, by a function for example, must not be changed twice.
      connection.setReadOnly(true);
      connection.setAutoCommit(false);
      try (PreparedStatement statement = connection.prepareStatement(explain + sql)) {
        statement.setQueryTimeout(TIMEOUT_SECONDS);
        for (ParameterSetOperation operation : parameters) {
          operation.getMethod().invoke(statement, operation.getArgs());
        }
        return read(statement);
      } finally {
        connection.rollback();
      }
    } catch (SQLException | ReflectiveOperationException e) {
      Throwable cause = e instanceof InvocationTargetException ? e.getCause() : e;
      return "no plan: " + SqlShape.hideQuoted(String.valueOf(cause));
    }
  }

  private static String read(PreparedStatement statement) throws SQLException {
    StringBuilder plan = new StringBuilder();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        plan.append(plan.isEmpty() ? "  " : "\n  ").append(rows.getString(1));
      }
    }
    return SqlShape.hideQuoted(plan.toString());
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
