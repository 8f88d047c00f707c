package io.spinforge.scaling.target;

import static java.util.Objects.requireNonNull;

import io.spinforge.scaling.ApplyResult;
import io.spinforge.scaling.MetricSource;
import io.spinforge.scaling.Phase;
import io.spinforge.scaling.Sample;
import io.spinforge.scaling.ScaleTarget;
import io.spinforge.scaling.internal.Checks;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sets the number of threads of a pool that the host owns. The core and the maximum size both
 * become the wanted number: growing, the maximum first; shrinking, the core first, because the core
 * is never above the maximum. Threads beyond the number finish their task and end.
 *
 * <p>Every thread counts as ready, because a pool starts a thread with the task that it needs it
 * for. The version is the two sizes, so a change by somebody else between reading and writing is
 * seen, except within the write itself; the executor has no atomic step for that.
 *
 * <p>Nothing here blocks, owns a thread or shuts the pool down. Thread-safe.
 */
public final class ThreadPoolTarget implements ScaleTarget {
  private final String name;
  private final ThreadPoolExecutor pool;
  private final int maximum;
  private final InstantSource clock;
  private final Fence fence = new Fence();

  /** Guards {@link #fence} and makes check and write of two callers one step; never blocks. */
  private final ReentrantLock lock = new ReentrantLock();

  private ThreadPoolTarget(String name, ThreadPoolExecutor pool, int maximum, InstantSource clock) {
    this.name = name;
    this.pool = pool;
    this.maximum = maximum;
    this.clock = clock;
  }

  /**
   * Makes a target of a pool.
   *
   * @param name what errors call it
   * @param pool pool whose core size is at least 1
   * @param maximum most threads that may be asked for, from 1
   */
  public static ThreadPoolTarget of(String name, ThreadPoolExecutor pool, int maximum) {
    return of(name, pool, maximum, InstantSource.system());
  }

  static ThreadPoolTarget of(
      String name, ThreadPoolExecutor pool, int maximum, InstantSource clock) {
    requireNonNull(name, "name");
    Checks.argument(!name.isBlank(), "name", "'" + name + "'", "not blank");
    Checks.argument(maximum >= 1, "maximum", maximum, ">= 1");
    int core = pool.getCorePoolSize();
    Checks.argument(
        core >= 1 && core <= maximum,
        "pool",
        "core size " + core,
        "a core size from 1 to the maximum of " + maximum);
    return new ThreadPoolTarget(name, pool, maximum, clock);
  }

  /**
   * Reads the core size; all of its threads are ready. O(1).
   *
   * @throws IllegalStateException if the pool was shut down
   */
  @Override
  public State read() {
    if (pool.isShutdown()) {
      throw new IllegalStateException(gone());
    }
    int core = pool.getCorePoolSize();
    return new State(core, core, 0, version());
  }

  /** Sets both sizes at once; a pool cannot have 0 threads. */
  @Override
  public ApplyResult apply(int desired, State seen, OptionalLong fence) {
    Checks.argument(desired >= 0, "desired", desired, ">= 0");
    lock.lock();
    try {
      if (pool.isShutdown()) {
        return new ApplyResult.Rejected(gone());
      }
      if (desired < 1 || desired > maximum) {
        return new ApplyResult.Rejected(
            "thread pool " + name + ": " + desired + " threads (expected: 1 to " + maximum + ")");
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
   * Returns a source of one sample per thread: tasks under way and in the queue, shared evenly, so
   * 1.0 means that all threads are busy and 2.0 that as many tasks wait. For {@code
   * Signal.utilization}. A look at one moment: tasks shorter than the interval are seen by chance.
   */
  public MetricSource load() {
    return () -> {
      State state = read();
      Instant now = clock.instant();
      double load = (pool.getActiveCount() + pool.getQueue().size()) / (double) state.desired();
      List<Sample> samples = new ArrayList<>(state.desired());
      for (int i = 0; i < state.desired(); i++) {
        samples.add(Sample.of(name + "-" + i, Phase.READY, load, now));
      }
      return samples;
    };
  }

  private ApplyResult resize(int desired) {
    try {
      if (desired > pool.getCorePoolSize()) {
        pool.setMaximumPoolSize(desired);
        pool.setCorePoolSize(desired);
      } else {
        pool.setCorePoolSize(desired);
        pool.setMaximumPoolSize(desired);
      }
      return new ApplyResult.Applied(desired);
    } catch (IllegalArgumentException e) {
      // The core would be above the maximum: somebody else set one of them just now.
      return new ApplyResult.Conflict("sizes " + version() + " changed within the write");
    }
  }

  private String version() {
    return pool.getCorePoolSize() + "/" + pool.getMaximumPoolSize();
  }

  private String gone() {
    return "thread pool " + name + " was shut down";
  }
}
