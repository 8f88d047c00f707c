package io.spinforge.metrics.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Builds the pool; the only class that knows HikariCP and the driver together. */
public final class PostgresPool {
  /** The guide's most; what the database's cores allow may be less. */
  public static final int MOST_CONNECTIONS = 20;

  private static final int IDLE_KEPT = 2;
  private static final Duration IDLE = Duration.ofSeconds(30);
  private static final Duration CONNECT = Duration.ofSeconds(2);

  /** A network that swallows packets is noticed after the server would have given up. */
  private static final Duration SOCKET_GRACE = Duration.ofSeconds(5);

  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1", "[::1]");

  private PostgresPool() {}

  /**
   * What a pool is made of.
   *
   * @param url of JDBC, with or without parameters
   * @param connections the most of them
   * @param statementTimeout whole milliseconds
   * @param application its name, as the server shows it
   * @param unverifiedTls whether the server may be anybody
   */
  public record Settings(
      String url,
      String user,
      @Nullable String password,
      int connections,
      Duration statementTimeout,
      String application,
      boolean unverifiedTls,
      ObserverSettings observer) {}

  /** Returns the size for a database of so many cores: cores × 2 + 1 disk, at most the guide's. */
  public static int connectionsFor(int cores) {
    return Math.min(MOST_CONNECTIONS, cores * 2 + 1);
  }

  /**
   * Returns why an address cannot be used, or null.
   *
   * @param url of JDBC
   */
  public static @Nullable String problem(String url, boolean unverifiedTls) {
    if (!url.startsWith("jdbc:postgresql:")) {
      return "url: " + shown(url) + " (expected: jdbc:postgresql://host:port/database)";
    }
    Properties parsed = parse(url);
    if (parsed == null) {
      return "url: " + shown(url) + " (expected: jdbc:postgresql://host:port/database)";
    }
    String mode = parsed.getProperty("sslmode");
    boolean loopback = LOOPBACK.containsAll(Set.of(parsed.getProperty("PGHOST", "").split(",")));
    boolean plain = "disable".equals(mode) && loopback;
    if (mode == null || mode.startsWith("verify-") || plain || unverifiedTls) {
      return null;
    }
    return "url: sslmode="
        + mode
        + " (expected: verify-full, which is the default; disable on loopback; or say"
        + " unverifiedTls())";
  }

  /**
   * Takes an address apart as the driver does; null if it is none. By reflection: the driver's
   * packages carry annotations whose classes it does not bring, which compilers warn of.
   */
  private static @Nullable Properties parse(String url) {
    try {
      return (Properties)
          Class.forName("org.postgresql.Driver")
              .getMethod("parseURL", String.class, Properties.class)
              .invoke(null, url, new Properties());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("org.postgresql:postgresql: another than expected", e);
    }
  }

  /** An address may carry a password among its parameters. */
  private static String shown(String url) {
    int parameters = url.indexOf('?');
    return parameters < 0 ? url : url.substring(0, parameters) + "?…";
  }

  /** Connects and returns the pool. */
  public static HikariDataSource create(Settings settings) {
    HikariConfig config = new HikariConfig();
    config.setPoolName(settings.observer().pool());
    config.setJdbcUrl(settings.url());
    config.setUsername(settings.user());
    config.setPassword(settings.password());
    config.setMaximumPoolSize(settings.connections());
    config.setMinimumIdle(Math.min(IDLE_KEPT, settings.connections()));
    config.setIdleTimeout(IDLE.toMillis());
    config.setConnectionTimeout(CONNECT.toMillis());
    config.setConnectionInitSql(
        "SET statement_timeout = " + settings.statementTimeout().toMillis());
    driverSettings(settings).forEach((key, value) -> config.addDataSourceProperty("" + key, value));
    return new ObservedPool(config, settings.observer());
  }

  private static Properties driverSettings(Settings settings) {
    Properties driver = new Properties();
    driver.setProperty("ApplicationName", settings.application());
    driver.setProperty("connectTimeout", "" + CONNECT.toSeconds());
    driver.setProperty("loginTimeout", "" + CONNECT.toSeconds());
    driver.setProperty("tcpKeepAlive", "true");
    driver.setProperty("reWriteBatchedInserts", "true");
    long socket = settings.statementTimeout().plus(SOCKET_GRACE).toSeconds();
    driver.setProperty("socketTimeout", "" + Math.min(socket, Integer.MAX_VALUE / 1000));
    Properties parsed = parse(settings.url());
    if (parsed != null && parsed.getProperty("sslmode") == null) {
      driver.setProperty("sslmode", settings.unverifiedTls() ? "require" : "verify-full");
      if (!settings.unverifiedTls()
          && parsed.getProperty("sslrootcert") == null
          && parsed.getProperty("sslfactory") == null) {
        // The JVM's trust store; the driver's own default is a file that few hosts have.
        driver.setProperty("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
      }
    }
    return driver;
  }

  /** Returns what the driver needs for a connection like those of the pool. */
  static Properties driverProperties(HikariConfig pool) {
    Properties driver = new Properties();
    driver.putAll(pool.getDataSourceProperties());
    driver.setProperty("user", pool.getUsername());
    if (pool.getPassword() != null) {
      driver.setProperty("password", pool.getPassword());
    }
    return driver;
  }
}
