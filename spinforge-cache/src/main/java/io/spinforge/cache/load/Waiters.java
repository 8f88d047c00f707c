package io.spinforge.cache.load;

import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Threads that wait until another node has loaded a key. One registers before it asks for the
 * lease, so that a wake-up between the answer and the wait is not lost. Thread-safe.
 */
public final class Waiters {
  private final ConcurrentHashMap<String, Waiter> waiting = new ConcurrentHashMap<>();
  private final AtomicLong entered = new AtomicLong();
  private final CompletableFuture<?> kind;

  /** Creates some that wait on futures that {@code kind.newIncompleteFuture()} makes. */
  public Waiters(CompletableFuture<?> kind) {
    this.kind = kind;
  }

  /** Registers the caller's interest in a key; to be given back to {@link #leave}. */
  public Waiter enter(String key) {
    return waiting.compute(
        key,
        (k, w) -> {
          Waiter waiter =
              w == null ? new Waiter(kind.newIncompleteFuture(), entered.getAndIncrement()) : w;
          waiter.count++;
          return waiter;
        });
  }

  /** Ends the caller's interest. */
  public void leave(String key, Waiter waiter) {
    waiting.computeIfPresent(key, (k, w) -> w == waiter && --w.count == 0 ? null : w);
  }

  /** Wakes all who wait for a key. */
  public void wake(String key) {
    Waiter waiter = waiting.remove(key);
    if (waiter != null) {
      waiter.woken.complete(null);
    }
  }

  /** Wakes all who wait for any key, in the order in which they came. */
  public void wakeAll() {
    waiting.entrySet().stream()
        .sorted(Comparator.comparingLong(entry -> entry.getValue().place))
        .map(Map.Entry::getKey)
        .toList()
        .forEach(this::wake);
  }

  /** One registration, shared by those who wait for the same key. */
  public static final class Waiter {
    private final CompletableFuture<Void> woken;
    private final long place;

    // Guarded by the map's lock on the key.
    private int count;

    private Waiter(CompletableFuture<Void> woken, long place) {
      this.woken = woken;
      this.place = place;
    }

    /**
     * Waits to be woken, for {@code nanos} at most.
     *
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    public void await(long nanos) throws InterruptedException {
      try {
        woken.get(nanos, TimeUnit.NANOSECONDS);
      } catch (TimeoutException | ExecutionException e) {
        return; // the caller asks Redis again either way
      }
    }
  }
}
