package io.spinforge.health.probe;

import static java.util.Objects.requireNonNull;

import java.util.function.Function;
import javax.sql.DataSource;

/**
 * Checks a database with {@link java.sql.Connection#isValid}, on at most 8 threads of the checker.
 *
 * <p>{@link #connecting} holds one connection of its own per target. If it has gone bad a new one
 * is tried at once, so that a restarted database is not reported as failed. A check that overruns
 * its time has its connection aborted.
 *
 * <p>{@link #pool} looks at a pool of the host instead: closed is a failure at once, every
 * connection in use is {@link Verdict#DEGRADED} (saturated) and nothing is waited for, else one
 * connection is borrowed and checked.
 *
 * <p>Told apart by SQLSTATE: class 28 is {@link Failure#UNAUTHORIZED}, 57P03 (starting up) is
 * {@link Failure#NOT_READY}, 53300 (too many connections) is degraded.
 *
 * @param <T> the type of the targets
 */
public final class JdbcProbe<T> implements Probe<T> {
  private final Function<? super T, ? extends DataSource> dataSource;
  private final boolean pooled;

  private JdbcProbe(Function<? super T, ? extends DataSource> dataSource, boolean pooled) {
    this.dataSource = requireNonNull(dataSource, "dataSource");
    this.pooled = pooled;
  }

  /**
   * Returns a probe that opens connections of its own. The function is called for every probe, on a
   * thread that may block; the data source should not be a pool, because a connection of it is held
   * for as long as the target is listed.
   */
  public static <T> JdbcProbe<T> connecting(Function<? super T, ? extends DataSource> dataSource) {
    return new JdbcProbe<>(dataSource, false);
  }

  /**
   * Returns a probe of HikariCP pools, which must be {@code HikariDataSource}s.
   *
   * @throws IllegalStateException without {@code com.zaxxer:HikariCP}
   */
  public static <T> JdbcProbe<T> pool(Function<? super T, ? extends DataSource> dataSource) {
    try {
      Class.forName("com.zaxxer.hikari.HikariDataSource", false, JdbcProbe.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("JdbcProbe.pool: add com.zaxxer:HikariCP", e);
    }
    return new JdbcProbe<>(dataSource, true);
  }

  /** Returns the data source of a target. */
  public DataSource dataSourceOf(T target) {
    return requireNonNull(dataSource.apply(target), "data source of the target");
  }

  /** Returns whether the data sources are pools of the host. */
  public boolean pooled() {
    return pooled;
  }
}
