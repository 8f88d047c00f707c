package io.spinforge.health.registry;

import static io.spinforge.health.registry.RegistrationState.ACTIVE;
import static io.spinforge.health.registry.RegistrationState.CLOSED;
import static io.spinforge.health.registry.RegistrationState.DRAINING;
import static io.spinforge.health.registry.RegistrationState.FENCED;
import static io.spinforge.health.registry.RegistrationState.PENDING;
import static io.spinforge.health.registry.RegistrationState.UNCERTAIN;
import static java.util.Objects.requireNonNull;

import io.spinforge.health.registry.store.Answer;
import io.spinforge.health.registry.store.Claim;
import io.spinforge.health.registry.store.Lease;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A registration: what its owner wants to stand in the store, and what stands there as far as is
 * known. Every step compares the two and sends at most one command; an answer, a failure and a
 * change of mind all lead back to that comparison.
 *
 * <p>The entry carries this owner's nonce. An entry with another nonce means that somebody else
 * took the id: the registration is fenced, for good. Only a registration that never stood in the
 * store may take an id over; one that comes back after it lost its entry may not, or two owners
 * would throw each other out for ever.
 */
final class Held implements Registration {
  private static final long RETRY_SPREAD_NANOS = 100_000_000L;

  private final Hub hub;
  private final Context context;
  private final Lease lease;
  private final CountDownLatch over = new CountDownLatch(1);
  private final CountDownLatch drained = new CountDownLatch(1);
  private final ReentrantLock change = new ReentrantLock(); // so that no change of wanted is lost
  private volatile ServiceInstance wanted;
  private volatile RegistrationState state = PENDING; // written on the registry's thread
  private volatile boolean closing;
  private volatile @Nullable Long renewedAt; // written on the registry's thread; null: never stood

  // On the registry's thread.
  private @Nullable ServiceInstance stands; // what is known to stand in the store; null: unknown
  private long epoch; // 0: no entry
  private boolean sent; // a register command was sent, whatever became of it
  private boolean stood;
  private boolean busy;
  private boolean waits; // for the host's word that it is ready
  private Scheduler.@Nullable Timer retry;

  /** Makes a registration, which may wait until it is {@link #decided}. */
  Held(Hub hub, Context context, ServiceInstance instance, String nonce, boolean waits) {
    this.hub = hub;
    this.context = context;
    this.lease = new Lease(instance.id(), nonce);
    boolean suspect = instance.status() == InstanceStatus.SUSPECT; // by others' word, not its own
    this.wanted = suspect ? instance.withStatus(InstanceStatus.UP) : instance;
    this.waits = waits;
  }

  @Override
  public ServiceInstance instance() {
    return wanted;
  }

  @Override
  public RegistrationState state() {
    return state;
  }

  @Override
  public void update(ServiceInstance changed) {
    ServiceInstance now = wanted;
    if (!changed.service().equals(now.service()) || !changed.id().equals(now.id())) {
      throw new IllegalArgumentException(
          "changed: " + changed + " (expected: service and id of " + now + ")");
    }
    if (closing || state == FENCED) {
      throw new IllegalStateException("registration: " + state + " (expected: open)");
    }
    want(was -> changed.withStatus(was.status()));
  }

  @Override
  public boolean drain(Duration time) {
    requireNonNull(time, "time");
    if (time.isNegative()) {
      throw new IllegalArgumentException("time: " + time + " (expected: >= PT0S)");
    }
    if (!closing && state != FENCED) {
      want(was -> was.withStatus(InstanceStatus.DRAINING));
      await(over, time);
    }
    return drained.getCount() == 0;
  }

  private void want(UnaryOperator<ServiceInstance> step) {
    change.lock();
    try {
      wanted = step.apply(wanted);
    } finally {
      change.unlock();
    }
    context.scheduler().execute(this::pump);
  }

  @Override
  public void close() {
    beginClose();
    if (!context.scheduler().isCurrent()) {
      await(over, context.settings().timeout());
    }
  }

  void beginClose() {
    closing = true;
    context.scheduler().execute(this::pump);
  }

  boolean awaitOver(Duration time) {
    return await(over, time);
  }

  static boolean await(CountDownLatch latch, Duration time) {
    try {
      return latch.await(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  Lease lease() {
    return lease;
  }

  /** Returns whether it stands in the store as far as is known, and has a lease to renew. */
  boolean stands() {
    return epoch != 0 && state != FENCED && state != CLOSED;
  }

  /** Returns how long ago the store gave it its lease, or renewed that; null if it never did. */
  @Nullable Duration renewedAgo(long now) {
    Long at = renewedAt;
    return at == null ? null : Duration.ofNanos(Math.max(0, now - at));
  }

  boolean open() {
    return state != FENCED && state != CLOSED;
  }

  /**
   * Compares what is wanted with what stands, and does the next thing.
   *
   * @return whether a command is under way
   */
  boolean pump() {
    if (busy) {
      return true;
    }
    if (closing && state == FENCED) {
      hub.closed(this);
    } else if (closing && open()) {
      remove();
    } else if (open() && hub.pumping()) {
      ServiceInstance instance = wanted;
      boolean rewrites = epoch != 0 && (stands == null || !stands.sameAs(instance));
      boolean enters = epoch == 0 && retry == null && !waits;
      if (rewrites && hub.admits(this)) {
        rewrite(instance);
      } else if (enters && hub.admits(this)) {
        enter(instance);
      }
    }
    return busy;
  }

  /** The host is ready, or failed to become so. */
  void decided(@Nullable Throwable cause) {
    if (!open()) {
      return;
    }
    waits = false;
    if (cause == null) {
      pump();
    } else if (!closing) {
      hub.event("not registered, because it did not become ready: " + lease.id() + ": " + cause);
      closing = true;
      end(cause);
    }
  }

  private void remove() {
    if (!sent || hub.down()) {
      finish(); // nothing to take back, or nobody to tell: the lease runs out
      return;
    }
    send(context.store().remove(hub.service(), lease), answer -> finish(), () -> {});
  }

  private void enter(ServiceInstance instance) {
    boolean takeOver = !stood && (context.settings().takeOver() || instance.hasDefaultId());
    sent = true;
    sendInTurn(
        context.store().register(hub.service(), claim(instance, takeOver)),
        answer -> registered(answer, instance));
  }

  private void rewrite(ServiceInstance instance) {
    sendInTurn(
        context.store().update(hub.service(), lease, epoch, claim(instance, false)),
        answer -> updated(answer, instance));
  }

  private void sendInTurn(CompletableFuture<Answer> future, Consumer<Answer> answered) {
    hub.writing();
    long begun = context.scheduler().nanos();
    send(
        future,
        answer -> {
          hub.written(context.scheduler().nanos() - begun);
          answered.accept(answer);
        },
        () -> hub.written(Long.MAX_VALUE));
  }

  private Claim claim(ServiceInstance instance, boolean takeOver) {
    return new Claim(
        lease.id(),
        lease.nonce(),
        Statuses.letter(instance.status()),
        instance.encoded(),
        context.settings().ttl().toMillis(),
        takeOver,
        stood);
  }

  private void send(CompletableFuture<Answer> future, Consumer<Answer> answered, Runnable failed) {
    busy = true;
    hub.call(
        future,
        answer -> {
          busy = false;
          answered.accept(answer);
          pump();
        },
        () -> {
          busy = false;
          stands = null; // it may have been written all the same
          failed.run();
          pump();
        });
  }

  private void registered(Answer answer, ServiceInstance instance) {
    switch (answer.outcome()) {
      case WRITTEN -> {
        if (stood) {
          context.counters().reregistrations.increment();
          hub.event("registered again: " + lease.id());
        } else {
          hub.event("registered: " + lease.id());
        }
        standing(answer.epoch(), instance);
      }
      case OWN -> standing(answer.epoch(), null); // an earlier command was written after all
      case TAKEN -> {
        if (stood) {
          fence();
        } else {
          waitForId(answer.waitMillis());
        }
      }
      case GONE -> throw new IllegalStateException("a register command found nothing: " + lease);
    }
  }

  private void updated(Answer answer, ServiceInstance instance) {
    switch (answer.outcome()) {
      case WRITTEN -> standing(answer.epoch(), instance);
      case OWN -> standing(answer.epoch(), null); // another epoch than we thought: once more
      case GONE -> lost();
      case TAKEN -> fence();
    }
  }

  /** Takes the answer to a heartbeat. */
  void beaten(Answer answer) {
    if (busy || !stands()) {
      return; // the answer to the command under way is newer
    }
    switch (answer.outcome()) {
      case OWN, WRITTEN -> standing(answer.epoch(), answer.epoch() == epoch ? stands : null);
      case GONE -> lost();
      case TAKEN -> fence();
    }
    pump();
  }

  private void standing(long newEpoch, @Nullable ServiceInstance instance) {
    epoch = newEpoch;
    stands = instance;
    stood = true;
    renewedAt = context.scheduler().nanos();
    if (instance == null) {
      return; // not yet what is wanted: the next step writes it
    }
    boolean draining = instance.status() == InstanceStatus.DRAINING;
    to(draining ? DRAINING : ACTIVE, null);
    if (draining) {
      drained.countDown();
    }
    hub.standing();
  }

  private void lost() {
    epoch = 0;
    stands = null;
    hub.event("the store has lost " + lease.id());
    to(UNCERTAIN, null);
  }

  private void fence() {
    epoch = 0;
    context.counters().fencings.increment();
    hub.event("another owner has taken " + lease.id());
    to(FENCED, null);
    over.countDown();
  }

  private void waitForId(long waitMillis) {
    long heartbeat = context.settings().heartbeat().toNanos();
    long wait = Math.min(TimeUnit.MILLISECONDS.toNanos(Math.max(1, waitMillis)), heartbeat);
    long delay = wait + context.random().nextLong(RETRY_SPREAD_NANOS);
    hub.event("another owner holds " + lease.id() + " for " + waitMillis + " ms more");
    retry =
        context
            .scheduler()
            .schedule(
                delay,
                () -> {
                  retry = null;
                  pump();
                });
  }

  /** The store stopped to answer. */
  void unsure(Throwable cause) {
    if (state == ACTIVE || state == DRAINING) {
      to(UNCERTAIN, cause);
    }
  }

  /** Ends without telling the store. */
  void abandon() {
    if (state != CLOSED) {
      finish();
    }
  }

  private void finish() {
    end(null);
  }

  private void end(@Nullable Throwable cause) {
    if (retry != null) {
      retry.cancel();
    }
    to(CLOSED, cause);
    over.countDown();
    hub.closed(this);
  }

  private void to(RegistrationState next, @Nullable Throwable cause) {
    RegistrationState from = state;
    if (from != next) {
      state = next;
      context.notices().post(l -> l.registrationChanged(this, from, next, cause));
    }
  }

  @Override
  public String toString() {
    return "Registration[" + wanted + " " + state + "]";
  }
}
