package io.spinforge.health.engine;

import io.spinforge.health.probe.BlockingProbe;
import io.spinforge.health.probe.Failure;
import io.spinforge.health.probe.JdbcProbe;
import io.spinforge.health.probe.ProbeResult;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Checks a database by blocking code, and aborts the connection of a check that is given up. */
final class JdbcSession<T> implements Session<T> {
  private final JdbcProbe<? super T> probe;
  private final BlockingSession<T> blocking;
  private final Executor elsewhere;
  private final Reply reply;
  // Counts the checks that were given up: a worker that sees another number is one of those.
  private final AtomicLong givenUp = new AtomicLong();
  // The kept connection, or the borrowed one while it is checked; whoever takes it out closes it.
  private final AtomicReference<@Nullable Connection> connection = new AtomicReference<>();
  private T target;
  // Written by the loop's thread before each check, read by its worker.
  private volatile int seconds = 1;

  /**
   * Makes a session.
   *
   * @param elsewhere threads on which connections may be closed and aborted
   */
  JdbcSession(
      JdbcProbe<? super T> probe,
      T target,
      Helpers helpers,
      Executor elsewhere,
      IoLoop loop,
      Reply reply) {
    this.probe = probe;
    this.target = target;
    this.elsewhere = elsewhere;
    this.reply = reply;
    this.blocking =
        new BlockingSession<>(new BlockingProbe<>(this::check, null), target, helpers, loop, reply);
  }

  @Override
  public void start(long attempt, long timeoutNanos) {
    seconds = (int) Math.min(3_600, timeoutNanos / 1_000_000_000 + 1);
    blocking.start(attempt, timeoutNanos);
  }

  @Override
  public void expire(long attempt) {
    boolean began = giveUp();
    ProbeResult result = ProbeResult.inconclusive("no thread was free in time");
    if (began) {
      ProbeResult full = probe.pooled() ? Pools.withoutAsking(source()) : null;
      result =
          full != null
              ? full
              : ProbeResult.failed(Failure.TIMEOUT, "the database has not answered in time");
    }
    reply.result(attempt, result);
  }

  @Override
  public boolean retarget(T newTarget) {
    target = newTarget;
    return blocking.retarget(newTarget);
  }

  @Override
  public void close() {
    giveUp();
  }

  private boolean giveUp() {
    givenUp.incrementAndGet();
    boolean began = blocking.cancel();
    Connection taken = connection.getAndSet(null);
    if (taken != null) {
      elsewhere.execute(() -> end(taken, began));
    }
    return began;
  }

  private DataSource source() {
    return probe.dataSourceOf(target);
  }

  private ProbeResult check(T subject) {
    long mine = givenUp.get();
    DataSource source = probe.dataSourceOf(subject);
    ProbeResult known = probe.pooled() ? Pools.withoutAsking(source) : null;
    if (known != null) {
      return known;
    }
    try {
      return probe.pooled() ? borrowed(source, mine) : kept(source, mine);
    } catch (SQLException e) {
      return judge(e);
    }
  }

  private ProbeResult kept(DataSource source, long mine) throws SQLException {
    Connection old = connection.get();
    if (old != null) {
      if (valid(old)) {
        return ProbeResult.healthy();
      }
      if (connection.compareAndSet(old, null)) {
        end(old, false);
      }
    }
    Connection fresh = open(source, mine);
    if (valid(fresh)) {
      return ProbeResult.healthy();
    }
    if (connection.compareAndSet(fresh, null)) {
      end(fresh, false);
    }
    return ProbeResult.failed("a new connection is not valid");
  }

  private ProbeResult borrowed(DataSource source, long mine) throws SQLException {
    Connection borrowed = open(source, mine);
    boolean valid = valid(borrowed);
    if (connection.compareAndSet(borrowed, null)) {
      borrowed.close();
    }
    return valid ? ProbeResult.healthy() : ProbeResult.failed("a pooled connection is not valid");
  }

  private Connection open(DataSource source, long mine) throws SQLException {
    Connection fresh = source.getConnection();
    connection.set(fresh);
    if (mine != givenUp.get() && connection.compareAndSet(fresh, null)) {
      end(fresh, false);
    }
    return fresh;
  }

  private boolean valid(Connection c) throws SQLException {
    return c.isValid(seconds);
  }

  private static void end(Connection c, boolean hangs) {
    try {
      if (hangs) {
        c.abort(Runnable::run);
      }
      c.close();
    } catch (SQLException | RuntimeException e) {
      // It is given up either way.
    }
  }

  private static ProbeResult judge(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    if (state.startsWith("28")) {
      return ProbeResult.failed(Failure.UNAUTHORIZED, String.valueOf(e.getMessage()));
    }
    return switch (state) {
      case "57P03" -> ProbeResult.failed(Failure.NOT_READY, String.valueOf(e.getMessage()));
      case "53300" -> ProbeResult.degraded("saturated: " + e.getMessage());
      default -> Failures.foreign(e);
    };
  }
}
