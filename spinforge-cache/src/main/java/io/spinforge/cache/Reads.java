package io.spinforge.cache;

import io.spinforge.cache.load.SingleFlight.Flight;
import io.spinforge.cache.memory.MemoryStore;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The reads of one cache that memory's hit path did not answer: whether memory may answer all the
 * same, whether that calls for a refresh, who does the work and who waits for it. Thread-safe.
 */
final class Reads<V> {
  private final Node node;
  private final MemoryStore<CachedEntry<V>> memory;
  private final ReadThrough<V> below;
  private final RefreshAhead refreshAhead;
  private final Executor executor;
  private final TimedReads<V> timed;
  private final boolean limited;
  private final Counters counters;

  Reads(
      Node node,
      MemoryStore<CachedEntry<V>> memory,
      ReadThrough<V> below,
      CachePolicy.Terms terms,
      Executor executor,
      TimedReads<V> timed,
      Counters counters) {
    this.node = node;
    this.memory = memory;
    this.below = below;
    this.refreshAhead = terms.refreshAhead();
    this.executor = executor;
    this.timed = timed;
    this.limited = terms.limitsReads();
    this.counters = counters;
  }

  /** Reads on this thread, or within limits on the executor; or waits for the thread that does. */
  Cached<V> read(String key, String fullKey, LoadFunction<V> loader) {
    CachedEntry<V> kept = kept(key, fullKey, loader);
    if (kept != null) {
      return kept;
    }
    return read(key, fullKey, loader, new Joining(node, counters), node.clock.exact());
  }

  private Cached<V> read(
      String key, String fullKey, LoadFunction<V> loader, Joining joining, long since) {
    node.leaveOldFlight(fullKey);
    CachedEntry<?> entry = null;
    Throwable failure = null;
    try {
      // A loader's own reads stay on its thread: its reader's limit holds for them, and loads that
      // wait for loads cannot use up the executor.
      entry =
          limited && !node.flights.isLimited()
              ? timed.read(
                  key,
                  fullKey,
                  () -> below.read(key, fullKey, loader),
                  joining,
                  node.clock.exact() - since)
              : node.flights.run(fullKey, () -> below.read(key, fullKey, loader), joining);
    } catch (ExecutionException | RuntimeException e) {
      failure = e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure = new LoadFailedException(fullKey + ": interrupted while another thread loads", e);
    }
    return joining.goesOn(entry, fullKey, memory)
        ? read(key, fullKey, loader, joining, since)
        : settled(key, fullKey, loader, entry, failure);
  }

  /** Reads on the executor. */
  CompletionStage<Cached<V>> readAsync(String key, String fullKey, LoadFunction<V> loader) {
    CachedEntry<V> kept = kept(key, fullKey, loader);
    if (kept != null) {
      return CompletableFuture.completedFuture(kept);
    }
    return readAsync(key, fullKey, loader, new Joining(node, counters), node.clock.exact());
  }

  private CompletableFuture<Cached<V>> readAsync(
      String key, String fullKey, LoadFunction<V> loader, Joining joining, long since) {
    node.leaveOldFlight(fullKey);
    CompletableFuture<CachedEntry<?>> flown =
        limited
            ? timed.readAsync(
                key,
                fullKey,
                () -> below.read(key, fullKey, loader),
                joining,
                node.clock.exact() - since)
            : node.flights.start(
                fullKey, () -> below.read(key, fullKey, loader), executor, joining);
    return flown
        .handle(Outcome::new)
        .thenCompose(
            ended ->
                joining.goesOn(ended.entry, fullKey, memory)
                    ? readAsync(key, fullKey, loader, joining, since)
                    : CompletableFuture.completedFuture(
                        settled(key, fullKey, loader, ended.entry, ended.failure)));
  }

  /**
   * Returns what memory may answer although its hit path did not: an entry that asks whether it is
   * to be refreshed ahead, or a stale one while it is refreshed; else null.
   */
  @Nullable CachedEntry<V> kept(String key, String fullKey, LoadFunction<V> loader) {
    CachedEntry<V> entry = memory.getValid(key);
    if (entry == null) {
      return null;
    }
    long now = node.clock.exact();
    Life life = entry.life();
    CachedEntry<V> served;
    if (now - life.memoryUntil() < 0) {
      if (!entry.isHit(now) && refreshAhead.isDue(life, now, node.random)) {
        refresh(key, fullKey, loader);
      }
      served = entry;
    } else if (life.isStale(now)) {
      refresh(key, fullKey, loader);
      served = entry.servedAs(Source.MEMORY, State.STALE_REVALIDATING);
    } else {
      return null;
    }
    counters.answered(served);
    return served;
  }

  /** Starts a refresh, unless the key is being loaded or refreshed already. */
  private void refresh(String key, String fullKey, LoadFunction<V> loader) {
    Flight<CachedEntry<?>> flight =
        node.flights.launch(fullKey, () -> below.refresh(key, fullKey, loader), executor);
    if (flight != null) {
      counters.refreshes.increment();
      timed.giveUpLater(List.of(flight));
    }
  }

  /** Waits for a flight that this read has entered, and whose limits began at {@code since}. */
  Cached<V> join(
      String key,
      LoadFunction<V> loader,
      Flight<CachedEntry<?>> flight,
      Joining joining,
      long since) {
    String fullKey = flight.key();
    CachedEntry<?> entry = null;
    Throwable failure = null;
    try {
      long waited = node.clock.exact() - since;
      entry =
          limited && !node.flights.isLimited()
              ? timed.await(flight, key, fullKey, waited)
              : node.flights.await(flight);
    } catch (ExecutionException | RuntimeException e) {
      failure = e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure = new LoadFailedException(fullKey + ": interrupted while another thread loads", e);
    }
    if (failure != null && failure.getCause() instanceof NoValueException missing) {
      throw missing; // which is no error of a bulk read
    }
    if (joining.goesOn(entry, fullKey, memory)) {
      return read(key, fullKey, loader, joining, since);
    }
    return settled(key, fullKey, loader, entry, failure);
  }

  /** Gives up, in the end, on work that does not end. */
  void giveUpLater(List<Flight<CachedEntry<?>>> flights) {
    timed.giveUpLater(flights);
  }

  /** Counts how a read ended and returns or throws that. */
  @SuppressWarnings("unchecked") // the flight's key names this cache, so its entry is of this type
  private Cached<V> settled(
      String key,
      String fullKey,
      LoadFunction<V> loader,
      @Nullable CachedEntry<?> entry,
      @Nullable Throwable failure) {
    if (entry == null) {
      counters.errors.increment();
      throw thrown(fullKey, failure);
    }
    if (entry.source() == Source.REDIS && entry.state() == State.STALE_REVALIDATING) {
      refresh(key, fullKey, loader);
    }
    counters.answered(entry);
    return (Cached<V>) entry;
  }

  private RuntimeException thrown(String fullKey, @Nullable Throwable failure) {
    Throwable cause = failure;
    boolean others = false;
    if (failure instanceof ExecutionException || failure instanceof CompletionException) {
      cause = failure.getCause();
      others = true;
    }
    if (cause instanceof NoValueException) {
      return new NoValueException(fullKey);
    }
    if (others && cause instanceof LoadTimeoutException late) {
      return new LoadTimeoutException(String.valueOf(late.getMessage()));
    }
    if (others && cause instanceof LoadFailedException failed) {
      // Another thread's failure: say so with this thread's stack, and the same cause.
      return new LoadFailedException(String.valueOf(failed.getMessage()), failed.getCause());
    }
    if (cause instanceof RejectedExecutionException) {
      node.requireOpen();
      return new LoadFailedException(fullKey + ": the executor takes no more loads", cause);
    }
    if (cause instanceof RuntimeException thrown) {
      return thrown;
    }
    return new LoadFailedException(fullKey + ": " + cause, cause);
  }

  /** How a flight ended: one of the two is null. */
  private record Outcome(@Nullable CachedEntry<?> entry, @Nullable Throwable failure) {}
}
