package io.spinforge.benchmarks.demo;

import com.zaxxer.hikari.HikariDataSource;
import io.lettuce.core.RedisClient;
import io.spinforge.cache.CacheManager;
import io.spinforge.cache.LayeredCache;
import io.spinforge.cache.RedisLayer;
import io.spinforge.cache.codec.Codec;
import io.spinforge.metrics.TunedDataSource;
import io.spinforge.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What items are called: rows of a real PostgreSQL behind a pool and a cache in the gateway's own
 * process, which its page shows. The workers' caches are in processes of their own.
 */
final class Labels implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Labels.class);
  private static final Duration MEMORY_TIME = Duration.ofSeconds(5);
  private static final Duration REDIS_TIME = Duration.ofSeconds(20);

  private final PostgresServer server;
  private final HikariDataSource pool;
  private final CacheManager caches;
  private final LayeredCache<String, String> labels;

  private Labels(PostgresServer server, HikariDataSource pool, RedisClient redis) {
    this.server = server;
    this.pool = pool;
    this.caches =
        CacheManager.builder()
            .name("gateway")
            .memory(memory -> memory.maximumEntries(1_000).timeToLive(MEMORY_TIME))
            .redis(RedisLayer.of(redis))
            .defaults(defaults -> defaults.freshFor(REDIS_TIME))
            .build();
    this.labels =
        caches
            .cache("label", String.class)
            .key((String item) -> item)
            .codec(Codec.utf8())
            .loader(this::query)
            .build();
  }

  /** Starts a database with a table of labels and a cache over this Redis. */
  static Labels open(RedisClient redis) {
    PostgresServer server = PostgresServer.start();
    try {
      HikariDataSource pool =
          TunedDataSource.builder(server.jdbcUrl() + "&sslmode=disable") // on loopback
              .user("postgres")
              .name("labels")
              .build();
      try (Connection connection = pool.getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE labels (item text PRIMARY KEY, label text NOT NULL)");
        statement.execute(
            "INSERT INTO labels SELECT n, 'item number ' || n FROM generate_series(1, 2000) n");
      }
      return new Labels(server, pool, redis);
    } catch (SQLException e) {
      server.close();
      throw new IllegalStateException("The labels cannot be written", e);
    }
  }

  CacheManager caches() {
    return caches;
  }

  HikariDataSource pool() {
    return pool;
  }

  /** Returns what an item is called; its id if that cannot be found out. */
  String of(String item) {
    try {
      String label = labels.get(item).value();
      return label == null ? item : label;
    } catch (RuntimeException e) {
      LOG.warn("no label for {}", item, e);
      return item;
    }
  }

  private String query(String item) throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement select =
            connection.prepareStatement("SELECT label FROM labels WHERE item = ?")) {
      select.setString(1, item);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? row.getString(1) : item;
      }
    }
  }

  @Override
  public void close() {
    caches.close();
    pool.close();
    server.close();
  }
}
