package io.spinforge.health;

import static java.util.Objects.requireNonNull;

import io.spinforge.health.engine.IoLoop;
import io.spinforge.health.engine.Reply;
import io.spinforge.health.engine.Session;
import io.spinforge.health.engine.Sessions;
import io.spinforge.health.probe.Probe;
import io.spinforge.health.probe.ProbeResult;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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
  private final LongSupplier ticker;
  private final IoLoop loop;
  private final Sessions<T> sessions;
  private final Delivery<T> delivery;
  private final @Nullable HealthListener<? super T> listener;

  // Guards core and closed.
  private final ReentrantLock lock = new ReentrantLock();
  private final Core<T> core;
  private boolean closed;

  // Written under the lock after each change; plain volatile reads everywhere.
  private volatile HealthView<T> view;

  // The loop's thread's own.
  private final Deque<Told<T>> told = new ArrayDeque<>();
  private boolean listenerFailing;

  private LoopChecker(
      String name,
      Probe<? super T> probe,
      Rules rules,
      LongSupplier ticker,
      @Nullable HealthListener<? super T> listener) {
    this.name = name;
    this.ticker = ticker;
    this.listener = listener;
    this.core = new Core<>(rules, ticker.getAsLong());
    this.view = core.view();
    this.loop = new IoLoop("spinforge-health-" + name, ticker, this);
    this.sessions = new Sessions<>(probe, loop, "spinforge-health-" + name + "-blocking");
    this.delivery = new Delivery<>(name, this::view);
    if (listener != null) {
      delivery.onTransition("listener", listener::onTransition);
    }
  }

  /** Returns a checker whose threads run. */
  static <T> LoopChecker<T> start(
      String name,
      Probe<? super T> probe,
      Rules rules,
      LongSupplier ticker,
      @Nullable HealthListener<? super T> listener) {
    LoopChecker<T> checker = new LoopChecker<>(name, probe, rules, ticker, listener);
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
    delivery.onTransition("onTransition", requireNonNull(consumer, "consumer"));
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
                  slot.standing.failures(),
                  slot.standing.passes(),
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
    requireNonNull(target, "target");
    boolean listed;
    lock.lock();
    try {
      listed = !closed && core.drain(target, ticker.getAsLong());
      view = core.view();
    } finally {
      lock.unlock();
    }
    delivery.signal(List.of());
    return listed;
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
          v.effective().size(),
          v.panic(),
          core.inFlight(),
          loop.connections(),
          sessions.stuckWorkers(),
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
    List<Heard<T>> heard = listener == null ? List.of() : new ArrayList<>();
    HealthView<T> before = view;
    long next;
    lock.lock();
    try {
      core.looked(now);
      for (Told<T> t = told.poll(); t != null; t = told.poll()) {
        take(t, now, heard);
      }
      core.timers(now);
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
    effects.forEach(this::perform);
    heard.forEach(this::listen);
    return told.isEmpty() ? next : now;
  }

  @Override
  public void stopped() {
    lock.lock();
    try {
      closed = true;
      for (Slot<T> slot : core.slots()) {
        close(slot);
      }
      for (Effect<T> effect : core.takeEffects()) {
        close(effect.slot());
      }
    } finally {
      lock.unlock();
    }
    sessions.close();
  }

  private void take(Told<T> t, long now, List<Heard<T>> heard) {
    if (t.result == null) {
      core.idleClosed(t.slot, t.number, now);
      return;
    }
    long nanos = core.result(t.slot, t.number, t.result, now);
    if (nanos >= 0 && listener != null) {
      heard.add(new Heard<>(t.slot.value, requireNonNull(t.slot.last), nanos));
    }
  }

  private void perform(Effect<T> effect) {
    Slot<T> slot = effect.slot();
    try {
      switch (effect.kind()) {
        case START -> session(slot, effect.target()).start(effect.attempt(), effect.timeoutNanos());
        case EXPIRE -> session(slot, effect.target()).expire(effect.attempt());
        case CLOSE -> close(slot);
      }
    } catch (RuntimeException e) {
      // The host's function for the address, most likely.
      told.add(new Told<>(slot, effect.attempt(), ProbeResult.failed("cannot probe: " + e)));
    }
  }

  @SuppressWarnings("ReferenceEquality") // an equal value may have another address
  private Session<T> session(Slot<T> slot, T target) {
    Session<T> session = slot.session;
    if (session != null && slot.probed != target && !session.retarget(target)) {
      close(slot);
      session = null;
    }
    if (session == null) {
      session = sessions.open(target, new SlotReply(slot));
      slot.session = session;
    }
    slot.probed = target;
    return session;
  }

  private void close(Slot<T> slot) {
    Session<T> session = slot.session;
    slot.session = null;
    if (session != null) {
      session.close();
    }
  }

  private void listen(Heard<T> h) {
    HealthListener<? super T> to = listener;
    if (to == null) {
      return;
    }
    try {
      to.onProbe(h.target, h.result, h.nanos);
      listenerFailing = false;
    } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
      delivery.errors().incrementAndGet();
      if (!listenerFailing) {
        listenerFailing = true;
        log.warn("Listener failed: checker={} listener=onProbe", name, e);
      }
    }
  }

  /** What a session has told: a result with its number, or an idle time without a result. */
  private record Told<T>(Slot<T> slot, long number, @Nullable ProbeResult result) {}

  /** What the listener hears of a probe. */
  private record Heard<T>(T target, ProbeResult result, long nanos) {}

  private final class SlotReply implements Reply {
    private final Slot<T> slot;

    SlotReply(Slot<T> slot) {
      this.slot = slot;
    }

    @Override
    public void result(long attempt, ProbeResult result) {
      told.add(new Told<>(slot, attempt, result));
    }

    @Override
    public void idleClosed(long idleNanos) {
      told.add(new Told<>(slot, idleNanos, null));
    }
  }
}
