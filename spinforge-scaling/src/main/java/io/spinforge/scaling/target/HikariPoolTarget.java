package io.spinforge.scaling.target;

import static java.util.Objects.requireNonNull;

import com.zaxxer.hikari.HikariConfigMXBean;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import io.spinforge.scaling.ApplyResult;
import io.spinforge.scaling.MetricSource;
import io.spinforge.scaling.Phase;
import io.spinforge.scaling.Sample;
import io.spinforge.scaling.ScaleTarget;
import io.spinforge.scaling.internal.Checks;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sets the number of connections of a HikariCP pool that the host owns.
 *
 * <p>Growing sets the maximum and then the minimum of idle connections, which HikariCP opens in its
 * own time. Shrinking sets the minimum idle, then the maximum, and evicts softly: idle connections
 * close at once and are opened again up to the new number, those in use close when they are given
 * back. Only when the total has come down is the number {@link ApplyResult.Applied}; if that takes
 * longer than the patience, because connections are in use, it is {@link ApplyResult.Unknown}, and
 * HikariCP goes on with it. The minimum idle follows: it keeps its distance to the maximum.
 *
 * <p>The budget is what the database can give to this pool: of its {@code max_connections}, what
 * others and administrators leave, divided by the instances of this service. More is {@link
 * ApplyResult.Rejected}.
 *
 * <p>Every connection that may be opened counts as ready while the pool has that many or does not
 * need them; those missing from the minimum idle are starting. The version is the two numbers, so a
 * change by somebody else between reading and writing is seen, except within the write itself.
 *
 * <p>Writing a smaller number blocks for the patience at most, and nothing else does. Owns no
 * thread; never closes the pool. Needs {@code com.zaxxer:HikariCP}. Thread-safe.
 */
public final class HikariPoolTarget implements ScaleTarget {
  private static final Duration LONGEST = Duration.ofMinutes(1);
  private static final long LOOK_MILLIS = 10;

  private final HikariDataSource pool;
  private final int budget;
  private final Duration patience;
  private final InstantSource clock;
  private final Fence fence = new Fence();

  /** Makes check and write of two callers one step, and guards the fence; held while waiting. */
  private final ReentrantLock lock = new ReentrantLock();

  private HikariPoolTarget(
      HikariDataSource pool, int budget, Duration patience, InstantSource clock) {
    this.pool = pool;
    this.budget = budget;
    this.patience = patience;
    this.clock = clock;
  }

  /**
   * Makes a target that waits up to 5 s for a pool to shrink.
   *
   * @param pool pool of at most as many connections as the budget
   * @param budget most connections that the database can give to this pool, from 1
   */
  public static HikariPoolTarget of(HikariDataSource pool, int budget) {
    return of(pool, budget, Duration.ofSeconds(5));
  }

  /**
   * Makes a target.
   *
   * @param pool pool of at most as many connections as the budget
   * @param budget most connections that the database can give to this pool, from 1
   * @param patience how long shrinking waits for the total to come down, up to 1 min
   */
  public static HikariPoolTarget of(HikariDataSource pool, int budget, Duration patience) {
    return of(pool, budget, patience, InstantSource.system());
  }

  static HikariPoolTarget of(
      HikariDataSource pool, int budget, Duration patience, InstantSource clock) {
    requireNonNull(pool, "pool");
    Checks.argument(budget >= 1, "budget", budget, ">= 1");
    Checks.argument(
        !patience.isNegative() && patience.compareTo(LONGEST) <= 0,
        "patience",
        patience,
        "PT0S to PT1M");
    int maximum = pool.getMaximumPoolSize();
    Checks.argument(
        maximum >= 1 && maximum <= budget,
        "pool",
        "maximum " + maximum,
        "a maximum from 1 to the budget of " + budget);
    return new HikariPoolTarget(pool, budget, patience, clock);
  }

  /**
   * Reads the maximum and what there is of it. O(1).
   *
   * @throws IllegalStateException if the pool was closed, or has not been used yet
   */
  @Override
  public State read() {
    HikariPoolMXBean now = running();
    HikariConfigMXBean set = pool.getHikariConfigMXBean();
    int maximum = set.getMaximumPoolSize();
    int wanted = Math.min(set.getMinimumIdle(), maximum - now.getActiveConnections());
    int starting = Math.max(0, Math.min(wanted - now.getIdleConnections(), maximum));
    return new State(maximum, maximum - starting, starting, version());
  }

  /** Sets the number; shrinking waits until the total has come down. A pool cannot have 0. */
  @Override
  public ApplyResult apply(int desired, State seen, OptionalLong fence)
      throws InterruptedException {
    Checks.argument(desired >= 0, "desired", desired, ">= 0");
    lock.lockInterruptibly();
    try {
      if (pool.isClosed()) {
        return new ApplyResult.Rejected(gone());
      }
      running();
      if (desired < 1 || desired > budget) {
        return new ApplyResult.Rejected(
            name() + ": " + desired + " connections (expected: 1 to the budget of " + budget + ")");
      }
      ApplyResult.Rejected late = this.fence.check(fence);
      if (late != null) {
        return late;
      }
      if (!seen.version().equals(version())) {
        return new ApplyResult.Conflict("sizes " + version() + ", seen " + seen.version());
      }
      return resize(desired);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns a source of one sample per connection: those in use and threads that wait for one,
   * shared evenly, so 1.0 means that all are in use. For {@code Signal.utilization}. A look at one
   * moment: uses shorter than the interval are seen by chance.
   */
  public MetricSource load() {
    return () -> {
      State state = read();
      HikariPoolMXBean now = running();
      Instant time = clock.instant();
      double load =
          (now.getActiveConnections() + now.getThreadsAwaitingConnection())
              / (double) state.desired();
      List<Sample> samples = new ArrayList<>(state.desired());
      for (int i = 0; i < state.desired(); i++) {
        Phase phase = i < state.ready() ? Phase.READY : Phase.STARTING;
        samples.add(Sample.of(pool.getPoolName() + "-" + i, phase, load, time));
      }
      return samples;
    };
  }

  private ApplyResult resize(int desired) throws InterruptedException {
    HikariConfigMXBean set = pool.getHikariConfigMXBean();
    int maximum = set.getMaximumPoolSize();
    int idle = Math.max(0, desired - Math.max(0, maximum - set.getMinimumIdle()));
    if (desired >= maximum) {
      set.setMaximumPoolSize(desired);
      set.setMinimumIdle(idle);
      return new ApplyResult.Applied(desired);
    }
    set.setMinimumIdle(idle);
    set.setMaximumPoolSize(desired);
    HikariPoolMXBean now = running();
    if (now.getTotalConnections() > desired) {
      now.softEvictConnections();
    }
    long deadline = System.nanoTime() + patience.toNanos();
    while (now.getTotalConnections() > desired) {
      if (System.nanoTime() - deadline >= 0) {
        return new ApplyResult.Unknown(
            name() + " still has " + now.getTotalConnections() + " connections, asked " + desired);
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS); // HikariCP tells nobody when one closes
    }
    return new ApplyResult.Applied(desired);
  }

  private HikariPoolMXBean running() {
    if (pool.isClosed()) {
      throw new IllegalStateException(gone());
    }
    HikariPoolMXBean now = pool.getHikariPoolMXBean();
    if (now == null) {
      throw new IllegalStateException(
          name() + " has not been started (expected: a connection was taken before)");
    }
    return now;
  }

  private String version() {
    HikariConfigMXBean set = pool.getHikariConfigMXBean();
    return set.getMinimumIdle() + "/" + set.getMaximumPoolSize();
  }

  private String name() {
    return "connection pool " + pool.getPoolName();
  }

  private String gone() {
    return name() + " was closed";
  }
}
