package io.spinforge.health.registry;

import io.spinforge.health.registry.store.Answer;
import io.spinforge.health.registry.store.Claim;
import io.spinforge.health.registry.store.Hint;
import io.spinforge.health.registry.store.Lease;
import io.spinforge.health.registry.store.LeaseStore;
import io.spinforge.health.registry.store.MemoryLeaseStore;
import io.spinforge.health.registry.store.StoreListener;
import io.spinforge.health.registry.store.Sync;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A store of maps that can be flushed, can fail, hang, and lose its hints. */
final class FaultyStore implements LeaseStore {
  final List<Long> beatsAt = new ArrayList<>();
  final List<Integer> beatSizes = new ArrayList<>();
  private final Scheduler clock;
  private MemoryLeaseStore store;
  private StoreListener listener;
  private int life;
  boolean failing;
  boolean hanging;
  boolean deaf;
  int attempts;

  FaultyStore(Scheduler clock) {
    this.clock = clock;
    this.store = fresh();
  }

  @Override
  public void start(StoreListener to) {
    listener = to;
    store.start(new Ear());
  }

  /** Loses everything, as FLUSHALL does. */
  void flush() {
    life++;
    store = fresh();
    store.start(new Ear());
  }

  private MemoryLeaseStore fresh() {
    return new MemoryLeaseStore(() -> 1 + clock.nanos() / 1_000_000, "memory");
  }

  private String generation(String inner) {
    return inner + life;
  }

  private final class Ear implements StoreListener {
    private final int born = life;

    @Override
    public void changed(Hint hint) {
      if (!deaf && born == life) {
        String generation = generation(hint.generation());
        listener.changed(new Hint(hint.service(), generation, hint.digest(), hint.change()));
      }
    }

    @Override
    public void reborn(String service) {
      listener.reborn(service);
    }

    @Override
    public void following(String service) {
      listener.following(service);
    }

    @Override
    public void connected() {}
  }

  private <T> CompletableFuture<T> call(Supplier<CompletableFuture<T>> call) {
    attempts++;
    if (hanging) {
      return new CompletableFuture<>();
    }
    if (failing) {
      return CompletableFuture.failedFuture(new IllegalStateException("failing on purpose"));
    }
    return call.get();
  }

  @Override
  public CompletableFuture<Answer> register(String service, Claim claim) {
    return call(() -> store.register(service, claim));
  }

  @Override
  public CompletableFuture<List<Answer>> beat(String service, long ttlMillis, List<Lease> leases) {
    beatsAt.add(clock.nanos());
    beatSizes.add(leases.size());
    return call(() -> store.beat(service, ttlMillis, leases));
  }

  @Override
  public CompletableFuture<Answer> update(String service, Lease lease, long epoch, Claim claim) {
    return call(() -> store.update(service, lease, epoch, claim));
  }

  @Override
  public CompletableFuture<Answer> remove(String service, Lease lease) {
    return call(() -> store.remove(service, lease));
  }

  @Override
  public CompletableFuture<Sync> sync(String service, String generation, long revision) {
    String inner = generation.equals(generation("memory")) ? "memory" : "";
    return call(
        () ->
            store
                .sync(service, inner, revision)
                .thenApply(
                    s ->
                        new Sync(
                            generation(s.generation()),
                            s.revision(),
                            s.digest(),
                            s.whole(),
                            s.changes(),
                            s.ttlMillis(),
                            s.expiryMillis(),
                            s.graceMillis(),
                            s.leases())));
  }

  @Override
  public CompletableFuture<Void> note(String service, long millis) {
    return store.note(service, millis);
  }

  @Override
  public CompletableFuture<List<String>> services() {
    return call(store::services);
  }

  @Override
  public void follow(String service, boolean changes) {
    store.follow(service, changes);
  }

  @Override
  public void unfollow(String service) {}

  @Override
  public void troubled() {}

  @Override
  public void close() {}
}
