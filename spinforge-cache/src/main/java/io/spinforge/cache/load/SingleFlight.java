package io.spinforge.cache.load;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
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
 * <p>Work that waits in an executor's queue is done by the first thread that would have to wait for
 * it: a full executor holds nobody up.
 *
 * <p>A thread that loads a key and asks for it again would wait for itself; so would two that each
 * ask for what the other one loads. Before a thread waits it walks from flight to owner to the
 * flight that this owner waits for; coming back to itself it throws instead.
 *
 * @param <T> the type of the results
 */
public final class SingleFlight<T> {
  // Set while a thread does work whose reader has a time limit.
  private static final ThreadLocal<@Nullable Boolean> LIMITED = new ThreadLocal<>();

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
    Flight<T> mine = flight(key, null);
    Flight<T> other = flights.putIfAbsent(key, mine);
    if (other == null) {
      return lead(mine, work);
    }
    Supplier<T> waiting = other.claim();
    if (waiting != null) { // an executor has it in its queue: better here and now than waited for
      return lead(other, waiting);
    }
    coalesced.run();
    return await(other);
  }

  /** Runs {@code work} on the executor, or joins who does already, without waiting. */
  public CompletableFuture<T> start(
      String key, Supplier<T> work, Executor executor, Runnable coalesced) {
    Flight<T> mine = flight(key, work);
    Flight<T> other = flights.putIfAbsent(key, mine);
    if (other != null) {
      if (other.owner == Thread.currentThread()) {
        return CompletableFuture.failedFuture(waitsForItself(key));
      }
      coalesced.run();
      return other.result.copy();
    }
    hand(mine, executor);
    return mine.result.copy();
  }

  /**
   * Joins who works for the key, after starting {@code work} on the executor if nobody does; to be
   * followed by {@link #await} or {@link #result}.
   *
   * @param started told of the flight if it is this call's
   */
  public Flight<T> join(
      String key,
      Supplier<T> work,
      Executor executor,
      Runnable coalesced,
      Consumer<Flight<T>> started) {
    Flight<T> mine = flight(key, work);
    Flight<T> other = flights.putIfAbsent(key, mine);
    if (other != null) {
      coalesced.run();
      return other;
    }
    hand(mine, task -> executor.execute(() -> limited(task)));
    started.accept(mine);
    return mine;
  }

  /**
   * Joins who works for the key, or takes that upon the caller: then {@code mine} is told the
   * flight, and the caller has to {@link #leadAll} it.
   */
  public Flight<T> enter(String key, Consumer<Flight<T>> mine, Runnable coalesced) {
    Flight<T> flight = flight(key, null);
    Flight<T> other = flights.putIfAbsent(key, flight);
    if (other != null) {
      coalesced.run();
      return other;
    }
    mine.accept(flight);
    return flight;
  }

  /** Runs work that ends flights one by one, as {@link #leadAll}, for reads with a limit. */
  public void leadAllLimited(List<Flight<T>> taken, Runnable work) {
    limited(() -> leadAll(taken, work));
  }

  /** Runs work that ends flights one by one; those that it leaves open end with its failure. */
  public void leadAll(List<Flight<T>> taken, Runnable work) {
    Thread me = Thread.currentThread();
    taken.forEach(flight -> flight.owner = me);
    Throwable failure = new IllegalStateException("ended without a result");
    try {
      work.run();
    } catch (RuntimeException e) {
      failure = e;
    } catch (Error e) {
      failure = e;
      throw e;
    } finally {
      for (Flight<T> flight : taken) {
        fail(flight, failure);
      }
    }
  }

  /** Ends a flight that was {@linkplain #enter entered} with a result, unless it has ended. */
  public void succeed(Flight<T> flight, T result) {
    land(flight);
    flight.result.complete(result);
  }

  /** Ends a flight that was {@linkplain #enter entered} with a failure, unless it has ended. */
  public void fail(Flight<T> flight, Throwable failure) {
    land(flight);
    flight.result.completeExceptionally(failure);
  }

  /**
   * Waits for a flight.
   *
   * @param nanos how long at most
   * @throws TimeoutException if it has not ended by then
   * @throws IllegalStateException if the wait would never end, a load waiting for itself
   * @throws ExecutionException with what its work threw
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public T await(Flight<T> flight, long nanos)
      throws ExecutionException, InterruptedException, TimeoutException {
    Thread me = Thread.currentThread();
    waits.put(me, flight);
    try {
      refuseCycle(me, flight);
      return flight.result.get(nanos, TimeUnit.NANOSECONDS);
    } finally {
      waits.remove(me);
    }
  }

  /** Returns a flight's result to come; a loader that joined its own gets an error. */
  public CompletableFuture<T> result(Flight<T> flight) {
    return flight.owner == Thread.currentThread()
        ? CompletableFuture.failedFuture(waitsForItself(flight.key))
        : flight.result.copy();
  }

  /**
   * Ends a flight with a failure before its work ends, which is interrupted; whoever comes from now
   * on starts anew.
   */
  public void abandon(Flight<T> flight, Throwable failure) {
    flights.remove(flight.key, flight);
    flight.result.completeExceptionally(failure);
    flight.interrupt();
  }

  /** Tells whether the calling thread does work that was {@linkplain #join joined} with a limit. */
  public boolean isLimited() {
    return LIMITED.get() != null;
  }

  /**
   * Runs {@code work} on the executor unless somebody works for the key already; returns the
   * flight, or null. Whoever asks for the key meanwhile joins it; without them, how it ends is
   * nobody's matter.
   */
  public @Nullable Flight<T> launch(String key, Supplier<T> work, Executor executor) {
    if (flights.containsKey(key)) { // the usual case: many reads while one refreshes
      return null;
    }
    Flight<T> mine = flight(key, work);
    if (flights.putIfAbsent(key, mine) != null) {
      return null;
    }
    hand(mine, executor);
    return mine.result.isCompletedExceptionally() ? null : mine;
  }

  /** Lets whoever comes from now on start anew. */
  public void forget(String key) {
    flights.remove(key);
  }

  /** Lets whoever comes from now on start anew, if the flight began before {@code moment}. */
  public void forgetBefore(String key, long moment) {
    flights.computeIfPresent(key, (k, flight) -> flight.started - moment < 0 ? null : flight);
  }

  /** Lets whoever comes from now on start anew, for the keys that are meant. */
  public void forgetIf(Predicate<String> isMeant) {
    flights.keySet().removeIf(isMeant);
  }

  /** Lets whoever comes from now on start anew, whatever the key. */
  public void forgetAll() {
    flights.clear();
  }

  private Flight<T> flight(String key, @Nullable Supplier<T> work) {
    return new Flight<>(key, work, kind.newIncompleteFuture(), nanos.getAsLong());
  }

  private void hand(Flight<T> flight, Executor executor) {
    try {
      executor.execute(
          () -> {
            Supplier<T> work = flight.claim();
            if (work != null) {
              try {
                lead(flight, work);
              } catch (RuntimeException e) {
                // told through the flight's result
              }
            }
          });
    } catch (RejectedExecutionException e) {
      if (flight.claim() != null) {
        land(flight);
        flight.result.completeExceptionally(e);
      }
    }
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

  /** Does work of a limited read: what it reads itself stays on this thread, in that limit. */
  private static void limited(Runnable work) {
    Boolean outer = LIMITED.get();
    LIMITED.set(Boolean.TRUE);
    try {
      work.run();
    } finally {
      if (outer == null) {
        LIMITED.remove();
      }
    }
  }

  private void land(Flight<T> flight) {
    flights.remove(flight.key, flight);
    flight.disown();
  }

  /**
   * Waits for a flight however long it takes; as {@link #await(Flight, long)}.
   *
   * @throws ExecutionException with what its work threw
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public T await(Flight<T> flight) throws ExecutionException, InterruptedException {
    try {
      return await(flight, Long.MAX_VALUE);
    } catch (TimeoutException e) {
      throw new IllegalStateException(e); // after 292 years
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
        throw waitsForItself(first.key);
      }
      flight = waits.get(owner);
    }
  }

  private static IllegalStateException waitsForItself(String key) {
    return new IllegalStateException(
        "key: " + key + " (expected: a loader that does not wait for its own key)");
  }

  /** One key's work, and those who wait for it. */
  public static final class Flight<T> {
    private final String key;
    private final AtomicReference<@Nullable Supplier<T>> waiting; // until a thread takes it
    private final CompletableFuture<T> result;
    private final long started;

    // Guards the ends of ownership, so that an interruption meant for this flight's work meets no
    // other; held for moments, nobody waits under it.
    private final ReentrantLock ownership = new ReentrantLock();
    private boolean interrupted; // guarded by ownership

    // Set by the leader, read by those who check for a cycle; volatile so that of two threads that
    // each note their wait and then look, at least one sees the other's.
    private volatile @Nullable Thread owner;

    private Flight(
        String key, @Nullable Supplier<T> waiting, CompletableFuture<T> result, long started) {
      this.key = key;
      this.waiting = new AtomicReference<>(waiting);
      this.result = result;
      this.started = started;
    }

    private void interrupt() {
      ownership.lock();
      try {
        Thread working = owner;
        if (working != null) {
          interrupted = true;
          working.interrupt();
        }
      } finally {
        ownership.unlock();
      }
    }

    /** Ends the ownership, on the owner's thread, and an interruption that was meant for it. */
    private void disown() {
      ownership.lock();
      try {
        owner = null;
        if (interrupted) {
          boolean unused = Thread.interrupted();
        }
      } finally {
        ownership.unlock();
      }
    }

    /** Returns the key that is worked for. */
    public String key() {
      return key;
    }

    /** Returns the work if it is still to be done, to exactly one caller; else null. */
    private @Nullable Supplier<T> claim() {
      return waiting.get() == null ? null : waiting.getAndSet(null);
    }
  }
}
