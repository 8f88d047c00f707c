package io.spinforge.health;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.spinforge.health.probe.Failure;
import io.spinforge.health.probe.JdbcProbe;
import io.spinforge.health.probe.Probe;
import io.spinforge.health.probe.ProbeResult;
import io.spinforge.health.probe.RedisProbe;
import io.spinforge.health.probe.Verdict;
import io.spinforge.testkit.FaultProxy;
import io.spinforge.testkit.PostgresServer;
import io.spinforge.testkit.RedisServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.sql.Connection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** Redis and JDBC probes against real servers. */
class StoreProbesIT {

  @Test
  void aRedisIsHealthyAndItsEndIsSeenAtOnce() throws Exception {
    try (RedisServer redis = RedisServer.start();
        HealthChecker<InetSocketAddress> checker = checker(RedisProbe.at(a -> a))) {
      InetSocketAddress target = at(redis.port());
      checker.targets(List.of(target));
      assertThat(checker.ready().get(30, TimeUnit.SECONDS).healthy()).containsExactly(target);
      redis.stop();
      await().until(() -> checker.view().unhealthy().size() == 1);
      assertThat(checker.stats().confirmations()).isPositive();
      redis.restart();
      await().until(() -> again(checker, target, Status.HEALTHY));
    }
  }

  @Test
  void aRedisThatWantsAPasswordSaysSoAndTakesTheRightOne() throws Exception {
    try (RedisServer redis = RedisServer.start("requirepass secret")) {
      RedisProbe<InetSocketAddress> probe = RedisProbe.at(a -> a);
      ProbeResult none = once(probe, at(redis.port()));
      assertThat(none.failure()).as("%s", none).isEqualTo(Failure.UNAUTHORIZED);
      assertThat(none.detail()).startsWith("NOAUTH");
      ProbeResult wrong = once(probe.password("no"), at(redis.port()));
      assertThat(wrong.failure()).isEqualTo(Failure.UNAUTHORIZED);
      assertThat(once(probe.password("secret"), at(redis.port()))).isEqualTo(ProbeResult.healthy());
      assertThat(once(probe.user("default", "secret"), at(redis.port())))
          .isEqualTo(ProbeResult.healthy());
    }
  }

  @Test
  void aReplicaWithoutItsMasterIsNotReadyUnlessOnlyPinged() throws Exception {
    // Nobody has ever listened where the master is said to be.
    try (FaultProxy nowhere = FaultProxy.to(1);
        RedisServer replica =
            RedisServer.start(
                "replicaof 127.0.0.1 " + nowhere.port(), "replica-serve-stale-data no")) {
      nowhere.refuse();
      ProbeResult result = once(RedisProbe.at(a -> a), at(replica.port()));
      assertThat(result.failure()).as("%s", result).isEqualTo(Failure.NOT_READY);
      assertThat(result.detail()).startsWith("MASTERDOWN");
      ProbeResult pinged =
          once(RedisProbe.<InetSocketAddress>at(a -> a).pingOnly(), at(replica.port()));
      assertThat(pinged).as("ping does not tell").isEqualTo(ProbeResult.healthy());
    }
  }

  @Test
  void aDatabaseIsCheckedOnOneConnectionThatIsReplacedWhenItEnds() throws Exception {
    try (PostgresServer postgres = PostgresServer.start();
        FaultProxy proxy = FaultProxy.to(postgres.port());
        HealthChecker<DataSource> checker = checker(JdbcProbe.connecting(d -> d))) {
      DataSource target = source(postgres, proxy.port());
      checker.targets(List.of(target));
      assertThat(checker.ready().get(1, TimeUnit.MINUTES).healthy()).hasSize(1);
      proxy.cut();
      long before = checker.stats().passed();
      await()
          .until(
              () -> {
                checker.reportFailure(target, new IOException("again"));
                return checker.stats().passed() > before + 2;
              });
      assertThat(checker.stats().failed()).as("a new connection is tried at once").isZero();
      proxy.halfOpen();
      await().atMost(ofMinutes(1)).until(() -> again(checker, target, Status.UNHEALTHY));
      assertThat(checker.healthOf(target).orElseThrow().last().failure())
          .isEqualTo(Failure.TIMEOUT);
      proxy.heal();
      await().atMost(ofMinutes(1)).until(() -> again(checker, target, Status.HEALTHY));
      await().until(() -> checker.stats().stuckWorkers() == 0);
    }
  }

  @Test
  @SuppressWarnings("try") // closes the pool early, to see what that does
  void aPoolThatIsUsedUpIsSaturatedAndAClosedOneHasFailedAtOnce() throws Exception {
    HikariConfig config = new HikariConfig();
    try (PostgresServer postgres = PostgresServer.start()) {
      config.setDataSource(source(postgres, postgres.port()));
      config.setMaximumPoolSize(2);
      try (HikariDataSource pool = new HikariDataSource(config)) {
        assertThat(once(JdbcProbe.pool(d -> d), pool)).isEqualTo(ProbeResult.healthy());
        try (Connection one = pool.getConnection();
            Connection two = pool.getConnection()) {
          assertThat(one).isNotSameAs(two);
          ProbeResult full = once(JdbcProbe.pool(d -> d), pool);
          assertThat(full).isEqualTo(ProbeResult.degraded("saturated: all 2 in use, 0 wait"));
        }
        pool.close();
        ProbeResult closed = once(JdbcProbe.pool(d -> d), pool);
        assertThat(closed)
            .isEqualTo(new ProbeResult(Verdict.FAILED_NOW, Failure.CLOSED, "the pool is closed"));
      }
      PGSimpleDataSource stranger = (PGSimpleDataSource) source(postgres, postgres.port());
      stranger.setUser("nobody-of-that-name");
      assertThat(once(JdbcProbe.connecting(d -> d), stranger).failure())
          .isEqualTo(Failure.UNAUTHORIZED);
    }
  }

  private static boolean again(HealthChecker<?> checker, Object target, Status status) {
    @SuppressWarnings("unchecked")
    HealthChecker<Object> any = (HealthChecker<Object>) checker;
    any.reportFailure(target, new IOException("again"));
    return any.healthOf(target).orElseThrow().status() == status;
  }

  private static DataSource source(PostgresServer postgres, int port) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setServerNames(new String[] {"127.0.0.1"});
    source.setPortNumbers(new int[] {port});
    source.setUser("postgres");
    source.setDatabaseName("postgres");
    return source;
  }

  private static InetSocketAddress at(int port) {
    return new InetSocketAddress("127.0.0.1", port);
  }

  private static <T> ProbeResult once(Probe<T> probe, T target) throws Exception {
    try (HealthChecker<T> checker = checker(probe)) {
      checker.targets(List.of(target));
      checker.ready().get(1, TimeUnit.MINUTES);
      return checker.healthOf(target).orElseThrow().last();
    }
  }

  private static <T> HealthChecker<T> checker(Probe<T> probe) {
    return HealthChecker.<T>builder()
        .probe(probe)
        .interval(ofMinutes(5))
        .timeout(ofSeconds(2))
        .fastInterval(ofMillis(50))
        .fall(1)
        .noFlapHold()
        .build();
  }
}
