package io.spinforge.cache.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes connections, and waits for all of them together two seconds at most. */
final class Closing {
  private static final Logger LOG = LoggerFactory.getLogger(RedisStore.class);
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final List<CompletableFuture<?>> all = new ArrayList<>();
  private final Execution execution;

  Closing(Execution execution) {
    this.execution = execution;
  }

  /** Stops a reader, on its own thread. */
  void stop(LogReader reader) {
    CompletableFuture<Void> stopped = execution.waits().newIncompleteFuture();
    execution.scheduler().execute(() -> complete(stopped, reader.stop()));
    all.add(stopped);
  }

  void add(CompletableFuture<?> closed) {
    all.add(closed);
  }

  void await() {
    long patience = PATIENCE_NANOS;
    for (CompletableFuture<?> one : all) {
      try {
        one.get(patience, TimeUnit.NANOSECONDS);
      } catch (ExecutionException | TimeoutException e) {
        LOG.debug("a connection did not close in time", e);
        patience = 0; // for all of them together
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static void complete(CompletableFuture<Void> told, CompletableFuture<Void> by) {
    var unused = by.whenComplete((none, failure) -> told.complete(null));
  }
}
