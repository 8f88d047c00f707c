package io.spinforge.health;

import static java.util.Objects.requireNonNull;

import io.spinforge.health.engine.IoLoop;
import io.spinforge.health.probe.Probe;
import io.spinforge.health.probe.ProbeResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A checker on an {@link IoLoop}: gives what sockets say to the {@link Core} and does what it asks.
 *
 * <p>The core is guarded by a lock, not owned by the loop's thread, so that {@link #targets} and
 * {@link #drain} are visible when they return. The lock is never held during I/O or foreign code.
 */
final class LoopChecker<T> implements HealthChecker<T>, IoLoop.Driver {
  private static final Logger log = LoggerFactory.getLogger(HealthChecker.class);
  private static final Duration STOP_WAIT = Duration.ofSeconds(2);

  private final String name;
  private final Rules rules;
  private final LongSupplier ticker;
  private final IoLoop loop;
  private final Prober<T> prober;
  private final Delivery<T> delivery;
  private final List<ProbeListener<T>> listeners = new CopyOnWriteArrayList<>();

  private final HeardProbes<T> heard = new HeardProbes<>();
  private final HeardProbes.Ear<T> ear = this::listen;

  // Guards core and closed.
  private final ReentrantLock lock = new ReentrantLock();
  private final Core<T> core;
  private boolean closed;

  // Written under the lock after each change; plain volatile reads everywhere.
  private volatile HealthView<T> view;

  private LoopChecker(String name, Probe<? super T> probe, Rules rules, LongSupplier ticker) {
    this.name = name;
    this.rules = rules;
    this.ticker = ticker;
    this.core = new Core<>(rules, ticker.getAsLong());
    this.view = core.view();
    this.loop = new IoLoop("spinforge-health-" + name, ticker, this);
    this.prober = new Prober<>(probe, loop, "spinforge-health-" + name);
    this.delivery = new Delivery<>(name, this::view);
  }

  /** Returns a checker whose threads run. */
  static <T> LoopChecker<T> start(
      String name,
      Probe<? super T> probe,
      Rules rules,
      LongSupplier ticker,
      @Nullable HealthListener<? super T> listener) {
    LoopChecker<T> checker = new LoopChecker<>(name, probe, rules, ticker);
    if (listener != null) {
      checker.addListener(listener);
    }
    checker.delivery.start();
    checker.loop.start();
    return checker;
  }

  @Override
  public void targets(Collection<? extends T> targets) {
    List<T> copy = new ArrayList<>(targets);
    lock.lock();
    try {
      if (closed) {
        return;
      }
      core.targets(copy, ticker.getAsLong());
      view = core.view();
    } finally {
      lock.unlock();
    }
    delivery.signal(List.of());
    loop.wakeup();
  }

  @Override
  public void onChange(Consumer<? super List<T>> consumer) {
    delivery.onChange(requireNonNull(consumer, "consumer"));
  }

  @Override
  public void onTransition(Consumer<? super Transition<T>> consumer) {
    requireNonNull(consumer, "consumer");
    delivery.onTransition("onTransition", consumer, consumer);
  }

  @Override
  public void addListener(HealthListener<? super T> listener) {
    requireNonNull(listener, "listener");
    delivery.onTransition("listener", listener, listener::onTransition);
    listeners.add(new ProbeListener<>(listener));
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // who was added is removed, not who is equal
  public void removeListener(HealthListener<? super T> listener) {
    requireNonNull(listener, "listener");
    listeners.removeIf(known -> known.to == listener);
    delivery.remove(listener);
  }

  @Override
  public HealthView<T> view() {
    return view;
  }

  @Override
  public Optional<Health> healthOf(T target) {
    requireNonNull(target, "target");
    lock.lock();
    try {
      Slot<T> slot = core.slot(target);
      return slot == null
          ? Optional.empty()
          : Optional.of(
              new Health(
                  slot.standing.status(),
                  slot.drained,
                  slot.suspended,
                  slot.standing.failures(),
                  slot.standing.passes(),
                  Duration.ofNanos(slot.holdNanos),
                  slot.last,
                  Duration.ofNanos(slot.lastNanos)));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void reportFailure(T target, Throwable cause) {
    requireNonNull(target, "target");
    requireNonNull(cause, "cause");
    lock.lock();
    try {
      if (closed) {
        return;
      }
      core.reported(target, ticker.getAsLong());
    } finally {
      lock.unlock();
    }
    loop.wakeup();
  }

  @Override
  public boolean drain(T target) {
    return change(target, core::drain);
  }

  @Override
  public boolean suspend(T target) {
    return change(target, core::suspend);
  }

  @Override
  public boolean resume(T target) {
    return change(target, core::resume);
  }

  @Override
  public CompletableFuture<HealthView<T>> ready() {
    return delivery.ready();
  }

  @Override
  public HealthStats stats() {
    lock.lock();
    try {
      HealthView<T> v = view;
      Tally t = core.tally();
      return new HealthStats(
          v.size(),
          v.healthy().size(),
          v.degraded().size(),
          v.unhealthy().size(),
          v.unknown().size(),
          v.drained().size(),
          v.suspended().size(),
          v.effective().size(),
          v.panic(),
          core.local().score(),
          core.inFlight(),
          loop.connections(),
          prober.stuckWorkers(),
          t.probes,
          t.passed,
          t.failed,
          t.timeouts,
          t.inconclusive,
          t.confirmations,
          t.transitions,
          t.droppedRounds,
          t.stalls,
          Duration.ofNanos(t.lateNanos),
          delivery.errors().get(),
          delivery.dropped());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String explain() {
    lock.lock();
    try {
      return Explanation.of(name, rules, core);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
    loop.stop(STOP_WAIT);
    delivery.stop(STOP_WAIT);
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // each published view is an object of its own
  public long turn(long now) {
    List<Effect<T>> effects;
    List<Transition<T>> transitions;
    boolean listening = !listeners.isEmpty();
    HealthView<T> before = view;
    long canary = prober.takeCanary();
    boolean sendCanary;
    long next;
    lock.lock();
    try {
      core.looked(now);
      if (canary >= 0) {
        core.local().canary(canary);
      }
      for (Prober.Told<T> t = prober.poll(); t != null; t = prober.poll()) {
        take(t, now, listening);
      }
      core.timers(now);
      sendCanary = core.inFlight() > 0 && core.local().wantsCanary(now);
      next = core.plan(now);
      effects = core.takeEffects();
      transitions = core.takeTransitions();
      view = core.view();
    } finally {
      lock.unlock();
    }
    if (view != before || !transitions.isEmpty()) {
      delivery.signal(transitions);
    }
    if (sendCanary) {
      prober.sendCanary();
    }
    effects.forEach(prober::perform);
    heard.tell(ear);
    return prober.idle() ? next : now;
  }

  @Override
  public void stopped() {
    lock.lock();
    try {
      closed = true;
      for (Slot<T> slot : core.slots()) {
        prober.close(slot);
      }
      for (Effect<T> effect : core.takeEffects()) {
        prober.close(effect.slot());
      }
    } finally {
      lock.unlock();
    }
    prober.close();
  }

  private boolean change(T target, Change<T> change) {
    requireNonNull(target, "target");
    boolean listed;
    lock.lock();
    try {
      listed = !closed && change.apply(target, ticker.getAsLong());
      view = core.view();
    } finally {
      lock.unlock();
    }
    delivery.signal(List.of());
    loop.wakeup();
    return listed;
  }

  private void take(Prober.Told<T> t, long now, boolean listening) {
    ProbeResult result = t.result();
    if (result == null) {
      core.idleClosed(t.slot(), t.number(), now);
      return;
    }
    long nanos = core.result(t.slot(), t.number(), result, now);
    if (nanos >= 0 && listening) {
      heard.add(t.slot().value, requireNonNull(t.slot().last), nanos);
    }
  }

  private void listen(T target, ProbeResult result, long nanos) {
    for (ProbeListener<T> listener : listeners) {
      try {
        listener.to.onProbe(target, result, nanos);
        listener.failing = false;
      } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
        delivery.errors().incrementAndGet();
        if (!listener.failing) {
          listener.failing = true;
          log.warn("Listener failed: checker={} listener=onProbe", name, e);
        }
      }
    }
  }

  private interface Change<T> {
    boolean apply(T target, long now);
  }

  private static final class ProbeListener<T> {
    private final HealthListener<? super T> to;
    // The loop's thread's own.
    private boolean failing;

    ProbeListener(HealthListener<? super T> to) {
      this.to = to;
    }
  }
}
