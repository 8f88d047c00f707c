package io.spinforge.cache.redis;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The connections that are being made, so that a client is not shut down under them: Netty would
 * complain of that at length. Thread-safe.
 */
final class Connecting {
  private static final long PATIENCE_SECONDS = 2;

  private final Set<CompletableFuture<?>> underWay = ConcurrentHashMap.newKeySet();

  // Set before the look at what is under way; who connects adds itself before it looks here. So one
  // of both sees the other.
  private volatile boolean closed;

  /** Connects on this thread, unless it is over. */
  <T> T here(Supplier<T> connect) {
    CompletableFuture<T> mark = new CompletableFuture<>();
    underWay.add(mark);
    try {
      requireOpen();
      return connect.get();
    } finally {
      underWay.remove(mark);
      mark.cancel(false);
    }
  }

  /** Connects without waiting, unless it is over. */
  <T> CompletableFuture<T> begin(Supplier<CompletableFuture<T>> connect) {
    CompletableFuture<T> mark = new CompletableFuture<>();
    underWay.add(mark);
    try {
      requireOpen();
      var unused =
          connect.get().whenComplete((connection, failure) -> end(mark, connection, failure));
    } catch (RuntimeException e) {
      end(mark, null, e);
    }
    return mark;
  }

  /** Lets no more begin, and waits for those under way; for two seconds at most. */
  void close() {
    closed = true;
    try {
      CompletableFuture.allOf(underWay.toArray(CompletableFuture[]::new))
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      // how they end is not asked here
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private <T> void end(
      CompletableFuture<T> mark, @Nullable T connection, @Nullable Throwable failure) {
    underWay.remove(mark);
    if (failure == null) {
      mark.complete(connection);
    } else {
      mark.completeExceptionally(failure);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the connections are closed");
    }
  }
}
