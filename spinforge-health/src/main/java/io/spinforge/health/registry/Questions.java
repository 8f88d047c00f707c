package io.spinforge.health.registry;

import io.spinforge.health.registry.store.Answer;
import io.spinforge.health.registry.store.Lease;
import io.spinforge.health.registry.store.Sync;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of the store without a watch. The last answers are kept for when the store is away.
 * Thread-safe.
 */
final class Questions {
  private static final int REMEMBERED = 256;

  private final Context context;
  private final Map<String, List<ServiceInstance>> discovered = new ConcurrentHashMap<>();
  private volatile @Nullable List<String> services; // the last answer

  Questions(Context context) {
    this.context = context;
  }

  /** Asks for the instances that take new work; blocks. */
  List<ServiceInstance> discover(String service) {
    CompletableFuture<Sync> future = context.store().sync(service, "", 0);
    try {
      List<ServiceInstance> list = read(service, await(future)).snapshot().up();
      if (discovered.size() < REMEMBERED || discovered.containsKey(service)) {
        discovered.put(service, list);
      }
      return list;
    } catch (StoreAwayException e) {
      return recall("service: " + service, discovered.get(service), e.getCause());
    }
  }

  /** Asks for the names of the services; blocks. */
  List<String> services() {
    try {
      List<String> names = List.copyOf(await(context.store().services()));
      services = names;
      return names;
    } catch (StoreAwayException e) {
      return recall("services", services, e.getCause());
    }
  }

  private <T> T recall(String what, @Nullable T last, @Nullable Throwable cause) {
    context.counters().storeFailures.increment();
    context.store().troubled();
    if (last == null) {
      throw new RegistryUnavailableException(
          what + " (expected: a store that answers, or a watch)", cause);
    }
    return last;
  }

  /** The store did not answer, for the reason that is the cause. */
  private static final class StoreAwayException extends Exception {
    private static final long serialVersionUID = 1;

    StoreAwayException(@Nullable Throwable cause) {
      super(null, cause, false, false);
    }
  }

  private <T> T await(CompletableFuture<T> future) throws StoreAwayException {
    Duration timeout = context.settings().timeout();
    try {
      return future.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreAwayException(e);
    } catch (TimeoutException e) {
      throw new StoreAwayException(e);
    } catch (ExecutionException e) {
      throw new StoreAwayException(e.getCause());
    } finally {
      future.cancel(false); // no effect if it has ended
    }
  }

  private Mirror read(String service, Sync sync) {
    context.counters().syncs.increment();
    context.counters().snapshots.increment();
    Mirror mirror = new Mirror(service, context.counters().unreadable);
    mirror.apply(sync, "", 0);
    return mirror;
  }

  /** Removes an instance that nothing answers for; on the registry's thread. */
  void witness(Hub hub, ServiceInstance instance) {
    if (hub.follower().active()) {
      Lease lease = hub.follower().witness(instance);
      if (lease != null) {
        remove(hub, lease);
      }
      return;
    }
    Call.start(
        context,
        context.store().sync(hub.service(), "", 0),
        sync -> {
          var entry = read(hub.service(), sync).entryOf(instance);
          if (entry != null) {
            remove(hub, new Lease(entry.id(), entry.nonce()));
          }
        },
        cause -> context.counters().storeFailures.increment());
  }

  private void remove(Hub hub, Lease lease) {
    Call.start(
        context,
        context.store().remove(hub.service(), lease),
        answer -> {
          if (answer.outcome() == Answer.Outcome.WRITTEN) {
            context.counters().confirmedDown.increment();
            hub.event("removed at a second witness's word: " + lease.id());
          }
        },
        cause -> context.counters().storeFailures.increment());
  }
}
