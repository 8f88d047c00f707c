package io.spinforge.metrics.doctor;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Reads a HikariCP pool's settings. The one class here that needs HikariCP. */
final class HikariReader {
  private HikariReader() {}

  /** Returns the pool behind a data source, or null if it is of another make. */
  static @Nullable Object pool(DataSource source) {
    try {
      return source instanceof HikariDataSource
          ? source
          : source.isWrapperFor(HikariDataSource.class)
              ? source.unwrap(HikariDataSource.class)
              : null;
    } catch (SQLException | RuntimeException notTold) {
      return null;
    }
  }

  /**
   * Reads a pool.
   *
   * @param url what a connection says its URL is; null if there was none
   */
  static Facts read(Object source, @Nullable String url, int databaseCpus, int spindles) {
    HikariDataSource pool = (HikariDataSource) source;
    String name = pool.getPoolName();
    Facts facts = new Facts(name == null ? "unnamed pool" : name);
    facts.put("poolName", name == null ? "HikariPool-1" : name);
    facts.put("maximumPoolSize", pool.getMaximumPoolSize() < 0 ? 10 : pool.getMaximumPoolSize());
    facts.put("best", databaseCpus * 2 + spindles);
    facts.put(
        "minimumIdle",
        pool.getMinimumIdle() < 0 ? facts.number("maximumPoolSize") : pool.getMinimumIdle());
    facts.put("connectionTimeout", pool.getConnectionTimeout() / 1e3);
    facts.put("idleTimeout", pool.getIdleTimeout() / 1e3);
    facts.put("maxLifetime", pool.getMaxLifetime() / 1e3);
    facts.put("validationTimeout", pool.getValidationTimeout() / 1e3);
    facts.put("keepaliveTime", pool.getKeepaliveTime() / 1e3);
    facts.put("leakDetectionThreshold", pool.getLeakDetectionThreshold() / 1e3);
    facts.put("connectionTestQuery", Objects.requireNonNullElse(pool.getConnectionTestQuery(), ""));
    facts.put(
        "metered", pool.getMetricRegistry() != null || pool.getMetricsTrackerFactory() != null);
    facts.put("autoCommit", pool.isAutoCommit());
    HikariPoolMXBean live = pool.isRunning() ? pool.getHikariPoolMXBean() : null;
    if (live != null) {
      facts.put("waiting", live.getThreadsAwaitingConnection());
    }
    driver(facts, pool, url);
    return facts;
  }

  private static void driver(Facts facts, HikariDataSource pool, @Nullable String url) {
    String known = pool.getJdbcUrl() == null ? url : pool.getJdbcUrl();
    if (known == null) {
      facts.unreadable("JDBC URL", "the pool has none, and no connection could be asked");
      return;
    }
    if (!known.startsWith("jdbc:postgresql:")) {
      return;
    }
    Map<String, String> properties = Urls.parameters(known);
    facts.put("password.in.url", properties.containsKey("password") ? "yes" : "no");
    pool.getDataSourceProperties()
        .forEach((key, value) -> properties.put(String.valueOf(key), String.valueOf(value)));
    if (known.matches("jdbc:postgresql:(//(localhost|127\\.[0-9.]+|\\[::1])(:\\d+)?/.*|[^/]*)")) {
      facts.put("loopback", true);
    }
    facts.put("tls", properties.getOrDefault("sslmode", "prefer"));
    facts.put("sslfactory", properties.getOrDefault("sslfactory", ""));
    facts.put("ApplicationName", properties.getOrDefault("ApplicationName", ""));
    facts.put("socketTimeout", properties.getOrDefault("socketTimeout", "0"));
    facts.put("connectTimeout", properties.getOrDefault("connectTimeout", "10"));
    facts.put("tcpKeepAlive", properties.getOrDefault("tcpKeepAlive", "false"));
    facts.put("reWriteBatchedInserts", properties.getOrDefault("reWriteBatchedInserts", "false"));
    facts.put("prepareThreshold", properties.getOrDefault("prepareThreshold", "5"));
  }
}
