package io.spinforge.metrics;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.spinforge.metrics.bind.Catalogue;
import io.spinforge.metrics.watch.SlowWatch;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices operations that take too long: counts and times them, {@code spinforge.operations.slow},
 * and logs each with the stack of its thread while it still runs, so that one that never ends is
 * told of too. At most ten lines a minute; later ones say how many were left out.
 *
 * <p>An operation costs an entry in a map, about a hundred nanoseconds and bytes, and no meter
 * unless it is slow. One thread looks every half threshold, at most every 10 ms. Works with virtual
 * threads: it keeps nothing by thread and holds no monitor while an operation runs. Thread-safe.
 */
public final class SlowOperations implements AutoCloseable {
  /** Names kept apart; later ones count as {@code other}. */
  public static final int MAX_NAMES = 100;

  private static final Logger log = LoggerFactory.getLogger(SlowOperations.class);
  private static final String OTHER = "other";

  private final MeterRegistry registry;
  private final SlowWatch watch;
  private final ConcurrentHashMap<String, Timer> timers = new ConcurrentHashMap<>();

  /** Guards additions to {@link #timers}, and {@link #closed}. */
  private final ReentrantLock lock = new ReentrantLock();

  private boolean closed;

  SlowOperations(MeterRegistry registry, SlowWatch watch) {
    this.registry = registry;
    this.watch = watch;
  }

  /**
   * Begins to watch operations.
   *
   * @param threshold what takes that long is slow; 1 ms to 1 hour
   */
  public static SlowOperations watch(MeterRegistry registry, Duration threshold) {
    Objects.requireNonNull(registry, "registry");
    if (threshold.compareTo(Duration.ofMillis(1)) < 0
        || threshold.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException(
          "threshold: " + threshold + " (expected: PT0.001S to PT1H)");
    }
    Clock clock = registry.config().clock();
    return new SlowOperations(registry, new SlowWatch(threshold, clock::monotonicTime, true));
  }

  /** Runs an operation and returns what it returns. */
  public <T> T call(String name, Callable<T> operation) throws Exception {
    Object begun = watch.begin(name, timer(name));
    try {
      return operation.call();
    } finally {
      watch.end(begun);
    }
  }

  /** Returns an operation that is watched each time it is called. */
  public <T> Callable<T> wrap(String name, Callable<T> operation) {
    Objects.requireNonNull(operation, "operation");
    Timer timer = timer(name);
    return () -> {
      Object begun = watch.begin(name, timer);
      try {
        return operation.call();
      } finally {
        watch.end(begun);
      }
    };
  }

  /**
   * Returns an executor whose tasks are watched while they run; the time they wait is not counted.
   */
  public Executor wrap(String name, Executor executor) {
    Objects.requireNonNull(executor, "executor");
    Timer timer = timer(name);
    return task -> {
      Objects.requireNonNull(task, "task");
      executor.execute(
          () -> {
            Object begun = watch.begin(name, timer);
            try {
              task.run();
            } finally {
              watch.end(begun);
            }
          });
    };
  }

  /**
   * Watches a stage from now until it completes, and returns the same stage. No thread runs it all
   * the time, so what is logged is where it was handed over; finding that out costs some
   * microseconds.
   */
  public <T> CompletionStage<T> wrap(String name, CompletionStage<T> stage) {
    Object begun = watch.beginStage(name, timer(name));
    stage.whenComplete((result, failure) -> watch.end(begun));
    return stage;
  }

  private Timer timer(String name) {
    Timer known = timers.get(Objects.requireNonNull(name, "name"));
    return known != null ? known : addTimer(name);
  }

  private Timer addTimer(String name) {
    if (name.isBlank()) {
      throw new IllegalArgumentException("name: \"" + name + "\" (expected: not blank)");
    }
    lock.lock();
    try {
      boolean full = timers.size() >= MAX_NAMES && !timers.containsKey(name);
      if (full && !timers.containsKey(OTHER)) {
        log.warn("Names of operations beyond the first {} count as \"other\"", MAX_NAMES);
      }
      return timers.computeIfAbsent(full ? OTHER : name, this::register);
    } finally {
      lock.unlock();
    }
  }

  private Timer register(String name) {
    return Timer.builder(Catalogue.OPERATIONS_SLOW.id())
        .description(Catalogue.OPERATIONS_SLOW.description())
        .tag("operation", name)
        .register(registry);
  }

  /** Ends the watch and removes its meters; what is wrapped runs on, unwatched. */
  @Override
  public void close() {
    lock.lock();
    try {
      if (!closed) {
        closed = true;
        watch.close();
        timers.values().forEach(registry::remove);
      }
    } finally {
      lock.unlock();
    }
  }
}
