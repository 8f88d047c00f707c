package io.spinforge.cache.redis;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The connections that are being made, so that a client is not shut down under them: Netty would
 * complain of that at length. Thread-safe.
 */
final class Connecting {
  private static final long PATIENCE_SECONDS = 2;

  private final Map<Long, CompletableFuture<?>> underWay = new ConcurrentHashMap<>();
  private final AtomicLong numbers = new AtomicLong();

  // Set before the look at what is under way; who connects adds itself before it looks here. So one
  // of both sees the other.
  private volatile boolean closed;

  /** Connects on this thread, unless it is over. */
  <T> T here(Supplier<T> connect) {
    CompletableFuture<T> mark = new CompletableFuture<>();
    long number = note(mark);
    try {
      requireOpen();
      return connect.get();
    } finally {
      underWay.remove(number);
      mark.cancel(false);
    }
  }

  /** Connects without waiting, unless it is over. */
  <T> CompletableFuture<T> begin(Supplier<CompletableFuture<T>> connect) {
    CompletableFuture<T> mark = new CompletableFuture<>();
    long number = note(mark);
    try {
      requireOpen();
      var unused =
          connect
              .get()
              .whenComplete((connection, failure) -> end(number, mark, connection, failure));
    } catch (RuntimeException e) {
      end(number, mark, null, e);
    }
    return mark;
  }

  /** Lets no more begin, and waits for those under way; for two seconds at most. */
  void close() {
    closed = true;
    try {
      CompletableFuture.allOf(underWay.values().toArray(CompletableFuture[]::new))
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      // how they end is not asked here
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private <T> void end(
      long number, CompletableFuture<T> mark, @Nullable T connection, @Nullable Throwable failure) {
    underWay.remove(number);
    if (failure == null) {
      mark.complete(connection);
    } else {
      mark.completeExceptionally(failure);
    }
  }

  private long note(CompletableFuture<?> mark) {
    long number = numbers.incrementAndGet();
    underWay.put(number, mark);
    return number;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the connections are closed");
    }
  }
}
