package io.spinforge.cache.load;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets one thread of the node do the work for a key while the others wait for its result.
 * Thread-safe.
 *
 * <p>An invalidation {@linkplain #forget forgets} the flight: those who wait already were there
 * before it and get the flight's result, whoever comes later starts a flight of its own and so
 * never gets a value that was read before the invalidation.
 *
 * <p>A thread that loads a key and asks for it again would wait for itself; so would two that each
 * ask for what the other one loads. Before a thread waits it walks from flight to owner to the
 * flight that this owner waits for; coming back to itself it throws instead.
 *
 * @param <T> the type of the results
 */
public final class SingleFlight<T> {
  private final ConcurrentHashMap<String, Flight<T>> flights = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Thread, Flight<T>> waits = new ConcurrentHashMap<>();
  private final CompletableFuture<?> kind;
  private final LongSupplier nanos;

  /**
   * Creates one.
   *
   * @param kind whose {@code newIncompleteFuture()} makes the futures that threads wait on
   * @param nanos the time
   */
  public SingleFlight(CompletableFuture<?> kind, LongSupplier nanos) {
    this.kind = kind;
    this.nanos = nanos;
  }

  /**
   * Runs {@code work} on the calling thread, or waits for who does already.
   *
   * @throws IllegalStateException if the wait would never end, a load waiting for itself
   * @throws ExecutionException with what the work of another thread threw
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public T run(String key, Supplier<T> work, Runnable coalesced)
      throws ExecutionException, InterruptedException {
    Flight<T> mine = new Flight<>(key, kind.newIncompleteFuture(), nanos.getAsLong());
    Flight<T> other = flights.putIfAbsent(key, mine);
    if (other == null) {
      return lead(mine, work);
    }
    coalesced.run();
    return await(other);
  }

  /** Runs {@code work} on the executor, or joins who does already, without waiting. */
  public CompletableFuture<T> start(
      String key, Supplier<T> work, Executor executor, Runnable coalesced) {
    Flight<T> mine = new Flight<>(key, kind.newIncompleteFuture(), nanos.getAsLong());
    Flight<T> other = flights.putIfAbsent(key, mine);
    if (other != null) {
      coalesced.run();
      return other.result.copy();
    }
    try {
      executor.execute(
          () -> {
            try {
              lead(mine, work);
            } catch (RuntimeException e) {
              // told through the flight's result
            }
          });
    } catch (RejectedExecutionException e) {
      land(mine);
      mine.result.completeExceptionally(e);
    }
    return mine.result.copy();
  }

  /** Lets whoever comes from now on start anew. */
  public void forget(String key) {
    flights.remove(key);
  }

  /** Lets whoever comes from now on start anew, if the flight began before {@code moment}. */
  public void forgetBefore(String key, long moment) {
    flights.computeIfPresent(key, (k, flight) -> flight.started - moment < 0 ? null : flight);
  }

  /** Lets whoever comes from now on start anew, whatever the key. */
  public void forgetAll() {
    flights.clear();
  }

  private T lead(Flight<T> flight, Supplier<T> work) {
    flight.owner = Thread.currentThread();
    try {
      T result = work.get();
      land(flight); // before the result: who comes after it must not find a finished flight
      flight.result.complete(result);
      return result;
    } catch (Throwable e) {
      land(flight);
      flight.result.completeExceptionally(e);
      throw e;
    }
  }

  private void land(Flight<T> flight) {
    flights.remove(flight.key, flight);
    flight.owner = null;
  }

  private T await(Flight<T> flight) throws ExecutionException, InterruptedException {
    Thread me = Thread.currentThread();
    waits.put(me, flight);
    try {
      refuseCycle(me, flight);
      return flight.result.get();
    } finally {
      waits.remove(me);
    }
  }

  private void refuseCycle(Thread me, Flight<T> first) {
    Flight<T> flight = first;
    while (flight != null) {
      Thread owner = flight.owner;
      if (owner == null) {
        return;
      }
      if (owner == me) {
        throw new IllegalStateException(
            "key: " + first.key + " (expected: a loader that does not wait for its own key)");
      }
      flight = waits.get(owner);
    }
  }

  private static final class Flight<T> {
    private final String key;
    private final CompletableFuture<T> result;
    private final long started;

    // Set by the leader, read by those who check for a cycle; volatile so that of two threads that
    // each note their wait and then look, at least one sees the other's.
    private volatile @Nullable Thread owner;

    Flight(String key, CompletableFuture<T> result, long started) {
      this.key = key;
      this.result = result;
      this.started = started;
    }
  }
}
