package io.spinforge.cache;

import io.spinforge.cache.load.SingleFlight.Flight;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads whose wait is limited. What is read below memory then runs on the executor, in the key's
 * flight, and the reader waits beside it: leaving changes nothing for the flight. Thread-safe.
 */
final class TimedReads<V> {
  private final Node node;
  private final LastValues<V> lastValues;
  private final Executor executor;
  private final ScheduledExecutorService scheduler;
  private final long softNanos;
  private final long hardNanos;
  private final Counters counters;

  TimedReads(
      Node node,
      LastValues<V> lastValues,
      Executor executor,
      ScheduledExecutorService scheduler,
      CachePolicy.Terms terms,
      Counters counters) {
    this.node = node;
    this.lastValues = lastValues;
    this.executor = executor;
    this.scheduler = scheduler;
    this.softNanos = terms.softNanos();
    this.hardNanos = terms.hardNanos();
    this.counters = counters;
  }

  /** Joins the key's flight, starting it if need be, and waits for it within the limits. */
  CachedEntry<?> read(String key, String fullKey, Supplier<CachedEntry<?>> work)
      throws ExecutionException, InterruptedException {
    Flight<CachedEntry<?>> flight = join(fullKey, work);
    if (softNanos < hardNanos) {
      try {
        return node.flights.await(flight, softNanos);
      } catch (TimeoutException e) {
        CachedEntry<V> last = afterSoft(key);
        if (last != null) {
          return last;
        }
      }
    }
    try {
      long rest = hardNanos == CachePolicy.UNLIMITED ? hardNanos : hardNanos - waited();
      return node.flights.await(flight, rest);
    } catch (TimeoutException e) {
      return afterHard(key, fullKey);
    }
  }

  /** Does the same without blocking; the stage completes on the executor. */
  CompletableFuture<CachedEntry<?>> readAsync(
      String key, String fullKey, Supplier<CachedEntry<?>> work) {
    CompletableFuture<CachedEntry<?>> flown = node.flights.result(join(fullKey, work));
    CompletableFuture<CachedEntry<?>> answer = new CompletableFuture<>();
    flown.whenComplete((entry, failure) -> complete(answer, entry, failure));
    if (softNanos < hardNanos) {
      at(softNanos, answer, () -> complete(answer, afterSoft(key), null));
    }
    if (hardNanos < CachePolicy.UNLIMITED) {
      at(
          hardNanos,
          answer,
          () -> {
            try {
              complete(answer, afterHard(key, fullKey), null);
            } catch (LoadTimeoutException e) {
              complete(answer, null, e);
            }
          });
    }
    return answer;
  }

  /** Gives up, in the end, on work that does not end: it is nobody's flight any more. */
  void giveUpLater(Flight<CachedEntry<?>> flight) {
    if (hardNanos < CachePolicy.UNLIMITED) {
      CompletableFuture<CachedEntry<?>> result = node.flights.result(flight);
      after(2 * hardNanos, result, () -> node.flights.abandon(flight));
    }
  }

  private Flight<CachedEntry<?>> join(String fullKey, Supplier<CachedEntry<?>> work) {
    return node.flights.join(
        fullKey, work, executor, counters.coalesced::increment, this::giveUpLater);
  }

  private long waited() {
    return softNanos < hardNanos ? softNanos : 0;
  }

  private @Nullable CachedEntry<V> afterSoft(String key) {
    CachedEntry<V> last = lastValues.meanwhile(key);
    if (last != null) {
      counters.loadTimeouts.increment();
    }
    return last;
  }

  private CachedEntry<V> afterHard(String key, String fullKey) {
    counters.loadTimeouts.increment();
    Duration hard = Duration.ofNanos(hardNanos);
    LoadTimeoutException failure =
        new LoadTimeoutException(
            fullKey + ": not loaded within " + hard.toMillis() + " ms; the load goes on");
    CachedEntry<V> last = lastValues.afterFailure(key, null, failure);
    if (last == null) {
      throw failure;
    }
    return last;
  }

  private void at(long nanos, CompletableFuture<?> answer, Runnable step) {
    after(
        nanos,
        answer,
        () -> {
          try {
            executor.execute(step);
          } catch (RejectedExecutionException e) {
            step.run(); // whoever waits has waited long enough
          }
        });
  }

  private void after(long nanos, CompletableFuture<?> unless, Runnable step) {
    if (!unless.isDone()) {
      Future<?> timer = scheduler.schedule(step, nanos, TimeUnit.NANOSECONDS);
      unless.whenComplete((value, failure) -> timer.cancel(false));
    }
  }

  private static void complete(
      CompletableFuture<CachedEntry<?>> answer,
      @Nullable CachedEntry<?> entry,
      @Nullable Throwable failure) {
    if (entry != null) {
      answer.complete(entry);
    } else if (failure != null) {
      answer.completeExceptionally(failure);
    }
  }
}
