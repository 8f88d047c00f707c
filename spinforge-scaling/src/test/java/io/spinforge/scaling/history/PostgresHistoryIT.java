package io.spinforge.scaling.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.spinforge.scaling.history.HistoryStore.Point;
import io.spinforge.testkit.FaultProxy;
import io.spinforge.testkit.PostgresServer;
import io.spinforge.testkit.Seeds;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class PostgresHistoryIT extends HistoryContract {
  private static PostgresServer server;
  private static HikariDataSource pool;

  @BeforeAll
  static void start() {
    server = PostgresServer.start();
    HikariConfig config = new HikariConfig();
    config.setDataSource(server.dataSource());
    config.setMaximumPoolSize(2);
    pool = new HikariDataSource(config);
  }

  @AfterAll
  static void stop() {
    pool.close();
    server.close();
  }

  @Override
  HistoryStore store() {
    return HistoryStore.jdbc(pool);
  }

  private static DataSource to(int port, String database) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(
        server.jdbcUrl().replace(":" + server.port() + "/postgres", ":" + port + database));
    source.setConnectTimeout(5);
    source.setSocketTimeout(20);
    return source;
  }

  @Test
  void manyThatStartAtOnceMakeOneSetOfTables() throws Exception {
    try (var connection = server.dataSource().getConnection();
        var statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE fresh");
    }
    H2HistoryTest.atOnce(() -> HistoryStore.jdbc(to(server.port(), "/fresh")));
  }

  @Test
  void aDatabaseThatVanishesInMidWriteLeavesAllOfABatchOrNothing() throws Exception {
    store().points("cut", START, START.plusSeconds(1)); // makes the tables
    List<Point> batch =
        new ArrayList<>(LongStream.range(0, 300).mapToObj(i -> minute(i, i)).toList());
    try (FaultProxy proxy = FaultProxy.to(server.port())) {
      HistoryStore store = HistoryStore.jdbc(to(proxy.port(), "/postgres"));
      Seeds.run(
          25,
          (seed, random) -> {
            String name = "cut-" + seed;
            proxy.cutAfter(random.nextInt(4000));
            boolean threw = false;
            try {
              store.write(name, points(batch));
            } catch (SQLException e) {
              threw = true;
            }
            proxy.heal();
            int there = store().points(name, START, START.plusSeconds(86_400)).size();
            assertThat(there).isIn(0, batch.size());
            assertThat(threw || there == batch.size()).isTrue();
            store.write(name, points(batch));
            assertThat(store.points(name, START, START.plusSeconds(86_400))).isEqualTo(batch);
          });
    }
  }

  @Test
  void aDatabaseThatIsNotThereIsAnExceptionAndNotTheEnd() throws Exception {
    try (FaultProxy proxy = FaultProxy.to(server.port())) {
      HistoryStore store = HistoryStore.jdbc(to(proxy.port(), "/postgres"));
      proxy.refuse();
      assertThatThrownBy(() -> store.points("away", START, START.plusSeconds(1)))
          .isInstanceOf(SQLException.class);
      proxy.heal();
      store.write("away", points(List.of(minute(0, 1))));
      assertThat(store.points("away", START, START.plusSeconds(60))).hasSize(1);
    }
  }
}
