package io.spinforge.health.engine;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import io.spinforge.health.probe.Failure;
import io.spinforge.health.probe.ProbeResult;
import io.spinforge.health.probe.Verdict;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What a HikariCP pool tells without lending a connection; loaded only if one is probed. */
final class Pools {
  private Pools() {}

  /** Returns the result for a pool that is closed or has nothing to lend; else null. */
  static @Nullable ProbeResult withoutAsking(DataSource source) {
    if (!(source instanceof HikariDataSource hikari)) {
      return ProbeResult.failed(
          "data source: " + source.getClass().getName() + " (expected: HikariDataSource)");
    }
    if (hikari.isClosed()) {
      return new ProbeResult(Verdict.FAILED_NOW, Failure.CLOSED, "the pool is closed");
    }
    HikariPoolMXBean pool = hikari.getHikariPoolMXBean();
    int most = hikari.getMaximumPoolSize();
    if (pool == null || pool.getIdleConnections() > 0 || pool.getActiveConnections() < most) {
      return null;
    }
    return ProbeResult.degraded(
        "saturated: all " + most + " in use, " + pool.getThreadsAwaitingConnection() + " wait");
  }
}
