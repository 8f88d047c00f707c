package io.spinforge.health.registry;

import io.spinforge.health.registry.store.Answer;
import io.spinforge.health.registry.store.Lease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that a registry has to do with one service: its registrations, whose leases one heartbeat
 * renews, and the copy its watches look at. Lives on the registry's thread.
 *
 * <p>Whether the store answers is known per service, since in a Cluster one service's node may be
 * away while another's is not. The first command that fails makes the service unreachable; from
 * then on a single command is tried at a time, after a pause that doubles up to a heartbeat or two
 * seconds. When one is answered, everything else follows.
 *
 * <p>A store that has lost everything gets all registrations at once, from everybody. If each
 * waited in one long line and was sent again when its time was up, the line would grow faster than
 * it is worked off. So a registry has only some of them under way: more while answers come within
 * an eighth of the timeout, fewer while they need more than a quarter (a delay is told before a
 * loss is: Brakmo and Peterson, TCP Vegas, 1995). And the single command that is tried renews as
 * many leases as a heartbeat does: while few get through, none is wasted.
 */
final class Hub {
  private static final Logger log = LoggerFactory.getLogger(Hub.class);
  private static final long FIRST_RETRY_NANOS = 100_000_000L;
  private static final long LAST_RETRY_NANOS = 2_000_000_000L;
  private static final int LEASES_PER_BEAT = 128; // well below a millisecond of Redis
  private static final int FIRST_WRITING = 4;
  private static final int MOST_WRITING = 64;
  private static final int NOTE_EVERY = 3; // leases
  private static final int NOTE_LASTS = 8;

  private final String service;
  private final Context context;
  private final Events events;
  private final Map<String, Held> held = new ConcurrentHashMap<>(); // read by stats
  private final Follower follower;
  private final Set<Held> waiting = new LinkedHashSet<>(); // until fewer are being written
  private int writing;
  private int window = FIRST_WRITING; // how many may be under way
  private Scheduler.@Nullable Timer beatTimer;
  private Scheduler.@Nullable Timer retryTimer;
  private volatile boolean down; // written on the registry's thread, read by stats
  private boolean trying;
  private int attempts;
  private long notedAt;
  private boolean noted; // the services index knows of us, since notedAt

  Hub(String service, Context context) {
    this.service = service;
    this.context = context;
    this.events = new Events(context.clock());
    this.follower = new Follower(this, context);
  }

  String service() {
    return service;
  }

  Follower follower() {
    return follower;
  }

  Collection<Held> registrations() {
    return held.values();
  }

  Events events() {
    return events;
  }

  void event(String text) {
    events.add(text);
  }

  boolean down() {
    return down;
  }

  /** Returns whether registrations may send commands: always, but one at a time while down. */
  boolean pumping() {
    return !down || trying;
  }

  /** Tells why the list is what it is; on any thread. */
  ServiceExplanation explain() {
    Follower.View view = follower.view();
    List<ServiceInstance> known = new ArrayList<>();
    if (view != null) {
      known.addAll(view.snapshot().instances());
    } else {
      registrations().forEach(registration -> known.add(registration.instance()));
    }
    Map<InstanceStatus, Long> counts =
        known.stream()
            .collect(Collectors.groupingBy(ServiceInstance::status, Collectors.counting()));
    return new ServiceExplanation(
        service,
        view != null,
        !down,
        view == null ? Protection.NONE : view.snapshot().protection(),
        view == null ? "" : view.snapshot().generation(),
        view == null ? 0 : view.snapshot().revision(),
        counts.getOrDefault(InstanceStatus.UP, 0L).intValue(),
        counts.getOrDefault(InstanceStatus.DRAINING, 0L).intValue(),
        counts.getOrDefault(InstanceStatus.SUSPECT, 0L).intValue(),
        follower.carried(),
        follower.budget(),
        events.list());
  }

  /** Counts what is there; on any thread. */
  ServiceStats stats() {
    long now = context.scheduler().nanos();
    int open = 0;
    Duration oldest = null;
    for (Held registration : held.values()) {
      if (registration.open()) {
        open++;
        Duration age = registration.renewedAgo(now);
        if (oldest == null || (age != null && age.compareTo(oldest) > 0)) {
          oldest = age;
        }
      }
    }
    Follower.View view = follower.view();
    int instances = view == null ? 0 : view.snapshot().instances().size();
    return new ServiceStats(view != null, instances, open, oldest);
  }

  // Registrations

  /** Keeps a place for a registration; on any thread. */
  void reserve(Held registration) {
    held.compute(
        registration.lease().id(),
        (id, other) -> {
          if (other != null && other.open()) {
            throw new IllegalArgumentException(
                "instance: " + registration.instance() + " (expected: not registered here yet)");
          }
          return registration;
        });
  }

  void add(Held registration) {
    context.store().follow(service, follower.active());
    registration.pump();
  }

  /** Returns whether a registration may be written now; if not, it is pumped when it may. */
  boolean admits(Held registration) {
    if (writing < window) {
      return true;
    }
    waiting.add(registration);
    return false;
  }

  void writing() {
    writing++;
  }

  /**
   * A registration was written, or was not answered in time.
   *
   * @param took how long it took, ns; at least the timeout for one that failed
   */
  void written(long took) {
    writing--;
    long timeout = context.settings().timeout().toNanos();
    if (took >= timeout) {
      window = 1;
    } else if (took > timeout / 4) {
      window = Math.max(1, window - 1);
    } else if (took < timeout / 8) {
      window = Math.min(MOST_WRITING, window + 1);
    }
    while (writing < window && !waiting.isEmpty()) {
      Held next = waiting.iterator().next();
      waiting.remove(next);
      next.pump();
    }
  }

  void closed(Held registration) {
    waiting.remove(registration);
    held.remove(registration.lease().id(), registration);
    released();
  }

  /** Ends what goes on for the service, if nothing is registered or watched any more. */
  void released() {
    if (held.isEmpty() && !follower.active()) {
      beatTimer = cancel(beatTimer);
      retryTimer = cancel(retryTimer);
      down = false;
      attempts = 0;
      noted = false;
      context.store().unfollow(service);
    }
  }

  /** A registration stands in the store: its lease is to be renewed from now on. */
  void standing() {
    if (beatTimer == null) {
      beatIn(context.between(context.settings().heartbeat(), 0.9, 1.0));
    }
    long since = context.scheduler().nanos() - notedAt;
    if (!noted || since >= NOTE_EVERY * context.settings().ttl().toNanos()) {
      note();
    }
  }

  /** Vouches for the service in the index, which may be on another node than the service. */
  private void note() {
    noted = true;
    notedAt = context.scheduler().nanos();
    Call.start(
        context,
        context.store().note(service, NOTE_LASTS * context.settings().ttl().toMillis()),
        done -> {},
        cause -> {
          noted = false;
          context.counters().storeFailures.increment();
        });
  }

  private void beatIn(long nanos) {
    cancel(beatTimer);
    beatTimer = context.scheduler().schedule(nanos, this::beat);
  }

  private void beat() {
    beatTimer = null;
    List<Held> all = standing(Integer.MAX_VALUE);
    for (int from = 0; from < all.size(); from += LEASES_PER_BEAT) {
      beat(List.copyOf(all.subList(from, Math.min(all.size(), from + LEASES_PER_BEAT))));
    }
    if (!all.isEmpty() && !down) {
      standing();
    }
  }

  private List<Held> standing(int most) {
    return held.values().stream().filter(Held::stands).limit(most).toList();
  }

  private void beat(List<Held> group) {
    List<Lease> leases = group.stream().map(Held::lease).toList();
    call(
        context.store().beat(service, context.settings().ttl().toMillis(), leases),
        answers -> {
          context.counters().heartbeats.increment();
          for (int i = 0; i < group.size(); i++) {
            Answer answer = answers.get(i);
            group.get(i).beaten(answer);
          }
        },
        () -> {});
  }

  // The store's news

  /** The service's data began anew: whoever owns something there looks whether it was lost. */
  void reborn() {
    noted = false;
    if (!down && !held.isEmpty()) {
      beatIn(context.spread());
    }
    follower.ask(context.spread());
  }

  /** The store can be reached. */
  void connected() {
    if (down) {
      retryIn(context.spread());
    } else {
      reborn();
    }
  }

  /** The registry closes. */
  void end() {
    held.values().forEach(Held::abandon);
    follower.end();
  }

  // Whether the store answers

  /** Sends a command's answer or failure on, and draws the conclusion for the service. */
  <T> void call(CompletableFuture<T> future, Consumer<T> answered, Runnable failed) {
    Call.start(
        context,
        future,
        value -> {
          answeredAgain();
          answered.accept(value);
        },
        cause -> {
          noAnswer(cause);
          failed.run();
        });
  }

  private void answeredAgain() {
    attempts = 0;
    trying = false;
    if (!down) {
      return;
    }
    down = false;
    retryTimer = cancel(retryTimer);
    log.info("registry {}: the store answers again for {}", context.settings().name(), service);
    event("the store answers again");
    context.notices().post(l -> l.storeChanged(service, true, null));
    follower.away(false);
    beatIn(context.spread());
    held.values().forEach(Held::pump);
  }

  private void noAnswer(Throwable cause) {
    context.counters().storeFailures.increment();
    context.store().troubled();
    trying = false;
    if (!down) {
      down = true;
      log.warn(
          "registry {}: the store does not answer for {}; leases and lists are kept, trying again",
          context.settings().name(),
          service,
          cause);
      event("the store does not answer: " + cause);
      context.notices().post(l -> l.storeChanged(service, false, cause));
      beatTimer = cancel(beatTimer);
      held.values().forEach(registration -> registration.unsure(cause));
      follower.away(true);
    }
    if (retryTimer == null) {
      retryIn(context.between(pause(), 0.5, 1.0));
    }
  }

  private Duration pause() {
    long most = Math.min(context.settings().heartbeat().toNanos(), LAST_RETRY_NANOS);
    return Duration.ofNanos(Math.min(most, FIRST_RETRY_NANOS << Math.min(attempts, 16)));
  }

  private void retryIn(long nanos) {
    cancel(retryTimer);
    retryTimer = context.scheduler().schedule(nanos, this::retry);
  }

  /** Tries one command, whichever there is to send. */
  private void retry() {
    retryTimer = null;
    attempts++;
    List<Held> some = standing(LEASES_PER_BEAT);
    if (!some.isEmpty()) {
      beat(some);
      return;
    }
    if (follower.active()) {
      follower.askNow();
      return;
    }
    trying = true;
    for (Held registration : held.values()) {
      if (registration.pump()) {
        return;
      }
    }
    trying = false;
    retryIn(context.between(pause(), 0.5, 1.0)); // all wait for an id that another owner holds
  }

  static Scheduler.@Nullable Timer cancel(Scheduler.@Nullable Timer timer) {
    if (timer != null) {
      timer.cancel();
    }
    return null;
  }
}
