package io.spinforge.health.registry;

import static java.util.Objects.requireNonNull;

import io.spinforge.health.registry.store.Hint;
import io.spinforge.health.registry.store.LeaseStore;
import io.spinforge.health.registry.store.StoreListener;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * A registry over any store. What it knows lives on one thread: callers, timers and the store's
 * answers all hand their step to it and read what it last published.
 */
final class Engine implements ServiceRegistry, StoreListener {
  private final Context context;
  private final Listeners listeners;
  // One per service that was ever registered or watched here; looked up by any thread.
  private final Map<String, Hub> hubs = new ConcurrentHashMap<>();
  private final Questions questions;
  private final AtomicBoolean closed = new AtomicBoolean();

  private Engine(Context context, Listeners listeners) {
    this.context = context;
    this.listeners = listeners;
    this.questions = new Questions(context);
  }

  static Engine start(Settings settings, LeaseStore store, Listeners listeners) {
    Scheduler scheduler = new ThreadScheduler(threadName(settings));
    InstantSource clock = InstantSource.system();
    return start(settings, store, listeners, scheduler, new SplittableRandom(), clock);
  }

  static Engine start(
      Settings settings,
      LeaseStore store,
      Listeners listeners,
      Scheduler scheduler,
      SplittableRandom random,
      InstantSource clock) {
    Counters counters = new Counters();
    Notices notices =
        new Notices(listeners.listener(), listeners.executor(), counters.listenerFailures);
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
    return held(instance, false);
  }

  @Override
  public Registration registerWhen(ServiceInstance instance, CompletionStage<?> ready) {
    requireNonNull(ready, "ready");
    Held held = held(instance, true);
    var unused =
        ready.whenComplete(
            (value, cause) -> context.scheduler().execute(() -> held.decided(cause)));
    return held;
  }

  private Held held(ServiceInstance instance, boolean waits) {
    requireNonNull(instance, "instance");
    checkOpen();
    Hub hub = hub(instance.service());
    String nonce = HexFormat.of().toHexDigits(UUID.randomUUID().getLeastSignificantBits());
    Held held = new Held(hub, context, instance, nonce, waits);
    hub.reserve(held);
    context.scheduler().execute(() -> hub.add(held));
    return held;
  }

  @Override
  public Watch watch(String service, Consumer<? super List<ServiceInstance>> listener) {
    requireNonNull(listener, "listener");
    return watch(service, Sink.lists(listener, listeners.executor(), listenerFailures()));
  }

  @Override
  public Watch watchSnapshots(String service, Consumer<? super ServiceSnapshot> listener) {
    requireNonNull(listener, "listener");
    return watch(service, Sink.snapshots(listener, listeners.executor(), listenerFailures()));
  }

  @Override
  public Watch watchChanges(String service, Consumer<? super ServiceChanges> listener) {
    requireNonNull(listener, "listener");
    return watch(service, Sink.changes(listener, listeners.executor(), listenerFailures()));
  }

  private LongAdder listenerFailures() {
    return context.counters().listenerFailures;
  }

  private Watch watch(String service, Sink sink) {
    ListWatch watch = new ListWatch(ServiceInstance.checkService(service), sink, this::unwatch);
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
    return questions.discover(ServiceInstance.checkService(service));
  }

  @Override
  public List<String> services() {
    checkOpen();
    return questions.services();
  }

  @Override
  public void confirmDown(ServiceInstance instance) {
    requireNonNull(instance, "instance");
    checkOpen();
    Hub hub = hub(instance.service());
    context.scheduler().execute(() -> questions.witness(hub, instance));
  }

  // What it tells of itself

  @Override
  public ServiceExplanation explain(String service) {
    Hub hub = hubs.get(ServiceInstance.checkService(service));
    return hub == null ? ServiceExplanation.unknown(service) : hub.explain();
  }

  @Override
  public RegistryStats stats() {
    return Gauges.of(hubs.values()).with(context.counters());
  }

  @Override
  public Map<String, ServiceStats> serviceStats() {
    Map<String, ServiceStats> all = new HashMap<>();
    for (Hub hub : hubs.values()) {
      ServiceStats stats = hub.stats();
      if (stats.watched() || stats.registrations() > 0) {
        all.put(hub.service(), stats);
      }
    }
    return Map.copyOf(all);
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
    if (context.scheduler().isCurrent()) { // called by a listener that runs on our own thread
      hubs.values().forEach(Hub::end);
    } else {
      awaitEnd(all);
    }
    context.scheduler().close();
    context.store().close();
    listeners.end().run();
  }

  private void awaitEnd(List<Held> all) {
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
