package io.spinforge.benchmarks.registry;

import io.spinforge.health.registry.SimulatedTime;
import io.spinforge.health.registry.store.Answer;
import io.spinforge.health.registry.store.Claim;
import io.spinforge.health.registry.store.Hint;
import io.spinforge.health.registry.store.Lease;
import io.spinforge.health.registry.store.LeaseStore;
import io.spinforge.health.registry.store.MemoryLeaseStore;
import io.spinforge.health.registry.store.StoreListener;
import io.spinforge.health.registry.store.Sync;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A store that many registries share over networks of their own, with what can go wrong. */
final class SimulatedStore {
  private final SimulatedTime time;
  private final SplittableRandom random;
  private final List<Network> networks = new ArrayList<>();
  private MemoryLeaseStore truth;
  private @Nullable MemoryLeaseStore backup;
  private int life;
  boolean quiet;
  boolean away;

  SimulatedStore(SimulatedTime time, SplittableRandom random) {
    this.time = time;
    this.random = random;
    this.truth = fresh();
  }

  private MemoryLeaseStore fresh() {
    MemoryLeaseStore store = new MemoryLeaseStore(time::millis, "g" + life);
    store.start(new Fan(store));
    return store;
  }

  /** Loses everything. */
  void flush() {
    life++;
    truth = fresh();
    backup = null;
    networks.forEach(Network::reborn);
  }

  /** Keeps a copy to which {@link #rollback} returns, as to a replica that lags. */
  void replicate() {
    backup = truth.copy();
  }

  void rollback() {
    if (backup != null) {
      MemoryLeaseStore promoted = backup;
      backup = null;
      promoted.start(new Fan(promoted));
      truth = promoted;
    }
  }

  void trim(String service, int keep) {
    truth.trim(service, keep);
  }

  /** Returns what stands there; a question would end leases that nobody can have heard of yet. */
  Sync contents(String service) {
    return truth.peek(service);
  }

  Network network() {
    Network network = new Network();
    networks.add(network);
    return network;
  }

  void forget(Network network) {
    networks.remove(network);
  }

  /** Passes on what the store tells, while it is the one. */
  private final class Fan implements StoreListener {
    private final MemoryLeaseStore of;

    Fan(MemoryLeaseStore of) {
      this.of = of;
    }

    @Override
    public void changed(Hint hint) {
      if (of == truth) {
        networks.forEach(network -> network.hint(hint));
      }
    }

    @Override
    public void reborn(String service) {}

    @Override
    public void following(String service) {}

    @Override
    public void connected() {}
  }

  /** One registry's way to the store. */
  final class Network implements LeaseStore {
    private @Nullable StoreListener listener;
    private final List<Runnable> held = new ArrayList<>();
    private @Nullable String followed;
    boolean cut;
    boolean holding;

    @Override
    public void start(StoreListener to) {
      listener = to;
      to.connected();
    }

    /** Lets what was held go its way. */
    void release() {
      holding = false;
      List<Runnable> late = List.copyOf(held);
      held.clear();
      late.forEach(Runnable::run);
    }

    private boolean chance(int percent) {
      return !quiet && random.nextInt(100) < percent;
    }

    private void hint(Hint hint) {
      StoreListener to = listener;
      if (cut || away || to == null || chance(30)) {
        return;
      }
      time.after(latency(), () -> to.changed(hint));
    }

    private void reborn() {
      if (followed != null && listener != null && !cut && !chance(50)) {
        listener.reborn(followed);
      }
    }

    private Duration latency() {
      return Duration.ofMillis(chance(10) ? random.nextInt(3000) : random.nextInt(3));
    }

    private <T> CompletableFuture<T> call(
        Function<MemoryLeaseStore, CompletableFuture<T>> command) {
      CompletableFuture<T> result = new CompletableFuture<>();
      Runnable send =
          () -> {
            if (cut || away || chance(3)) {
              time.after(
                  latency(),
                  () -> result.completeExceptionally(new IllegalStateException("cut on purpose")));
            } else if (!result.isCancelled() || holding) {
              T answer = command.apply(truth).join();
              if (!chance(3)) { // else nobody learns what became of it
                time.after(latency(), () -> result.complete(answer));
              }
            }
          };
      if (holding) {
        held.add(send);
      } else {
        time.after(latency(), send);
      }
      return result;
    }

    @Override
    public CompletableFuture<Answer> register(String service, Claim claim) {
      return call(store -> store.register(service, claim));
    }

    @Override
    public CompletableFuture<List<Answer>> beat(
        String service, long ttlMillis, List<Lease> leases) {
      return call(store -> store.beat(service, ttlMillis, leases));
    }

    @Override
    public CompletableFuture<Answer> update(String service, Lease lease, long epoch, Claim claim) {
      return call(store -> store.update(service, lease, epoch, claim));
    }

    @Override
    public CompletableFuture<Answer> remove(String service, Lease lease) {
      return call(store -> store.remove(service, lease));
    }

    @Override
    public CompletableFuture<Sync> sync(String service, String generation, long revision) {
      return call(store -> store.sync(service, generation, revision));
    }

    @Override
    public CompletableFuture<Void> note(String service, long millis) {
      return call(store -> store.note(service, millis));
    }

    @Override
    public CompletableFuture<List<String>> services() {
      return call(MemoryLeaseStore::services);
    }

    @Override
    public void follow(String service, boolean changes) {
      followed = service;
      if (changes && listener != null) {
        listener.following(service);
      }
    }

    @Override
    public void unfollow(String service) {}

    @Override
    public void troubled() {}

    /** The connection is there again. */
    void reconnect() {
      cut = false;
      if (listener != null) {
        listener.connected();
      }
    }

    @Override
    public void close() {
      forget(this);
    }
  }
}
