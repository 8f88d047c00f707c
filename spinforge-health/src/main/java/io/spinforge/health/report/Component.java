package io.spinforge.health.report;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One component: asked by one at a time, and its last answer serves for a moment. */
final class Component {
  private final String name;
  private final Supplier<CompletableFuture<ComponentHealth>> source;
  private final long freshNanos;
  private final long timeoutNanos;
  private final LongSupplier ticker;

  // Guards the fields below; held for a few instructions only.
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable CompletableFuture<ComponentHealth> running;
  private long startedAt;
  private @Nullable ComponentHealth known;
  private long knownSince;

  Component(
      String name,
      Supplier<CompletableFuture<ComponentHealth>> source,
      long freshNanos,
      long timeoutNanos,
      LongSupplier ticker) {
    this.name = name;
    this.source = source;
    this.freshNanos = freshNanos;
    this.timeoutNanos = timeoutNanos;
    this.ticker = ticker;
  }

  String name() {
    return name;
  }

  /** Returns the answer to wait for; done at once if the last one serves or none is expected. */
  CompletableFuture<ComponentHealth> ask() {
    CompletableFuture<ComponentHealth> mine = new CompletableFuture<>();
    lock.lock();
    try {
      long now = ticker.getAsLong();
      if (known != null && now - knownSince < freshNanos) {
        return CompletableFuture.completedFuture(known);
      }
      if (running != null) {
        return now - startedAt < timeoutNanos
            ? running
            : CompletableFuture.completedFuture(silent());
      }
      running = mine;
      startedAt = now;
    } finally {
      lock.unlock();
    }
    start(mine);
    return mine;
  }

  /** Returns what the component has said, or that it has said nothing. */
  ComponentHealth answer(CompletableFuture<ComponentHealth> asked) {
    return asked.isDone() ? asked.join() : silent();
  }

  private void start(CompletableFuture<ComponentHealth> mine) {
    CompletableFuture<ComponentHealth> started;
    try {
      started = source.get();
    } catch (RuntimeException e) {
      started = CompletableFuture.failedFuture(e);
    }
    CompletableFuture<ComponentHealth> unused =
        started.whenComplete(
            (health, thrown) -> {
              ComponentHealth said = health != null ? health : broken(thrown);
              lock.lock();
              try {
                running = null;
                known = said;
                knownSince = ticker.getAsLong();
              } finally {
                lock.unlock();
              }
              mine.complete(said);
            });
  }

  private ComponentHealth silent() {
    return ComponentHealth.down("no answer within " + timeoutNanos / 1_000_000 + " ms");
  }

  private static ComponentHealth broken(@Nullable Throwable thrown) {
    if (thrown == null) {
      return ComponentHealth.down("the component said null");
    }
    Throwable cause = thrown.getCause() != null ? thrown.getCause() : thrown;
    return ComponentHealth.down(cause.toString());
  }
}
