package io.spinforge.metrics.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import javax.sql.DataSource;
import net.ttddyy.dsproxy.support.ProxyDataSource;
import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;

/**
 * A pool whose borrowers are observed. The proxy is around what is borrowed, not below the pool: so
 * one connection of the proxy is one borrowing, and the pool's own traffic is not counted.
 */
public final class ObservedPool extends HikariDataSource {
  private final QueryObserver observer;
  private final Explainer explainer;
  private final ProxyDataSource observed;

  ObservedPool(HikariConfig config, ObserverSettings settings) {
    super(config);
    this.explainer = new Explainer(settings.pool(), settings.analyze(), this::connect);
    this.observer = new QueryObserver(settings, explainer);
    this.observed =
        ProxyDataSourceBuilder.create(settings.pool(), new Borrowed(this))
            .listener(observer)
            .methodListener(observer)
            .build();
  }

  /** The pool without the proxy. */
  private record Borrowed(ObservedPool pool) implements DataSourceShell {
    @Override
    public Connection getConnection() throws SQLException {
      return pool.borrow();
    }
  }

  private Connection borrow() throws SQLException {
    return super.getConnection();
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(getJdbcUrl(), PostgresPool.driverProperties(this));
  }

  @Override
  public Connection getConnection() throws SQLException {
    return observed.getConnection();
  }

  /** Counts queries there from now on. */
  public void observe(QueryMeters meters) {
    observer.add(meters);
  }

  /** Counts there no more. */
  public void forget(QueryMeters meters) {
    observer.remove(meters);
  }

  /** Borrowings that have queried and are not back. */
  int unitsOpen() {
    return observer.unitsOpen();
  }

  @Override
  public void close() {
    explainer.close();
    super.close();
  }

  /** What a data source has to have besides its connections. */
  interface DataSourceShell extends DataSource {
    @Override
    default Connection getConnection(String user, String password) throws SQLException {
      throw new java.sql.SQLFeatureNotSupportedException("a pool has one user");
    }

    @Override
    default java.io.PrintWriter getLogWriter() {
      throw new UnsupportedOperationException();
    }

    @Override
    default void setLogWriter(java.io.PrintWriter out) {
      throw new UnsupportedOperationException();
    }

    @Override
    default void setLoginTimeout(int seconds) {
      throw new UnsupportedOperationException();
    }

    @Override
    default int getLoginTimeout() {
      return 0;
    }

    @Override
    default java.util.logging.Logger getParentLogger() {
      throw new UnsupportedOperationException();
    }

    @Override
    default <T> T unwrap(Class<T> type) throws SQLException {
      throw new SQLException("not a wrapper of " + type);
    }

    @Override
    default boolean isWrapperFor(Class<?> type) {
      return false;
    }
  }
}
