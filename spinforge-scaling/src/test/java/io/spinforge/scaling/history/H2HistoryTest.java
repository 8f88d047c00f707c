package io.spinforge.scaling.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.h2.jdbcx.JdbcConnectionPool;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class H2HistoryTest extends HistoryContract {
  private static final JdbcConnectionPool POOL =
      JdbcConnectionPool.create("jdbc:h2:mem:contract;DB_CLOSE_DELAY=-1", "", "");

  private final HistoryStore store = HistoryStore.jdbc(POOL);

  @Override
  HistoryStore store() {
    return store;
  }

  @AfterAll
  static void close() {
    POOL.dispose();
  }

  private static JdbcDataSource database(String name) {
    JdbcDataSource source = new JdbcDataSource();
    source.setUrl("jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1");
    return source;
  }

  @Test
  void aFileIsThereAfterARestart(@TempDir Path folder) throws Exception {
    HistoryStore.file(folder.resolve("scaling"))
        .write("x", points(List.of(minute(0, 1), minute(1, 2))));
    shutDown(folder.resolve("scaling"));
    Instant end = START.plusSeconds(600);
    assertThat(HistoryStore.file(folder.resolve("scaling")).points("x", START, end))
        .containsExactly(minute(0, 1), minute(1, 2));
    shutDown(folder.resolve("scaling"));
  }

  private static void shutDown(Path file) throws SQLException {
    try (Connection connection = new H2File(file).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("SHUTDOWN");
    }
  }

  @Test
  void aNewVersionMigratesTheTablesAndKeepsWhatIsInThem() throws Exception {
    JdbcDataSource source = database("migrates");
    new JdbcHistory(source).write("x", points(List.of(minute(0, 1))));
    List<List<String>> more = new ArrayList<>(Schema.MIGRATIONS);
    more.add(List.of("ALTER TABLE spinforge_point ADD COLUMN IF NOT EXISTS more INT DEFAULT 0"));
    JdbcHistory newer = new JdbcHistory(source, more);
    assertThat(newer.points("x", START, START.plusSeconds(60))).containsExactly(minute(0, 1));
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeQuery("SELECT more FROM spinforge_point").next()).isTrue();
    }
    assertThatThrownBy(() -> new JdbcHistory(source).points("x", START, START.plusSeconds(60)))
        .hasMessage(
            "version of the history's tables: 3 (expected: up to 2; a newer SpinForge made them)");
  }

  @Test
  void tablesOfTheFirstVersionGetOneForStarts() throws Exception {
    JdbcDataSource source = database("first-version");
    new JdbcHistory(source, Schema.MIGRATIONS.subList(0, 1))
        .write("x", points(List.of(minute(0, 1))));
    HistoryStore store = HistoryStore.jdbc(source);
    assertThat(store.starts("x")).isEmpty();
    HistoryStore.Start start = new HistoryStore.Start(START, Duration.ofSeconds(40));
    store.writeStarts("x", List.of(start));
    assertThat(store.starts("x")).containsExactly(start);
    assertThat(store.points("x", START, START.plusSeconds(60))).containsExactly(minute(0, 1));
  }

  @Test
  void manyThatStartAtOnceMakeOneSetOfTables() throws Exception {
    atOnce(() -> HistoryStore.jdbc(database("at-once")));
  }

  static void atOnce(java.util.function.Supplier<HistoryStore> stores) throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      int minute = i;
      HistoryStore store = stores.get();
      CompletableFuture<Void> done = new CompletableFuture<>();
      Thread thread =
          new Thread(
              () -> {
                try {
                  go.await();
                  store.write("x", points(List.of(minute(minute, minute))));
                  done.complete(null);
                } catch (Exception e) {
                  done.completeExceptionally(e);
                }
              });
      thread.start();
      all.add(done);
    }
    go.countDown();
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get();
    assertThat(stores.get().points("x", START, START.plusSeconds(3600))).hasSize(8);
  }
}
