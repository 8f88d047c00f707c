package io.spinforge.scaling.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import io.spinforge.scaling.lease.Elector.Times;
import io.spinforge.testkit.FaultProxy;
import io.spinforge.testkit.PostgresServer;
import io.spinforge.testkit.RedisServer;
import io.spinforge.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** Leases over a real Redis and a real PostgreSQL. */
class LeaseIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Times SHORT =
      new Times(Duration.ofMillis(3000), Duration.ofMillis(2000), Duration.ofMillis(200));

  private static RedisServer redis;
  private static PostgresServer postgres;
  private static RedisClient client;

  @BeforeAll
  static void start() {
    redis = RedisServer.start();
    postgres = PostgresServer.start();
    client = RedisClient.create(redis.uri());
  }

  @AfterAll
  static void stop() {
    client.shutdown(0, 2, TimeUnit.SECONDS);
    redis.close();
    postgres.close();
  }

  private static Elector redis(RedisClient client, String name) {
    return new Elector(
        new RedisRegister(() -> RedisLine.of(client), name), SHORT, System::nanoTime);
  }

  private static Elector jdbc(DataSource source, String name) {
    return new Elector(new JdbcRegister(source, name), SHORT, System::nanoTime);
  }

  /** Tries again and again until it leads. */
  private static long lead(LeaderLease lease) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .ignoreExceptions()
        .until(
            () -> {
              lease.renew();
              return lease.fence().isPresent();
            });
    return lease.fence().orElse(-1);
  }

  @Test
  void oneOfTwoLeadsInRedisAndTheNextFenceIsHigher() throws Exception {
    handOver(redis(client, "two"), redis(client, "two"), redis(client, "two"));
  }

  @Test
  void oneOfTwoLeadsInPostgresAndTheNextFenceIsHigher() throws Exception {
    DataSource source = postgres.dataSource();
    handOver(jdbc(source, "two"), jdbc(source, "two"), jdbc(source, "two"));
  }

  private static void handOver(Elector one, Elector two, Elector three) throws Exception {
    long first = lead(one);
    two.renew();
    assertThat(two.fence()).isEmpty();
    one.release();
    long second = lead(two);
    assertThat(second).isGreaterThan(first);
    assertThat(one.fence()).isEmpty();
    assertThat(lead(three)).isGreaterThan(second); // two does not renew any more
    two.renew();
    assertThat(two.fence()).isEmpty();
    one.release();
    two.release();
    three.release();
  }

  @Test
  void aRedisThatForgetsEverythingGivesHigherFencesStill() throws Exception {
    try (RedisServer forgetful = RedisServer.start()) {
      RedisClient own = RedisClient.create(forgetful.uri());
      try {
        Elector one = redis(own, "lost");
        long before = lead(one);
        forgetful.restart();
        Elector other = redis(own, "lost");
        assertThat(lead(other)).isGreaterThan(before);
        other.release();
        one.release();
      } finally {
        own.shutdown(0, 2, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void aRedisThatWasOfTodayRefusesNoFenceOfTheFuture() throws Exception {
    try (var connection = client.connect()) {
      RedisCommands<String, String> commands = connection.sync();
      commands.hset("spinforge:lease:future", "holder", "");
      commands.hset("spinforge:lease:future", "token", "8000000000000000");
    }
    Elector one = redis(client, "future");
    assertThat(lead(one)).isEqualTo(8_000_000_000_000_001L);
    one.release();
  }

  @Test
  void cutConnectionsToRedisNeverMakeTwoLeadersOrALowerFence() throws Exception {
    try (FaultProxy proxy = FaultProxy.to(redis.port())) {
      RedisURI uri = RedisURI.create("redis://127.0.0.1:" + proxy.port());
      uri.setTimeout(Duration.ofSeconds(2));
      RedisClient through = RedisClient.create(uri);
      try {
        cuts(proxy, redis(through, "cut"), redis(client, "cut"));
      } finally {
        through.shutdown(0, 2, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void cutConnectionsToPostgresNeverMakeTwoLeadersOrALowerFence() throws Exception {
    try (FaultProxy proxy = FaultProxy.to(postgres.port())) {
      PGSimpleDataSource through = new PGSimpleDataSource();
      through.setUrl(postgres.jdbcUrl().replace(":" + postgres.port(), ":" + proxy.port()));
      through.setConnectTimeout(2);
      cuts(proxy, jdbc(through, "cut"), jdbc(postgres.dataSource(), "cut"));
    }
  }

  private static void cuts(FaultProxy proxy, Elector faulty, Elector sound) throws Exception {
    List<Long> fences = new ArrayList<>();
    Seeds.run(
        20,
        (seed, random) -> {
          if (random.nextInt(3) > 0) {
            proxy.cutAfter(random.nextInt(400)); // within an answer
          } else {
            proxy.heal();
          }
          Elector first = random.nextBoolean() ? faulty : sound;
          try {
            first.renew();
          } catch (Exception e) {
            // its fence says what that means
          }
          // Taken in this order: a fence that ran out between the two looks is no second leader.
          boolean before = sound.fence().isPresent();
          long fence = faulty.fence().orElse(-1);
          boolean after = sound.fence().isPresent();
          assertThat(fence >= 0 && before && after).isFalse();
          long now = Math.max(fence, sound.fence().orElse(-1));
          if (now >= 0) {
            fences.add(now);
          }
          try {
            if (random.nextInt(8) == 0) {
              first.release();
            }
          } catch (Exception e) {
            // then it runs out
          }
        });
    proxy.heal();
    fences.add(lead(sound));
    assertThat(fences).isSorted();
    sound.release();
  }

  @Test
  void aSuspendedHolderIsFollowedAndItsLateWritesAreRefused() throws Exception {
    DataSource source = postgres.dataSource();
    run(source, "CREATE TABLE fenced (n SERIAL PRIMARY KEY, fence BIGINT, refused BOOLEAN)");
    run(source, "CREATE TABLE guarded (fence BIGINT)");
    run(source, "INSERT INTO guarded VALUES (0)");
    Process holder = holder();
    try {
      await().atMost(PATIENCE).until(() -> rows(source, "SELECT count(*) FROM fenced") > 0);
      long first = rows(source, "SELECT max(fence) FROM fenced");
      signal(holder, "STOP");
      Elector other = jdbc(source, "suspended");
      long second = lead(other);
      assertThat(second).isGreaterThan(first);
      write(source, second);
      signal(holder, "CONT");
      other.release();
      // The holder goes on where it was suspended, and comes back with a fence of its own.
      await()
          .atMost(PATIENCE)
          .until(() -> rows(source, "SELECT max(fence) FROM fenced WHERE NOT refused") > second);
      List<Long> taken = list(source, "SELECT fence FROM fenced WHERE NOT refused ORDER BY n");
      assertThat(taken).isSorted().contains(first, second);
    } finally {
      signal(holder, "CONT");
      holder.destroyForcibly();
      holder.waitFor();
    }
  }

  private static Process holder() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            LeaseHolder.class.getName(),
            postgres.jdbcUrl())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static void signal(Process process, String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  static Elector suspended(DataSource source) {
    return jdbc(source, "suspended");
  }

  /** Writes as a target would that keeps the highest fence: a lower one is refused. */
  static void write(DataSource source, long fence) throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      int taken =
          statement.executeUpdate(
              "UPDATE guarded SET fence = " + fence + " WHERE fence <= " + fence);
      statement.executeUpdate(
          "INSERT INTO fenced (fence, refused) VALUES (" + fence + ", " + (taken == 0) + ")");
      connection.commit();
    }
  }

  private static void run(DataSource source, String sql) throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static List<Long> list(DataSource source, String sql) throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      List<Long> all = new ArrayList<>();
      while (row.next()) {
        all.add(row.getLong(1));
      }
      return all;
    }
  }

  private static long rows(DataSource source, String sql) throws SQLException {
    return list(source, sql).get(0);
  }
}
