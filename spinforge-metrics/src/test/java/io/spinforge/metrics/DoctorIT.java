package io.spinforge.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.zaxxer.hikari.HikariDataSource;
import io.lettuce.core.AclCategory;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.cluster.RedisClusterClient;
import io.spinforge.metrics.Doctor.Family;
import io.spinforge.metrics.Doctor.Finding;
import io.spinforge.metrics.Doctor.Report;
import io.spinforge.metrics.Doctor.Severity;
import io.spinforge.metrics.system.HealthyHost;
import io.spinforge.testkit.PostgresServer;
import io.spinforge.testkit.RedisCluster;
import io.spinforge.testkit.RedisServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The doctor before real servers. */
class DoctorIT {
  @TempDir Path root;

  private Doctor doctor() {
    // Patience, for a machine that is busy with other tests.
    return Doctor.of(HealthyHost.in(root).files(), 8).timeout(Duration.ofMinutes(1));
  }

  private static List<String> rules(Report report, Family family) {
    return report.of(family).stream().map(Finding::rule).toList();
  }

  private static final String[] HEALTHY = {
    "maxmemory 64mb",
    "maxmemory-policy allkeys-lru",
    "lazyfree-lazy-eviction yes",
    "lazyfree-lazy-expire yes",
    "lazyfree-lazy-server-del yes",
    "lazyfree-lazy-user-del yes",
    "lazyfree-lazy-user-flush yes",
    "replica-lazy-flush yes",
    "save 900 1 300 10 60 10000",
    "stop-writes-on-bgsave-error no",
    "latency-monitor-threshold 100",
    "io-threads 4"
  };

  @Test
  void aHealthyRedisHasNoFindings() {
    try (RedisServer redis = RedisServer.start(HEALTHY);
        RedisClient client = RedisClient.create(redis.uri())) {
      assertThat(doctor().redis(client).examine().of(Family.REDIS)).isEmpty();
    }
  }

  @Test
  void faultsOfARealRedisAreFoundWithTheirLiveValues() {
    try (RedisServer redis =
            RedisServer.start("maxmemory 64mb", "maxmemory-policy noeviction", "timeout 5");
        RedisClient client = RedisClient.create(redis.uri())) {
      Report report = doctor().redis(client).examine();
      assertThat(report.of(Family.REDIS))
          .filteredOn(finding -> finding.severity() != Severity.INFO)
          .extracting(Finding::rule, Finding::live)
          .contains(tuple("redis.policy", "noeviction"), tuple("redis.idle", "5"));
      assertThat(rules(report, Family.CLIENTS)).contains("clients.queue", "clients.timeout");
    }
  }

  @Test
  void itSendsNothingButQuestions() {
    try (RedisServer redis = RedisServer.start();
        RedisClient client = RedisClient.create(redis.uri());
        var connection = client.connect()) {
      RedisCommands<String, String> commands = connection.sync();
      commands.configResetstat();
      doctor().redis(client).examine();
      String asked =
          commands
              .info("commandstats")
              .lines()
              .filter(line -> line.startsWith("cmdstat_"))
              .map(line -> line.substring(8, line.indexOf(':')).split("\\|", 2)[0])
              .distinct()
              .sorted()
              .collect(Collectors.joining(" "));
      assertThat(List.of("client", "config", "hello", "info", "ping"))
          .containsAll(List.of(asked.split(" ", -1)));
    }
  }

  @Test
  void aRenamedConfigCannotBeReadAndInfoIsJudgedAllTheSame() {
    try (RedisServer redis = RedisServer.start("rename-command CONFIG \"\"");
        RedisClient client = RedisClient.create(redis.uri())) {
      Report report = doctor().redis(client).examine();
      assertThat(report.of(Family.REDIS))
          .singleElement()
          .satisfies(
              finding -> {
                assertThat(finding.severity()).isEqualTo(Severity.UNREADABLE);
                assertThat(finding.live())
                    .startsWith("CONFIG GET cannot be read: ERR unknown command");
              });
    }
  }

  @Test
  void aForbiddenConfigCannotBeRead() {
    try (RedisServer redis = RedisServer.start();
        RedisClient admin = RedisClient.create(redis.uri());
        var connection = admin.connect()) {
      connection
          .sync()
          .aclSetuser(
              "app",
              AclSetuserArgs.Builder.on()
                  .addPassword("pw")
                  .allKeys()
                  .allCommands()
                  .removeCategory(AclCategory.DANGEROUS));
      RedisURI uri =
          RedisURI.builder()
              .withHost(redis.host())
              .withPort(redis.port())
              .withAuthentication("app", "pw")
              .build();
      try (RedisClient client = RedisClient.create(uri)) {
        Report report = doctor().redis(client).examine();
        assertThat(report.of(Family.REDIS))
            .extracting(Finding::severity)
            .containsOnly(Severity.UNREADABLE);
        assertThat(report.of(Family.REDIS).toString()).contains("NOPERM");
      }
    }
  }

  @Test
  void everyNodeOfAClusterIsExamined() {
    try (RedisCluster cluster = RedisCluster.start();
        RedisClusterClient client = RedisClusterClient.create(cluster.uris().get(0))) {
      Report report = doctor().redis(client).examine();
      Map<String, Long> byNode =
          report.of(Family.REDIS).stream()
              .filter(finding -> finding.rule().equals("redis.lazy-expire"))
              .collect(
                  Collectors.groupingBy(Finding::subject, TreeMap::new, Collectors.counting()));
      assertThat(byNode).hasSize(3);
      assertThat(rules(report, Family.CLIENTS)).contains("clients.refresh.periodic");
    }
  }

  @Test
  void aClientWithTheGuidesOptionsHasFewerFindings() {
    try (RedisServer redis = RedisServer.start();
        RedisClient client = RedisClient.create(redis.uri() + "?timeout=2s")) {
      client.setOptions(ClientOptions.builder().requestQueueSize(1000).build());
      assertThat(rules(doctor().redis(client).examine(), Family.CLIENTS))
          .doesNotContain("clients.queue", "clients.timeout");
    }
  }

  @Test
  void aRealPostgresAndItsPoolAreExaminedAndLeftAsTheyWere() throws SQLException {
    try (PostgresServer postgres = PostgresServer.start();
        HikariDataSource pool = new HikariDataSource()) {
      pool.setJdbcUrl(postgres.jdbcUrl());
      pool.setUsername("postgres");
      pool.setMaximumPoolSize(20);
      pool.setAutoCommit(false);
      Report report = doctor().database(2, 1).dataSource(pool).examine();
      assertThat(report.count(Family.POSTGRESQL, Severity.UNREADABLE)).isZero();
      assertThat(rules(report, Family.POSTGRESQL))
          .contains("postgresql.statement_timeout", "postgresql.slow_log")
          .doesNotContain("postgresql.tls", "postgresql.autovacuum");
      assertThat(report.of(Family.POSTGRESQL))
          .filteredOn(finding -> finding.rule().equals("postgresql.statement_timeout"))
          .extracting(Finding::live)
          .containsExactly("0 s (default)");
      assertThat(rules(report, Family.POOLS)).contains("pools.size", "pools.application_name");
      assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
      try (Connection connection = pool.getConnection()) {
        assertThat(connection.isReadOnly()).isFalse();
        assertThat(connection.getNetworkTimeout()).isZero();
      }
    }
  }

  @Test
  void anExaminationOfEverythingIsBounded() {
    try (RedisServer redis = RedisServer.start();
        RedisClient client = RedisClient.create(redis.uri())) {
      client.connect().close();
      redis.pause();
      try {
        Report report = doctor().redis(client).timeout(Duration.ofMillis(200)).examine();
        assertThat(report.count(Family.REDIS, Severity.UNREADABLE)).isEqualTo(1);
        assertThat(rules(report, Family.CLIENTS)).contains("clients.queue");
      } finally {
        redis.resume();
      }
    }
  }
}
