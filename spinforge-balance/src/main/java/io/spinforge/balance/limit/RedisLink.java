package io.spinforge.balance.limit;

import io.spinforge.balance.guard.Background;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether Redis is there. It is away when the connection is lost or three answers in a row did not
 * come; then nobody asks it any more, and the first caller after 100 ms, then twice as long each
 * time up to 5 s, has a new connection opened in the background. Thread-safe, never blocks.
 */
final class RedisLink {
  private static final Logger LOG = LoggerFactory.getLogger(RateLimiter.class);
  private static final int TROUBLES = 3;
  private static final long SHORTEST = Duration.ofMillis(100).toNanos();
  private static final long LONGEST = Duration.ofSeconds(5).toNanos();

  private final String name;
  private final Supplier<RedisLine> opener;
  private final LongSupplier ticker;
  private final AtomicBoolean opening = new AtomicBoolean();
  private final AtomicBoolean away = new AtomicBoolean();
  private final AtomicInteger troubles = new AtomicInteger(); // failures since the last answer

  /** The first connection to come, or the one there is, or the last failure. */
  private volatile CompletableFuture<RedisLine> line = new CompletableFuture<>();

  /** Written before {@link #away} is set and by whoever has {@link #opening}. */
  private volatile long retryAt;

  private volatile long pause = SHORTEST;
  private volatile boolean closed;

  RedisLink(String name, Supplier<RedisLine> opener, LongSupplier ticker) {
    this.name = name;
    this.opener = opener;
    this.ticker = ticker;
    open();
  }

  boolean away() {
    return away.get();
  }

  /** Returns the connection: now, when the first attempt has ended, or a failure. */
  CompletableFuture<RedisLine> line() {
    CompletableFuture<RedisLine> now = line;
    if (away.get()) {
      if (ticker.getAsLong() - retryAt >= 0) {
        open();
      }
    } else if (now.isDone() && !now.isCompletedExceptionally() && !now.join().isOpen()) {
      leave(new IllegalStateException("the connection is lost"));
    }
    return line;
  }

  void answered() {
    if (troubles.getPlain() != 0) {
      troubles.set(0);
    }
  }

  void failed(Throwable cause) {
    if (troubles.incrementAndGet() >= TROUBLES) {
      leave(cause);
    }
  }

  private void leave(Throwable cause) {
    retryAt = ticker.getAsLong() + SHORTEST;
    pause = SHORTEST;
    if (!closed && away.compareAndSet(false, true)) {
      CompletableFuture<RedisLine> old = line;
      line = CompletableFuture.failedFuture(cause);
      LOG.warn("rate limit {}: Redis is away, the local share decides", name, cause);
      closeWhenOpen(old);
    }
  }

  private static void closeWhenOpen(CompletableFuture<RedisLine> line) {
    CompletableFuture<Void> unused = line.thenAccept(RedisLine::close);
  }

  private void open() {
    if (closed || !opening.compareAndSet(false, true)) {
      return;
    }
    try {
      Background.workers().execute(this::connect);
    } catch (RejectedExecutionException e) {
      opening.set(false); // the next caller tries again
    }
  }

  private void connect() {
    try {
      RedisLine fresh = opener.get();
      troubles.set(0);
      CompletableFuture<RedisLine> first = line;
      if (!first.complete(fresh)) {
        line = CompletableFuture.completedFuture(fresh);
      }
      if (away.compareAndSet(true, false)) {
        LOG.info("rate limit {}: Redis is back", name);
      }
      if (closed) {
        fresh.close();
      }
    } catch (RuntimeException e) {
      refused(e);
    } finally {
      opening.set(false);
    }
  }

  private void refused(RuntimeException cause) {
    pause = Math.min(LONGEST, pause * 2);
    retryAt = ticker.getAsLong() + pause;
    line.completeExceptionally(cause);
    if (!closed && away.compareAndSet(false, true)) {
      LOG.warn("rate limit {}: Redis is away, the local share decides", name, cause);
    }
  }

  /** Returns the connection if it is open now. */
  @Nullable RedisLine openLine() {
    CompletableFuture<RedisLine> now = line;
    return now.isDone() && !now.isCompletedExceptionally() ? now.join() : null;
  }

  void close() {
    closed = true;
    CompletableFuture<RedisLine> old = line;
    line = CompletableFuture.failedFuture(new IllegalStateException("closed"));
    closeWhenOpen(old);
  }
}
