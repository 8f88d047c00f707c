package io.spinforge.scaling.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.spinforge.scaling.ApplyResult;
import io.spinforge.scaling.Phase;
import io.spinforge.scaling.Sample;
import io.spinforge.scaling.ScaleTarget.State;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HikariPoolTargetIT {
  private static final OptionalLong NO_FENCE = OptionalLong.empty();
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private final List<String> calls = new ArrayList<>();
  private HikariDataSource pool;
  private HikariPoolTarget target;

  /** Records in which order it is resized. */
  private final class Recording extends HikariDataSource {
    Recording(HikariConfig config) {
      super(config);
    }

    @Override
    public void setMaximumPoolSize(int size) {
      note("maximum " + size);
      super.setMaximumPoolSize(size);
    }

    @Override
    public void setMinimumIdle(int size) {
      note("idle " + size);
      super.setMinimumIdle(size);
    }

    private void note(String call) {
      if (target != null) {
        calls.add(call);
      }
    }
  }

  @BeforeEach
  void start() {
    pool = new Recording(config(5, 5));
    target = HikariPoolTarget.of(pool, 12);
    awaitTotal(5);
  }

  private static HikariConfig config(int idle, int maximum) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("orders");
    config.setJdbcUrl("jdbc:h2:mem:orders");
    config.setMaximumPoolSize(maximum);
    config.setMinimumIdle(idle);
    config.setConnectionTimeout(5_000);
    return config;
  }

  @AfterEach
  void end() {
    pool.close();
  }

  private void awaitTotal(int total) {
    Awaitility.await().until(() -> pool.getHikariPoolMXBean().getTotalConnections() == total);
  }

  private ApplyResult apply(int desired) throws Exception {
    return target.apply(desired, target.read(), NO_FENCE);
  }

  private List<Connection> take(int count) throws SQLException {
    List<Connection> taken = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      taken.add(pool.getConnection());
    }
    return taken;
  }

  private static void giveBack(List<Connection> taken) throws SQLException {
    for (Connection connection : taken) {
      connection.close();
    }
  }

  @Test
  void growsMaximumFirstAndServesMore() throws Exception {
    assertThat(target.read()).isEqualTo(new State(5, 5, 0, "5/5"));
    List<Connection> taken = take(5);
    assertThat(apply(8)).isEqualTo(new ApplyResult.Applied(8));
    assertThat(calls).containsExactly("maximum 8", "idle 8");
    taken.addAll(take(3));
    assertThat(pool.getHikariPoolMXBean().getTotalConnections()).isEqualTo(8);
    assertThat(target.read()).isEqualTo(new State(8, 8, 0, "8/8"));
    giveBack(taken);
  }

  @Test
  void connectionsThatAreStillToBeOpenedAreStarting() throws Exception {
    assertThat(apply(9)).isEqualTo(new ApplyResult.Applied(9));
    State state = target.read(); // HikariCP opens them with the next use or within 30 s
    assertThat(state.ready() + state.starting()).isEqualTo(9);
    List<Connection> taken = take(9);
    assertThat(target.read()).isEqualTo(new State(9, 9, 0, "9/9"));
    giveBack(taken);
    assertThat(target.read()).isEqualTo(new State(9, 9, 0, "9/9"));
  }

  @Test
  void shrinksIdleFirstAndIsAppliedWhenTheTotalIsDown() throws Exception {
    assertThat(apply(2)).isEqualTo(new ApplyResult.Applied(2));
    assertThat(pool.getHikariPoolMXBean().getTotalConnections()).isLessThanOrEqualTo(2);
    assertThat(calls).containsExactly("idle 2", "maximum 2");
    List<Connection> taken = take(2);
    giveBack(taken);
    assertThat(target.read().desired()).isEqualTo(2);
  }

  @Test
  void minimumIdleKeepsItsDistance() throws Exception {
    try (HikariDataSource other = new HikariDataSource(config(2, 5))) {
      HikariPoolTarget its = HikariPoolTarget.of(other, 12);
      its.apply(8, its.read(), NO_FENCE);
      assertThat(its.read().version()).isEqualTo("5/8");
      its.apply(4, its.read(), NO_FENCE);
      assertThat(its.read().version()).isEqualTo("1/4");
      its.apply(2, its.read(), NO_FENCE);
      assertThat(its.read().version()).isEqualTo("0/2");
    }
  }

  @Test
  void connectionsInUseAreNeverCut() throws Exception {
    HikariPoolTarget hasty = HikariPoolTarget.of(pool, 12, Duration.ofMillis(100));
    List<Connection> taken = take(4);
    assertThat(hasty.apply(2, hasty.read(), NO_FENCE).toString())
        .contains("Unknown", "connection pool orders still has", "asked 2");
    for (Connection connection : taken) {
      try (Statement statement = connection.createStatement();
          ResultSet result = statement.executeQuery("select 1")) {
        assertThat(result.next()).isTrue();
      }
    }
    giveBack(taken);
    Awaitility.await().until(() -> pool.getHikariPoolMXBean().getTotalConnections() <= 2);
    assertThat(target.read().desired()).isEqualTo(2);
  }

  @Test
  void shrinkingWaitsForThoseThatAreGivenBack() throws Exception {
    HikariPoolTarget patient = HikariPoolTarget.of(pool, 12, Duration.ofSeconds(30));
    List<Connection> taken = take(5);
    State seen = patient.read();
    CompletableFuture<ApplyResult> result =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return patient.apply(3, seen, NO_FENCE);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    Awaitility.await().until(() -> pool.getMaximumPoolSize() == 3);
    giveBack(taken.subList(0, 1));
    assertThat(result).isNotDone();
    giveBack(taken.subList(1, 5));
    assertThat(result.get(20, TimeUnit.SECONDS)).isEqualTo(new ApplyResult.Applied(3));
  }

  @Test
  void numbersBeyondTheBudgetAreRefused() throws Exception {
    assertThat(apply(13))
        .isEqualTo(
            new ApplyResult.Rejected(
                "connection pool orders: 13 connections (expected: 1 to the budget of 12)"));
    assertThat(apply(0)).isInstanceOf(ApplyResult.Rejected.class);
    assertThat(apply(12)).isEqualTo(new ApplyResult.Applied(12));
    assertThatThrownBy(() -> apply(-1)).hasMessage("desired: -1 (expected: >= 0)");
  }

  @Test
  void changeBySomebodyElseIsAConflict() throws Exception {
    State seen = target.read();
    pool.setMinimumIdle(1);
    assertThat(target.apply(6, seen, NO_FENCE))
        .isEqualTo(new ApplyResult.Conflict("sizes 1/5, seen 5/5"));
    assertThat(pool.getMaximumPoolSize()).isEqualTo(5);
  }

  @Test
  void staleFenceIsRefused() throws Exception {
    assertThat(target.apply(6, target.read(), OptionalLong.of(7)))
        .isEqualTo(new ApplyResult.Applied(6));
    assertThat(target.apply(7, target.read(), OptionalLong.of(6)))
        .isEqualTo(new ApplyResult.Rejected("fence 6 after 7"));
  }

  @Test
  void poolThatIsClosedOrNotStartedIsNamed() throws Exception {
    State seen = target.read();
    pool.close();
    assertThatThrownBy(target::read)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("connection pool orders was closed");
    assertThat(target.apply(3, seen, NO_FENCE))
        .isEqualTo(new ApplyResult.Rejected("connection pool orders was closed"));
    try (HikariDataSource lazy = new HikariDataSource()) {
      lazy.setPoolName("lazy");
      lazy.setMaximumPoolSize(3);
      HikariPoolTarget its = HikariPoolTarget.of(lazy, 12);
      assertThatThrownBy(its::read)
          .hasMessage(
              "connection pool lazy has not been started (expected: a connection was taken"
                  + " before)");
    }
  }

  @Test
  void loadCountsConnectionsInUseAndThreadsThatWait() throws Exception {
    HikariPoolTarget timed = HikariPoolTarget.of(pool, 12, Duration.ZERO, () -> NOON);
    List<Connection> taken = take(5);
    CompletableFuture<Connection> waiting =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return pool.getConnection();
              } catch (SQLException e) {
                throw new IllegalStateException(e);
              }
            });
    Awaitility.await().until(() -> pool.getHikariPoolMXBean().getThreadsAwaitingConnection() == 1);
    assertThat(timed.load().read())
        .hasSize(5)
        .contains(Sample.of("orders-4", Phase.READY, 1.2, NOON));
    giveBack(taken);
    waiting.get(5, TimeUnit.SECONDS).close();
  }

  @Test
  void wrongArgumentsSayWhatIsExpected() {
    assertThatThrownBy(() -> HikariPoolTarget.of(pool, 0)).hasMessage("budget: 0 (expected: >= 1)");
    assertThatThrownBy(() -> HikariPoolTarget.of(pool, 4))
        .hasMessage("pool: maximum 5 (expected: a maximum from 1 to the budget of 4)");
    assertThatThrownBy(() -> HikariPoolTarget.of(pool, 9, Duration.ofMinutes(2)))
        .hasMessage("patience: PT2M (expected: PT0S to PT1M)");
  }
}
