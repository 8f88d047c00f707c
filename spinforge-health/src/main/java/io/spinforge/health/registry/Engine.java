package io.spinforge.health.registry;

import static java.util.Objects.requireNonNull;

import io.spinforge.health.registry.store.Answer;
import io.spinforge.health.registry.store.Hint;
import io.spinforge.health.registry.store.Lease;
import io.spinforge.health.registry.store.LeaseStore;
import io.spinforge.health.registry.store.StoreListener;
import io.spinforge.health.registry.store.Sync;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A registry over any store. What it knows lives on one thread: callers, timers and the store's
 * answers all hand their step to it and read what it last published.
 */
final class Engine implements ServiceRegistry, StoreListener {
  private static final int REMEMBERED = 256;

  private final Context context;
  private final Listeners listeners;
  // One per service that was ever registered or watched here; looked up by any thread.
  private final Map<String, Hub> hubs = new ConcurrentHashMap<>();
  // The last answers to discover, for when the store is away.
  private final Map<String, List<ServiceInstance>> discovered = new ConcurrentHashMap<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  private Engine(Context context, Listeners listeners) {
    this.context = context;
    this.listeners = listeners;
  }

  static Engine start(Settings settings, LeaseStore store, Listeners listeners) {
    Scheduler scheduler = new ThreadScheduler(threadName(settings));
    return start(settings, store, listeners, scheduler, new SplittableRandom());
  }

  static Engine start(
      Settings settings,
      LeaseStore store,
      Listeners listeners,
      Scheduler scheduler,
      SplittableRandom random) {
    Counters counters = new Counters();
    Notices notices =
        new Notices(listeners.listener(), listeners.executor(), counters.listenerFailures);
    InstantSource clock = InstantSource.system();
    Context context = new Context(settings, store, scheduler, counters, notices, clock, random);
    Engine engine = new Engine(context, listeners);
    store.start(engine);
    return engine;
  }

  static String threadName(Settings settings) {
    return "spinforge-registry-" + settings.name();
  }

  // What callers ask

  @Override
  public Registration register(ServiceInstance instance) {
    requireNonNull(instance, "instance");
    checkOpen();
    Hub hub = hub(instance.service());
    String nonce = HexFormat.of().toHexDigits(UUID.randomUUID().getLeastSignificantBits());
    Held held = new Held(hub, context, instance, nonce);
    hub.reserve(held);
    context.scheduler().execute(() -> hub.add(held));
    return held;
  }

  @Override
  public Watch watch(String service, Consumer<? super List<ServiceInstance>> listener) {
    requireNonNull(listener, "listener");
    return watch(
        new ListWatch(
            ServiceInstance.checkService(service), delivery(listener), null, this::unwatch));
  }

  @Override
  public Watch watchSnapshots(String service, Consumer<? super ServiceSnapshot> listener) {
    requireNonNull(listener, "listener");
    return watch(
        new ListWatch(
            ServiceInstance.checkService(service), null, delivery(listener), this::unwatch));
  }

  private <T> Delivery<T> delivery(Consumer<? super T> listener) {
    return new Delivery<>(listener, listeners.executor(), context.counters().listenerFailures);
  }

  private Watch watch(ListWatch watch) {
    checkOpen();
    Hub hub = hub(watch.service());
    context.scheduler().execute(() -> hub.follower().add(watch));
    return watch;
  }

  private void unwatch(ListWatch watch) {
    Hub hub = hub(watch.service());
    context.scheduler().execute(() -> hub.follower().remove(watch));
  }

  @Override
  public List<ServiceInstance> discover(String service) {
    checkOpen();
    // A name with a hub was checked when the hub was made: a watched list costs one look-up.
    Hub hub = hubs.get(requireNonNull(service, "service"));
    Follower.View watched = hub == null ? null : hub.follower().view();
    if (watched != null && watched.snapshot().loaded()) {
      return watched.up();
    }
    ServiceInstance.checkService(service);
    CompletableFuture<Sync> future = context.store().sync(service, "", 0);
    try {
      Duration timeout = context.settings().timeout();
      Sync sync = future.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      return remember(service, read(service, sync).snapshot().up());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return recall(service, e);
    } catch (TimeoutException e) {
      return recall(service, e);
    } catch (ExecutionException e) {
      return recall(service, e.getCause());
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

  private List<ServiceInstance> remember(String service, List<ServiceInstance> list) {
    if (discovered.size() < REMEMBERED || discovered.containsKey(service)) {
      discovered.put(service, list);
    }
    return list;
  }

  private List<ServiceInstance> recall(String service, @Nullable Throwable cause) {
    context.counters().storeFailures.increment();
    context.store().troubled();
    List<ServiceInstance> last = discovered.get(service);
    if (last == null) {
      throw new RegistryUnavailableException(
          "service: " + service + " (expected: a store that answers, or a watch)", cause);
    }
    return last;
  }

  @Override
  public void confirmDown(ServiceInstance instance) {
    requireNonNull(instance, "instance");
    checkOpen();
    Hub hub = hub(instance.service());
    context.scheduler().execute(() -> witness(hub, instance));
  }

  private void witness(Hub hub, ServiceInstance instance) {
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

  // What it tells of itself

  @Override
  public ServiceExplanation explain(String service) {
    Hub hub = hubs.get(ServiceInstance.checkService(service));
    if (hub == null) {
      return new ServiceExplanation(
          service, false, true, Protection.NONE, "", 0, 0, 0, 0, List.of());
    }
    Follower.View view = hub.follower().view();
    ServiceSnapshot watched = view == null ? null : view.snapshot();
    List<ServiceInstance> known = new ArrayList<>();
    if (watched != null) {
      known.addAll(watched.instances());
    } else {
      hub.registrations().forEach(registration -> known.add(registration.instance()));
    }
    int up = (int) known.stream().filter(i -> i.status() == InstanceStatus.UP).count();
    return new ServiceExplanation(
        service,
        watched != null,
        !hub.down(),
        watched == null ? Protection.NONE : watched.protection(),
        watched == null ? "" : watched.generation(),
        watched == null ? 0 : watched.revision(),
        up,
        known.size() - up,
        hub.follower().carried(),
        hub.events().list());
  }

  @Override
  public RegistryStats stats() {
    return Gauges.of(hubs.values()).with(context.counters());
  }

  @Override
  public String toString() {
    return "ServiceRegistry[" + context.settings().name() + "]";
  }

  // The end

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    List<Held> all = new ArrayList<>();
    hubs.values().forEach(hub -> all.addAll(hub.registrations()));
    all.forEach(Held::beginClose);
    long begin = context.scheduler().nanos();
    for (Held held : all) {
      long left = context.settings().timeout().toNanos() - (context.scheduler().nanos() - begin);
      held.awaitOver(Duration.ofNanos(Math.max(0, left)));
    }
    CountDownLatch ended = new CountDownLatch(1);
    context
        .scheduler()
        .execute(
            () -> {
              hubs.values().forEach(Hub::end);
              ended.countDown();
            });
    Held.await(ended, context.settings().timeout());
    context.scheduler().close();
    context.store().close();
    listeners.end().run();
  }

  private void checkOpen() {
    if (closed.get()) {
      throw new IllegalStateException("registry: closed (expected: open)");
    }
  }

  private Hub hub(String service) {
    return hubs.computeIfAbsent(service, name -> new Hub(name, context));
  }

  // What the store tells; on any thread

  @Override
  public void changed(Hint hint) {
    on(hint.service(), hub -> hub.follower().hinted(hint));
  }

  @Override
  public void reborn(String service) {
    on(service, Hub::reborn);
  }

  @Override
  public void following(String service) {
    on(service, hub -> hub.follower().ask(0));
  }

  @Override
  public void connected() {
    context.scheduler().execute(() -> hubs.values().forEach(Hub::connected));
  }

  private void on(String service, Consumer<Hub> step) {
    Hub hub = hubs.get(service);
    if (hub != null) {
      context.scheduler().execute(() -> step.accept(hub));
    }
  }
}
