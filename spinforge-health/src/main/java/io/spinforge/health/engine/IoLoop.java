package io.spinforge.health.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One daemon thread that serves sockets, tasks of other threads and a driver with timers.
 *
 * <p>Each turn looks at the sockets first, then at completions from other threads, and only then
 * lets the driver look at the time. Answers that came while the thread could not run are therefore
 * read before anybody is declared late. {@link #execute}, {@link #wakeup} and {@link #stop} may be
 * called by any thread, everything else belongs to the loop's thread.
 */
public final class IoLoop {
  private static final Logger log = LoggerFactory.getLogger(IoLoop.class);

  /** More than a TLS record of the largest size holds. */
  private static final int BUFFER = 17 * 1024;

  /** More than two TLS records of the largest size take. */
  private static final int RECORDS = 36 * 1024;

  private static final long NANOS_PER_MILLI = 1_000_000;

  /** What the loop does apart from sockets. */
  public interface Driver {
    /**
     * Does what is due.
     *
     * @param now the time at which the loop looked at the sockets
     * @return when to be called again at the latest
     */
    long turn(long now);

    /** The loop has ended; called once, on its thread. */
    void stopped();
  }

  /** Serves one socket. */
  interface Handler {
    void ready(SelectionKey key);
  }

  final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
  private @Nullable ByteBuffer records;
  private final LongSupplier ticker;
  private final Selector selector;
  private final Thread thread;
  private final Driver driver;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  // Set once by any thread; the loop reads it each turn.
  private volatile boolean stopping;
  // Written by the loop's thread alone, read by stats(): no read-modify-write race.
  private volatile int connections;

  /** Opens the selector; {@link #start} starts the thread. */
  public IoLoop(String threadName, LongSupplier ticker, Driver driver) {
    this.ticker = ticker;
    this.driver = driver;
    try {
      this.selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException("no selector for " + threadName, e);
    }
    this.thread = new Thread(this::run, threadName);
    thread.setDaemon(true);
  }

  /** Starts the thread. */
  public void start() {
    thread.start();
  }

  /** Runs a task on the loop's thread, soon. After the end of the loop it is dropped. */
  public void execute(Runnable task) {
    tasks.add(task);
    if (Thread.currentThread() != thread) {
      selector.wakeup();
    }
  }

  /** Lets the driver be called soon, also if it is the driver that calls. */
  public void wakeup() {
    selector.wakeup();
  }

  /** Ends the loop and waits for its thread, unless called on it. */
  public void stop(Duration wait) {
    stopping = true;
    selector.wakeup();
    if (Thread.currentThread() == thread) {
      return;
    }
    try {
      thread.join(wait.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns the number of open connections. */
  public int connections() {
    return connections;
  }

  long now() {
    return ticker.getAsLong();
  }

  /** Returns the buffer for TLS records; a loop without TLS has none. */
  ByteBuffer records() {
    ByteBuffer made = records;
    if (made == null) {
      made = ByteBuffer.allocate(RECORDS);
      records = made;
    }
    return made;
  }

  Selector selector() {
    return selector;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer, see the field
  void opened() {
    connections++;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer, see the field
  void closed() {
    connections--;
  }

  private void run() {
    long wake = ticker.getAsLong();
    try {
      while (!stopping) {
        select(wake);
        long now = ticker.getAsLong();
        runTasks();
        wake = driver.turn(now);
      }
    } catch (Throwable e) {
      log.error("Health checks have ended: thread={}", thread.getName(), e);
      throw e;
    } finally {
      driver.stopped();
      closeSelector();
    }
  }

  private void select(long wake) {
    long nanos = wake - ticker.getAsLong();
    try {
      if (nanos <= 0 || !tasks.isEmpty()) {
        selector.selectNow(this::serve);
      } else {
        selector.select(this::serve, (nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("select failed", e);
    }
  }

  private void serve(SelectionKey key) {
    try {
      ((Handler) key.attachment()).ready(key);
    } catch (RuntimeException e) {
      // Must not end the checks of all others; this probe will time out.
      log.error("Probe connection failed: thread={}", thread.getName(), e);
      key.cancel();
    }
  }

  private void runTasks() {
    // Tasks added by these tasks wait for the next turn, so that none can hold up the timers.
    for (int n = tasks.size(); n > 0; n--) {
      Runnable task = tasks.poll();
      if (task != null) {
        task.run();
      }
    }
  }

  private void closeSelector() {
    try {
      selector.close();
    } catch (IOException e) {
      log.warn("Selector did not close: thread={}", thread.getName(), e);
    }
  }
}
