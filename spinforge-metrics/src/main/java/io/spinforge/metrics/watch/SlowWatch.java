package io.spinforge.metrics.watch;

import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks, a few times a second, which operations run for too long, and tells of each once, with the
 * stack of its thread at that moment. An operation costs one entry in a map, whatever its thread
 * is; a stack is taken only for a line that is allowed to be logged. At most {@value #TRACKED}
 * operations are looked at: those beyond are timed, but shown without a stack. Thread-safe.
 */
public final class SlowWatch implements AutoCloseable {
  static final int TRACKED = 10_000;
  private static final int LINES_PER_MINUTE = 10;
  private static final int FRAMES = 40;
  private static final int ORIGIN_FRAMES = 8;
  private static final long LEAST_PERIOD = TimeUnit.MILLISECONDS.toNanos(10);
  private static final Logger log = LoggerFactory.getLogger("io.spinforge.metrics.slow");
  private static final StackWalker WALKER = StackWalker.getInstance();

  private final long threshold;
  private final LongSupplier ticker;
  private final LogBudget budget;
  private final Set<Running> running = ConcurrentHashMap.newKeySet();
  private final @Nullable Thread thread;

  /** Volatile: written by whoever closes, read by the watch's thread. */
  private volatile boolean closed;

  /**
   * Begins to watch.
   *
   * @param ticker nanoseconds
   * @param own whether to look by a thread of its own; else {@link #look} is called
   */
  public SlowWatch(Duration threshold, LongSupplier ticker, boolean own) {
    this.threshold = threshold.toNanos();
    this.ticker = ticker;
    this.budget = new LogBudget(LINES_PER_MINUTE, Duration.ofMinutes(1), ticker);
    this.thread = own ? new Thread(this::run, "spinforge-metrics-slow") : null;
    if (thread != null) {
      thread.setDaemon(true);
      thread.start();
    }
  }

  private void run() {
    while (!closed) {
      LockSupport.parkNanos(Math.max(LEAST_PERIOD, threshold / 2));
      look();
    }
  }

  /** Notes that the calling thread begins an operation; hand the result to {@link #end}. */
  public Object begin(String name, Timer timer) {
    return track(new Running(name, timer, ticker.getAsLong(), Thread.currentThread(), List.of()));
  }

  /** Notes that something begins which no thread runs all the time. */
  public Object beginStage(String name, Timer timer) {
    List<StackWalker.StackFrame> origin =
        WALKER.walk(
            frames ->
                frames
                    .filter(frame -> !frame.getClassName().startsWith("io.spinforge.metrics."))
                    .limit(ORIGIN_FRAMES)
                    .toList());
    return track(new Running(name, timer, ticker.getAsLong(), null, origin));
  }

  private Running track(Running begun) {
    if (!closed && running.size() < TRACKED) {
      running.add(begun);
    }
    return begun;
  }

  /** Notes the end of what {@link #begin} returned. */
  public void end(Object begun) {
    Running operation = (Running) begun;
    operation.ended = true;
    running.remove(operation);
    long took = ticker.getAsLong() - operation.start;
    if (took < threshold) {
      return;
    }
    operation.timer.record(took, TimeUnit.NANOSECONDS);
    if (!operation.told) {
      tell(operation, "took", took, "");
    }
  }

  /** Tells of every operation that has become slow since the last look. */
  public void look() {
    for (Running operation : running) {
      long since = ticker.getAsLong() - operation.start;
      if (since >= threshold && !operation.told && !operation.ended) {
        tellWithStack(operation, since);
      }
    }
  }

  private void tellWithStack(Running operation, long since) {
    Thread by = operation.thread;
    if (by == null) {
      operation.told = true;
      tell(
          operation, "has been under way for", since, ", handed over at" + lines(operation.origin));
      return;
    }
    StackTraceElement[] stack = by.getStackTrace();
    if (operation.ended) {
      return; // The stack may be that of what its thread did next: the end tells of it.
    }
    operation.told = true;
    String where = stack.length == 0 ? "" : ", at" + lines(Arrays.asList(stack));
    tell(operation, "has been running on " + by.getName() + " for", since, where);
  }

  private static String lines(List<?> frames) {
    Stream<String> shown = frames.stream().limit(FRAMES).map(frame -> "\n    at " + frame);
    return shown.collect(Collectors.joining());
  }

  private void tell(Running operation, String verb, long nanos, String where) {
    long leftOut = budget.take();
    if (leftOut >= 0) {
      log.warn(
          "Slow operation {} {} {} ms (slow from {} ms){}{}",
          operation.name,
          verb,
          TimeUnit.NANOSECONDS.toMillis(nanos),
          TimeUnit.NANOSECONDS.toMillis(threshold),
          leftOut == 0 ? "" : ", " + leftOut + " more were left out before",
          where);
    }
  }

  /** Operations that are looked at now. */
  int tracked() {
    return running.size();
  }

  @Override
  public void close() {
    closed = true;
    running.clear();
    if (thread != null) {
      LockSupport.unpark(thread);
    }
  }
}
