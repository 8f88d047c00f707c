package io.spinforge.scaling.target;

import io.spinforge.scaling.ApplyResult;
import io.spinforge.scaling.MetricSource;
import io.spinforge.scaling.Phase;
import io.spinforge.scaling.Sample;
import io.spinforge.scaling.ScaleTarget;
import io.spinforge.scaling.internal.Checks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs worker processes on this machine: starts, watches, replaces, drains and stops them.
 *
 * <p><b>A worker</b> is any program. What it should know:
 *
 * <ul>
 *   <li>Its id, place and port stand in the environment: {@code SPINFORGE_WORKER_ID}, {@code
 *       SPINFORGE_WORKER_SLOT}, {@code SPINFORGE_WORKER_PORT}; the command line can carry them too.
 *   <li>SIGTERM means: finish and end. SIGKILL follows after the grace time.
 *   <li>Its standard input stays open, and empty, as long as the pool's process lives; the end of
 *       it means that the pool is gone, however it ended, and the worker should end, too. In Java
 *       {@link WorkerLifeline#hold()} does that.
 *   <li>Whatever exit code: a worker that ends without being told to is replaced.
 * </ul>
 *
 * <p>A worker that ignores the end of its input outlives a crash of the pool's process; with a
 * {@link ProcessPoolBuilder#pidFile pid file} the next start ends it.
 *
 * <p>One daemon thread, {@code spinforge-scaling-<name>}, looks after all workers; readiness checks
 * and drain hooks run on threads of their own, and so does the reading of output where it is read.
 * Thread-safe.
 */
public final class ProcessPoolTarget implements ScaleTarget, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessPoolTarget.class);
  private static final long SOON_MILLIS = 50;
  private static final long LATER_MILLIS = 1000;

  private final String name;
  private final Settings settings;
  private final InstantSource clock;
  private final LongSupplier ticker;
  private final Supervisor supervisor;
  private final ExecutorService blocking;
  private final @Nullable PidFile pidFile;
  private final Semaphore wake = new Semaphore(0);

  /**
   * Guards {@link #desired}, {@link #version}, {@link #fence} and {@link #thread}; never blocks.
   */
  private final ReentrantLock lock = new ReentrantLock();

  private long version;
  private long fence = Long.MIN_VALUE;
  private @Nullable Thread thread;

  // Volatile: written under the lock or by the pool's thread, read by anyone.
  private volatile int desired;
  private volatile boolean closing;
  private volatile List<Worker> workers = List.of();

  ProcessPoolTarget(
      ProcessLauncher.Setup setup,
      Settings settings,
      Consumer<WorkerEvent> events,
      InstantSource clock,
      LongSupplier ticker) {
    name = setup.pool();
    this.settings = settings;
    this.clock = clock;
    this.ticker = ticker;
    blocking = Executors.newCachedThreadPool(threads(name));
    supervisor =
        new Supervisor(
            name,
            new ProcessLauncher(setup, blocking, wake::release),
            ProcessPoolTarget::freePort,
            ticker,
            events,
            settings.startTimeout(),
            settings.grace());
    pidFile = settings.pidFile() == null ? null : new PidFile(settings.pidFile());
    desired = settings.initial();
  }

  /** Numbers and times of a pool. */
  record Settings(
      int initial, int maximum, Duration startTimeout, Duration grace, @Nullable Path pidFile) {}

  /** Starts to describe a pool. */
  public static ProcessPoolBuilder builder() {
    return new ProcessPoolBuilder();
  }

  /**
   * Ends what an earlier process left behind, if there is a pid file, and starts the first workers.
   * Returns before they are ready.
   *
   * @throws IllegalStateException if it was started or closed before, or if another running pool
   *     uses the pid file; this one cannot be started any more then
   */
  public void start() {
    Thread started = new Thread(this::run, "spinforge-scaling-" + name);
    started.setDaemon(true);
    lock.lock();
    try {
      if (thread != null || closing) {
        throw new IllegalStateException("Process pool " + name + " was started or closed before");
      }
      thread = started;
    } finally {
      lock.unlock();
    }
    if (pidFile != null) {
      int leftovers = pidFile.recover(settings.grace());
      if (leftovers > 0) {
        LOG.warn("Pool {}: ended {} workers that an earlier process left", name, leftovers);
      }
    }
    started.start();
  }

  /** Returns all workers, those that are leaving included, by slot. O(1). */
  public List<Worker> workers() {
    return workers;
  }

  /** Returns the wanted number and how many of them are ready. O(workers). */
  @Override
  public State read() {
    lock.lock();
    try {
      int ready = 0;
      for (Worker worker : workers) {
        ready += worker.state() == Worker.State.READY ? 1 : 0;
      }
      return new State(desired, ready, Math.max(0, desired - ready), Long.toString(version));
    } finally {
      lock.unlock();
    }
  }

  /** Takes the number and returns at once; workers come and go after that. */
  @Override
  public ApplyResult apply(int desired, State seen, OptionalLong fence) {
    Checks.argument(desired >= 0, "desired", desired, ">= 0");
    lock.lock();
    try {
      if (thread == null || closing) {
        return new ApplyResult.Rejected("the pool is not running");
      }
      if (desired > settings.maximum()) {
        return new ApplyResult.Rejected("the pool's maximum is " + settings.maximum());
      }
      if (fence.isPresent() && fence.getAsLong() < this.fence) {
        return new ApplyResult.Rejected("fence " + fence.getAsLong() + " after " + this.fence);
      }
      if (!seen.version().equals(Long.toString(version))) {
        return new ApplyResult.Conflict("version " + version + ", seen " + seen.version());
      }
      this.fence = fence.orElse(this.fence);
      if (desired != this.desired) {
        this.desired = desired;
        version++;
        wake.release();
      }
      return new ApplyResult.Applied(desired);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns a source of one sample per worker, with a load that the host knows, for example its
   * requests in flight. Only ready workers are asked for.
   */
  public MetricSource load(ToDoubleFunction<Worker> load) {
    return () -> {
      List<Sample> samples = new ArrayList<>();
      for (Worker worker : workers()) {
        Phase phase = phase(worker);
        samples.add(
            phase == Phase.READY
                ? Sample.of(worker.id(), phase, load.applyAsDouble(worker), now())
                : Sample.missing(worker.id(), phase, 1, now()));
      }
      return samples;
    };
  }

  /**
   * Returns a source of the CPU time that each worker used since the last reading, by the operating
   * system's account.
   *
   * @param cores what one worker may use, above 0; its request
   */
  public MetricSource cpu(double cores) {
    Checks.argument(cores > 0 && cores <= 1024, "cores", cores, "above 0.0, up to 1024.0");
    return new ProcessCpu(this, cores, ticker);
  }

  /**
   * Drains and ends all workers, and returns when they are gone: after twice the grace time and 5 s
   * at the latest, when everything was killed. Does nothing the second time.
   */
  @Override
  public void close() {
    Thread running;
    lock.lock();
    try {
      closing = true;
      running = thread;
    } finally {
      lock.unlock();
    }
    wake.release();
    if (running != null && running != Thread.currentThread()) {
      try {
        running.join(settings.grace().toMillis() * 2 + TimeUnit.SECONDS.toMillis(5));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      running.interrupt(); // does nothing to a thread that has ended
    }
    blocking.shutdownNow();
  }

  Instant now() {
    return clock.instant();
  }

  static Phase phase(Worker worker) {
    return switch (worker.state()) {
      case WAITING, STARTING -> Phase.STARTING;
      case READY -> Phase.READY;
      case DRAINING, STOPPING -> Phase.STOPPING;
    };
  }

  private void run() {
    try {
      while (!closing) {
        step(desired);
        pause(supervisor.busy() ? SOON_MILLIS : LATER_MILLIS);
      }
      do {
        step(0);
        pause(workers.isEmpty() ? 0 : SOON_MILLIS);
      } while (!workers.isEmpty());
      if (pidFile != null) {
        pidFile.delete();
      }
    } catch (InterruptedException e) {
      supervisor.killAll();
      Thread.currentThread().interrupt();
    }
  }

  @SuppressWarnings("IllegalCatch") // one bad step must not leave the workers alone
  private void step(int number) {
    try {
      supervisor.step(number);
    } catch (RuntimeException e) {
      LOG.error("Pool {}: a step failed", name, e);
    }
    workers = supervisor.workers();
    if (pidFile != null) {
      pidFile.write(workers);
    }
  }

  private void pause(long millis) throws InterruptedException {
    if (wake.tryAcquire(millis, TimeUnit.MILLISECONDS)) {
      wake.drainPermits();
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("no free port", e);
    }
  }

  private static ThreadFactory threads(String name) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread =
          new Thread(task, "spinforge-scaling-" + name + "-task-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }
}
