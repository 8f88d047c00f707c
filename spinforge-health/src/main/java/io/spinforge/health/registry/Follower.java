package io.spinforge.health.registry;

import io.spinforge.health.registry.store.Entry;
import io.spinforge.health.registry.store.Hint;
import io.spinforge.health.registry.store.Lease;
import io.spinforge.health.registry.store.Sync;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the copy of one service up to date for all watches of this registry, however many: hints as
 * they come, and a question now and then whether one was missed. Lives on the registry's thread.
 */
final class Follower {
  private static final Logger log = LoggerFactory.getLogger(Follower.class);
  private static final long SOON_NANOS = 20_000_000L;
  private static final long EXPIRY_SPREAD_NANOS = 100_000_000L;
  private static final int CARRIED_LEASES = 2;
  private static final int REST = 4;
  private static final long LONGEST_REST_NANOS = 100_000_000L;

  private final Hub hub;
  private final Context context;
  private final List<ListWatch> watches = new ArrayList<>();
  private @Nullable Mirror mirror; // null while nobody watches
  private volatile @Nullable View view; // the last one published; read by anyone
  private volatile int carried; // read by explain
  private volatile int watchCount; // read by stats
  private volatile @Nullable ExpiryBudget budget; // as last told; read by explain
  private Protection protection = Protection.NONE;
  private Scheduler.@Nullable Timer askTimer;
  private Scheduler.@Nullable Timer carryTimer;
  private boolean asking;
  private boolean askAgain;
  private boolean publishing;
  private Scheduler.@Nullable Timer publishTimer;
  private long publishedAt;
  private long publishNanos; // how long the last list took
  private long ttlNanos;

  /**
   * What is known.
   *
   * @param up the instances of the snapshot that take new work
   */
  record View(ServiceSnapshot snapshot, List<ServiceInstance> up) {
    View(ServiceSnapshot snapshot) {
      this(snapshot, snapshot.up());
    }
  }

  Follower(Hub hub, Context context) {
    this.hub = hub;
    this.context = context;
    this.ttlNanos = context.settings().ttl().toNanos();
  }

  boolean active() {
    return mirror != null;
  }

  /** Returns what the watches see; null if there are none. */
  @Nullable View view() {
    return view;
  }

  int carried() {
    return carried;
  }

  @Nullable ExpiryBudget budget() {
    return budget;
  }

  int watches() {
    return watchCount;
  }

  void add(ListWatch watch) {
    watches.add(watch);
    watchCount = watches.size();
    if (mirror == null) {
      mirror = new Mirror(hub.service(), context.counters().unreadable);
      mirror.away(hub.down());
      view = new View(mirror.snapshot());
      context.store().follow(hub.service(), true);
      askNow();
    } else if (view != null && view.snapshot().loaded()) {
      watch.offer(view);
    }
  }

  void remove(ListWatch watch) {
    watches.remove(watch);
    watchCount = watches.size();
    if (watches.isEmpty() && mirror != null) {
      mirror = null;
      view = null;
      carried = 0;
      budget = null;
      askTimer = Hub.cancel(askTimer);
      carryTimer = Hub.cancel(carryTimer);
      if (!hub.registrations().isEmpty()) {
        context.store().follow(hub.service(), false);
      }
      hub.released();
    }
  }

  /** Ends all watches. */
  void end() {
    List.copyOf(watches).forEach(ListWatch::close);
    List.copyOf(watches).forEach(this::remove);
  }

  void hinted(Hint hint) {
    if (mirror == null) {
      return;
    }
    context.counters().hints.increment();
    Mirror.Result result = mirror.apply(hint);
    if (result == Mirror.Result.CHANGED) {
      publishSoon();
    } else if (result == Mirror.Result.GAP) {
      ask(0);
    }
  }

  /** Asks after a while, or earlier if that was planned. */
  void ask(long nanos) {
    if (mirror != null && !hub.down()) {
      if (asking) {
        askAgain = true;
      } else {
        Hub.cancel(askTimer);
        askTimer = context.scheduler().schedule(nanos, this::askNow);
      }
    }
  }

  /** Asks what changed. One question is under way at a time. */
  void askNow() {
    Mirror asker = mirror;
    askTimer = Hub.cancel(askTimer);
    if (asker == null || asking) {
      askAgain |= asking;
      return;
    }
    asking = true;
    askAgain = false;
    String generation = asker.generation();
    long revision = asker.revision();
    hub.call(
        context.store().sync(hub.service(), generation, revision),
        sync -> {
          asking = false;
          if (asker == mirror) {
            told(asker, sync, generation, revision);
          } else if (mirror != null) {
            askNow();
          }
        },
        () -> {
          asking = false;
          if (asker != mirror && mirror != null) {
            ask(0);
          }
        });
  }

  private void told(Mirror asker, Sync sync, String generation, long revision) {
    context.counters().syncs.increment();
    if (sync.whole()) {
      context.counters().snapshots.increment();
    }
    if (sync.ttlMillis() > 0) {
      ttlNanos = TimeUnit.MILLISECONDS.toNanos(sync.ttlMillis());
    }
    budget = ExpiryBudget.of(sync.leases());
    Mirror.Result result = asker.apply(sync, generation, revision);
    if (result == Mirror.Result.LOSS) {
      context.counters().storeLosses.increment();
      hub.event("the store came back with less; " + asker.carried() + " instances are carried on");
      log.warn(
          "registry {}: the store came back without {} instances of {}; they are kept for now",
          context.settings().name(),
          asker.carried(),
          hub.service());
      carry(0, asker.carried());
    }
    publish();
    boolean again = askAgain || result == Mirror.Result.GAP;
    askTimer = context.scheduler().schedule(again ? SOON_NANOS : pause(sync), this::askNow);
  }

  /**
   * Returns how long to wait before the next question: the reconcile interval, give or take a
   * fifth; but often enough that the store can tell a quiet service from one that could not reach
   * it, and in time for the next lease that ends.
   */
  private long pause(Sync sync) {
    long nanos = context.between(context.settings().reconcile(), 0.8, 1.2);
    nanos = Math.min(nanos, ttlNanos / 3);
    if (sync.expiryMillis() >= 0) {
      long expiry = TimeUnit.MILLISECONDS.toNanos(sync.expiryMillis()) + SOON_NANOS;
      nanos = Math.min(nanos, expiry + context.random().nextLong(EXPIRY_SPREAD_NANOS));
    }
    return nanos;
  }

  /**
   * Carries what the store lost for two leases, and on for as long as a lease's time still brought
   * somebody back: then the rest may stand in the same line.
   */
  private void carry(int leases, int left) {
    Hub.cancel(carryTimer);
    carryTimer =
        context
            .scheduler()
            .schedule(
                ttlNanos,
                () -> {
                  int now = carried;
                  boolean over = leases + 1 >= CARRIED_LEASES && now == left;
                  if (hub.down()) {
                    carry(0, now); // nobody can come back while the store is away
                  } else if (!over) {
                    carry(leases + 1, now);
                  } else if (mirror != null && mirror.dropCarried()) {
                    hub.event("the time to register again is over");
                    publish();
                  }
                });
  }

  /** The store stopped ({@code true}) or began to answer. */
  void away(boolean now) {
    askTimer = Hub.cancel(askTimer);
    if (mirror != null) {
      if (mirror.away(now)) {
        publish();
      }
      if (!now) {
        ask(context.spread());
      }
    }
  }

  /** Returns the lease of an instance, if the copy has it; stops to carry it, if it was carried. */
  @Nullable Lease witness(ServiceInstance instance) {
    if (mirror == null) {
      return null;
    }
    if (mirror.dropCarried(instance)) {
      publish();
    }
    Entry entry = mirror.entryOf(instance);
    return entry == null ? null : new Lease(entry.id(), entry.nonce());
  }

  /**
   * Publishes after the hints that are waiting already, so that a burst of them costs one list; and
   * not before four times as long has passed as the last list took to make, so that a stream of
   * changes to a very long list leaves most of the thread's time to other work.
   */
  private void publishSoon() {
    if (!publishing) {
      publishing = true;
      long since = context.scheduler().nanos() - publishedAt;
      long wait = Math.min(REST * publishNanos, LONGEST_REST_NANOS) - since;
      if (wait <= 0) {
        context.scheduler().execute(this::publish);
      } else {
        publishTimer = context.scheduler().schedule(wait, this::publish);
      }
    }
  }

  private void publish() {
    publishTimer = Hub.cancel(publishTimer);
    publishing = false;
    if (mirror == null) {
      return;
    }
    long begun = context.scheduler().nanos();
    publish(mirror);
    publishedAt = context.scheduler().nanos();
    publishNanos = publishedAt - begun;
  }

  private void publish(Mirror mirror) {
    ServiceSnapshot next = mirror.snapshot();
    carried = mirror.carried();
    Protection from = protection;
    Protection to = next.protection();
    if (from != to) {
      protection = to;
      hub.event("protection: " + to);
      context.notices().post(l -> l.protectionChanged(hub.service(), from, to));
    }
    View last = view;
    View fresh = new View(next);
    view = fresh;
    if (next.loaded() && !same(last, next)) {
      for (ListWatch watch : List.copyOf(watches)) {
        watch.offer(fresh);
      }
    }
  }

  private static boolean same(@Nullable View view, ServiceSnapshot next) {
    if (view == null || !view.snapshot().loaded()) {
      return false;
    }
    ServiceSnapshot last = view.snapshot();
    return last.generation().equals(next.generation())
        && last.revision() == next.revision()
        && last.protection() == next.protection()
        && ListWatch.same(last.instances(), next.instances());
  }
}
