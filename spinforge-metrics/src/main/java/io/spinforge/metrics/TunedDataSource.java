package io.spinforge.metrics;

import com.zaxxer.hikari.HikariDataSource;
import io.spinforge.metrics.jdbc.ObserverSettings;
import io.spinforge.metrics.jdbc.PostgresPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL pools with values that hold up in production, whose queries are observed.
 *
 * <p>Up to 20 connections, fewer where the database has few cores; an idle one is kept for 30 s; a
 * caller waits 2 s for one; a statement ends after 30 s; the server sees the application's name and
 * proves its own by TLS. Queries slower than 100 ms are logged with the server's plan, and so are
 * statements that come one by one where one would do. {@code SpinForgeMetrics.bind(pool)} turns the
 * pool and its queries into meters.
 *
 * <p>Needs {@code com.zaxxer:HikariCP}, {@code org.postgresql:postgresql} and {@code
 * net.ttddyy:datasource-proxy}. What is returned is the host's: it closes it. Thread-safe.
 */
public final class TunedDataSource {
  private TunedDataSource() {}

  /**
   * Connects to a database with the defaults of {@link #builder}.
   *
   * @param url of JDBC, such as {@code jdbc:postgresql://db.example.com/shop}
   * @throws IllegalArgumentException if the address is none, or gives up on TLS
   * @throws RuntimeException HikariCP's {@code PoolInitializationException} if the database cannot
   *     be reached
   */
  public static HikariDataSource postgres(String url, String user, @Nullable String password) {
    return builder(url).user(user).password(password).build();
  }

  /**
   * Returns a builder for a pool of connections to this database.
   *
   * @throws IllegalStateException if an artifact is missing; it is named
   */
  public static Builder builder(String url) {
    require("com.zaxxer.hikari.HikariDataSource", "com.zaxxer:HikariCP");
    require("org.postgresql.Driver", "org.postgresql:postgresql");
    require("net.ttddyy.dsproxy.support.ProxyDataSource", "net.ttddyy:datasource-proxy");
    return new Builder(Objects.requireNonNull(url, "url"));
  }

  private static void require(String type, String artifact) {
    try {
      Class.forName(type, false, TunedDataSource.class.getClassLoader());
    } catch (ClassNotFoundException absent) {
      throw new IllegalStateException(
          "TunedDataSource: " + type + " is missing (expected: " + artifact + " as a dependency)",
          absent);
    }
  }

  /** Settings of a pool; each at most once. Not thread-safe. */
  public static final class Builder {
    private static final int LINES_PER_MINUTE = 10;
    private static final Duration LONGEST = Duration.ofHours(24);

    private final String url;
    private @Nullable String user;
    private @Nullable String password;
    private @Nullable String name;
    private @Nullable String application;
    private @Nullable Integer connections;
    private @Nullable Integer databaseCores;
    private @Nullable Duration statementTimeout;
    private @Nullable Duration slow;
    private @Nullable Integer repeats;
    private boolean analyze;
    private boolean unverifiedTls;

    private Builder(String url) {
      this.url = url;
    }

    private static void once(String setting, @Nullable Object known) {
      if (known != null) {
        throw new IllegalStateException(setting + ": set twice (expected: once)");
      }
    }

    private static int positive(String setting, int value, int most) {
      if (value < 1 || value > most) {
        throw new IllegalArgumentException(
            setting + ": " + value + " (expected: 1 to " + most + ")");
      }
      return value;
    }

    private static Duration time(String setting, Duration value, Duration least) {
      if (value.compareTo(least) < 0 || value.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException(
            setting + ": " + value + " (expected: " + least + " to " + LONGEST + ")");
      }
      return value;
    }

    /** Sets the database's user; required. */
    public Builder user(String user) {
      once("user", this.user);
      this.user = Objects.requireNonNull(user, "user");
      return this;
    }

    /** Sets the user's password; null, the default, where the server wants none. */
    public Builder password(@Nullable String password) {
      once("password", this.password);
      this.password = password;
      return this;
    }

    /** Sets the pool's name in meters, logs and threads; default {@code spinforge}. */
    public Builder name(String name) {
      once("name", this.name);
      if (name.isBlank()) {
        throw new IllegalArgumentException("name: \"" + name + "\" (expected: not blank)");
      }
      this.name = name;
      return this;
    }

    /** Sets the application's name, as {@code pg_stat_activity} shows it; default spinforge. */
    public Builder applicationName(String name) {
      once("applicationName", application);
      if (name.isBlank()) {
        throw new IllegalArgumentException(
            "applicationName: \"" + name + "\" (expected: not blank)");
      }
      application = name;
      return this;
    }

    /**
     * Sets the most connections, 1 to 1,000; default cores × 2 + 1, at most 20. More of them make a
     * database slower, not faster, once its cores and disks are busy.
     */
    public Builder connections(int connections) {
      once("connections", this.connections);
      this.connections = positive("connections", connections, 1000);
      return this;
    }

    /** Sets the cores of the database's machine, 1 to 1,000; default those of this one. */
    public Builder databaseCores(int cores) {
      once("databaseCores", databaseCores);
      databaseCores = positive("databaseCores", cores, 1000);
      return this;
    }

    /** Sets when the server ends a statement, 1 ms to 24 hours; default 30 s. */
    public Builder statementTimeout(Duration timeout) {
      once("statementTimeout", statementTimeout);
      statementTimeout = time("statementTimeout", timeout, Duration.ofMillis(1));
      return this;
    }

    /** Sets from when on a query is slow, 0 (each is) to 24 hours; default 100 ms. */
    public Builder slowQueries(Duration from) {
      once("slowQueries", slow);
      slow = time("slowQueries", from, Duration.ZERO);
      return this;
    }

    /**
     * Sets how often a statement has to come between borrowing and returning a connection to be
     * reported as N+1, or as insertion one by one; 2 to 1,000,000, default 10.
     */
    public Builder repeats(int repeats) {
      once("repeats", this.repeats);
      if (repeats < 2) {
        throw new IllegalArgumentException("repeats: " + repeats + " (expected: 2 to 1000000)");
      }
      this.repeats = positive("repeats", repeats, 1_000_000);
      return this;
    }

    /**
     * Executes slow reads once more for their plan, with real times: EXPLAIN (ANALYZE, BUFFERS), in
     * a read-only transaction that is rolled back. Off by default: it doubles the load of what is
     * slow already.
     */
    public Builder explainAnalyze() {
      analyze = true;
      return this;
    }

    /** Allows a server that proves nothing: TLS without verification, or what the url says. */
    public Builder unverifiedTls() {
      unverifiedTls = true;
      return this;
    }

    /**
     * Connects and returns the pool.
     *
     * @throws IllegalArgumentException if the user is missing, or the address is none or gives up
     *     on TLS; every problem is named
     */
    public HikariDataSource build() {
      List<String> problems = new ArrayList<>();
      if (user == null) {
        problems.add("user: missing (expected: the database's user)");
      }
      if (connections != null && databaseCores != null) {
        problems.add("connections, databaseCores: both set (expected: one of them)");
      }
      String problem = PostgresPool.problem(url, unverifiedTls);
      if (problem != null) {
        problems.add(problem);
      }
      if (user == null || !problems.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", problems));
      }
      return PostgresPool.create(
          new PostgresPool.Settings(
              url,
              user,
              password,
              connections != null ? connections : PostgresPool.connectionsFor(cores()),
              statementTimeout != null ? statementTimeout : Duration.ofSeconds(30),
              application != null ? application : "spinforge",
              unverifiedTls,
              new ObserverSettings(
                  name != null ? name : "spinforge",
                  slow != null ? slow : Duration.ofMillis(100),
                  repeats != null ? repeats : 10,
                  analyze,
                  LINES_PER_MINUTE,
                  System::nanoTime)));
    }

    private int cores() {
      return databaseCores != null ? databaseCores : Runtime.getRuntime().availableProcessors();
    }
  }
}
