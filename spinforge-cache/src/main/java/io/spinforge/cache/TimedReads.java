package io.spinforge.cache;

import io.spinforge.cache.load.SingleFlight.Flight;
import java.time.Duration;
import java.util.List;
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

  /**
   * Joins the key's flight, starting it if need be, and waits for it within the limits, of which
   * {@code waited} nanoseconds have gone.
   */
  CachedEntry<?> read(
      String key, String fullKey, Supplier<CachedEntry<?>> work, Joining joining, long waited)
      throws ExecutionException, InterruptedException {
    return await(join(fullKey, work, joining), key, fullKey, waited);
  }

  /** Waits for a flight within the limits, of which {@code waited} nanoseconds have gone. */
  CachedEntry<?> await(Flight<CachedEntry<?>> flight, String key, String fullKey, long waited)
      throws ExecutionException, InterruptedException {
    try {
      return awaitResult(flight, key, fullKey, waited);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof LoadTimeoutException) { // given up meanwhile
        return afterHard(key, fullKey);
      }
      throw e;
    }
  }

  private CachedEntry<?> awaitResult(
      Flight<CachedEntry<?>> flight, String key, String fullKey, long waited)
      throws ExecutionException, InterruptedException {
    if (softNanos < hardNanos) {
      try {
        return node.flights.await(flight, Math.max(0, softNanos - waited));
      } catch (TimeoutException e) {
        CachedEntry<V> last = afterSoft(key);
        if (last != null) {
          return last;
        }
      }
    }
    try {
      long gone = softNanos < hardNanos ? Math.max(softNanos, waited) : waited;
      return node.flights.await(
          flight, hardNanos == CachePolicy.UNLIMITED ? hardNanos : Math.max(0, hardNanos - gone));
    } catch (TimeoutException e) {
      return afterHard(key, fullKey);
    }
  }

  private LoadTimeoutException overdue(String fullKey) {
    Duration hard = Duration.ofNanos(hardNanos);
    return new LoadTimeoutException(
        fullKey + ": not loaded within " + hard.toMillis() + " ms; the load goes on");
  }

  /** Does the same without blocking; the stage completes on the executor. */
  CompletableFuture<CachedEntry<?>> readAsync(
      String key, String fullKey, Supplier<CachedEntry<?>> work, Joining joining, long waited) {
    CompletableFuture<CachedEntry<?>> flown = node.flights.result(join(fullKey, work, joining));
    CompletableFuture<CachedEntry<?>> answer = flown.newIncompleteFuture();
    var unused =
        flown.whenComplete(
            (entry, failure) -> {
              if (failure != null
                  && failure.getCause() instanceof LoadTimeoutException) { // given up meanwhile
                hardAsync(key, fullKey, answer);
              } else {
                complete(answer, entry, failure);
              }
            });
    if (softNanos < hardNanos) {
      at(Math.max(0, softNanos - waited), answer, () -> complete(answer, afterSoft(key), null));
    }
    if (hardNanos < CachePolicy.UNLIMITED) {
      at(Math.max(0, hardNanos - waited), answer, () -> hardAsync(key, fullKey, answer));
    }
    return answer;
  }

  private void hardAsync(String key, String fullKey, CompletableFuture<CachedEntry<?>> answer) {
    if (answer.isDone()) {
      return;
    }
    try {
      complete(answer, afterHard(key, fullKey), null);
    } catch (LoadTimeoutException e) {
      complete(answer, null, e);
    }
  }

  /** Gives up, in the end, on work that does not end: it is nobody's flight any more. */
  void giveUpLater(List<Flight<CachedEntry<?>>> flights) {
    if (hardNanos < CachePolicy.UNLIMITED) {
      CompletableFuture<?>[] results =
          flights.stream().map(node.flights::result).toArray(CompletableFuture[]::new);
      after(
          2 * hardNanos,
          CompletableFuture.allOf(results),
          () -> flights.forEach(f -> node.flights.abandon(f, overdue(f.key()))));
    }
  }

  private Flight<CachedEntry<?>> join(
      String fullKey, Supplier<CachedEntry<?>> work, Joining joining) {
    return node.flights.join(fullKey, work, executor, joining, f -> giveUpLater(List.of(f)));
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
    LoadTimeoutException failure = overdue(fullKey);
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
      var unused = unless.whenComplete((value, failure) -> timer.cancel(false));
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
