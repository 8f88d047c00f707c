package io.spinforge.health.registry.store;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * A store of maps in this JVM, which does what the one in Redis does, by a clock of its own. Every
 * listener hears of every change, called under the store's lock. Thread-safe.
 */
public final class MemoryLeaseStore implements LeaseStore {
  private static final String GENERATION = "memory";

  private final LongSupplier millis;
  private final String generation;
  private final ReentrantLock lock = new ReentrantLock(); // guards services, their content, noted
  private final Map<String, MemoryTable> services = new HashMap<>();
  private final Map<String, Long> noted = new HashMap<>();
  private final List<StoreListener> listeners = new CopyOnWriteArrayList<>();

  /** Creates an empty store on the JVM's monotonic clock. */
  public MemoryLeaseStore() {
    this(sinceNow(), GENERATION);
  }

  private static LongSupplier sinceNow() {
    long origin = System.nanoTime();
    return () -> 1 + (System.nanoTime() - origin) / 1_000_000;
  }

  /**
   * Creates an empty store.
   *
   * @param millis its clock, above 0
   * @param generation of all services' data
   */
  public MemoryLeaseStore(LongSupplier millis, String generation) {
    this.millis = millis;
    this.generation = generation;
  }

  /** Returns a store with what is in this one now, and without listeners. */
  public MemoryLeaseStore copy() {
    lock.lock();
    try {
      MemoryLeaseStore copy = new MemoryLeaseStore(millis, generation);
      services.forEach((name, table) -> copy.services.put(name, table.copy(copy::tell)));
      copy.noted.putAll(noted);
      return copy;
    } finally {
      lock.unlock();
    }
  }

  /** Returns what stands there, and looks after no lease, unlike {@link #sync}. */
  public Sync peek(String service) {
    return with(service, table -> table.peek(now())).join();
  }

  /** Forgets all but the last changes of a service, as a bounded history does. */
  public void trim(String service, int keep) {
    var unused =
        with(
            service,
            table -> {
              table.trim(keep);
              return keep;
            });
  }

  @Override
  public void start(StoreListener listener) {
    listeners.add(listener);
    listener.connected();
  }

  @Override
  public CompletableFuture<Answer> register(String service, Claim claim) {
    return with(service, table -> table.register(claim, now()));
  }

  @Override
  public CompletableFuture<List<Answer>> beat(String service, long ttlMillis, List<Lease> leases) {
    return with(service, table -> table.beat(ttlMillis, leases, now()));
  }

  @Override
  public CompletableFuture<Answer> update(String service, Lease lease, long epoch, Claim claim) {
    return with(service, table -> table.update(lease, epoch, claim, now()));
  }

  @Override
  public CompletableFuture<Answer> remove(String service, Lease lease) {
    return with(service, table -> table.remove(lease, now()));
  }

  @Override
  public CompletableFuture<Sync> sync(String service, String asked, long revision) {
    return with(service, table -> table.sync(asked, revision, now()));
  }

  @Override
  public CompletableFuture<Void> note(String service, long forMillis) {
    lock.lock();
    try {
      noted.put(service, now() + forMillis);
      return CompletableFuture.completedFuture(null);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public CompletableFuture<List<String>> services() {
    lock.lock();
    try {
      noted.values().removeIf(until -> until <= now());
      return CompletableFuture.completedFuture(noted.keySet().stream().sorted().toList());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void follow(String service, boolean changes) {
    listeners.forEach(listener -> listener.following(service));
  }

  @Override
  public void unfollow(String service) {}

  @Override
  public void troubled() {}

  @Override
  public void close() {}

  private long now() {
    return millis.getAsLong();
  }

  private <T> CompletableFuture<T> with(String service, Function<MemoryTable, T> step) {
    lock.lock();
    try {
      MemoryTable table =
          services.computeIfAbsent(service, name -> new MemoryTable(name, generation, this::tell));
      return CompletableFuture.completedFuture(step.apply(table));
    } finally {
      lock.unlock();
    }
  }

  private void tell(Hint hint) {
    listeners.forEach(listener -> listener.changed(hint));
  }
}
