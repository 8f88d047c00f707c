package io.spinforge.balance;

import static java.util.Objects.requireNonNull;

import io.spinforge.balance.guard.Detector;
import io.spinforge.balance.guard.Health;
import io.spinforge.balance.pick.Algorithm;
import io.spinforge.balance.pick.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who the members are and which of them may be chosen. Publishes an immutable {@link View} whenever
 * either changes; everybody else only reads the last one.
 *
 * <p>Updates wait for each other. A caller whose request changed a member's health, or who came
 * after a trial fell due, never waits: it leaves a note, and whoever holds the lock acts on it.
 */
final class Roster<T> {
  private static final Logger LOG = LoggerFactory.getLogger(LoadBalancer.class);

  /** Members that left and are remembered, in case they come back: at least so many. */
  private static final int REMEMBERED = 64;

  private final Balancer<T> balancer;
  private final Algorithm algorithm;
  private final @Nullable Outlier outlier;
  private final @Nullable Detector detector;
  private final Rules<T> rules;
  private final Listeners<T> listeners;
  private final LongSupplier ticker;

  /** Guards all that follows, except where noted. */
  private final ReentrantLock lock = new ReentrantLock();

  private Map<T, Member<T>> live = new LinkedHashMap<>();
  private final Map<T, Member<T>> left = new LinkedHashMap<>();
  private final long[] forgottenCounts = new long[Outcome.values().length];
  private final Pickers<T> pickers;
  private boolean begun;

  /** Set by anybody, taken back by the holder of the lock before it looks at healths. */
  private volatile boolean stale;

  /** Written under the lock, read by every choice: the volatile read is all a choice waits for. */
  private volatile View<T> view;

  private final LongAdder ejections = new LongAdder();
  private final LongAdder updates = new LongAdder();

  Roster(
      Balancer<T> balancer,
      Algorithm algorithm,
      Pickers<T> pickers,
      @Nullable Outlier outlier,
      Rules<T> rules,
      Listeners<T> listeners,
      LongSupplier ticker) {
    this.balancer = balancer;
    this.algorithm = algorithm;
    this.pickers = pickers;
    this.outlier = outlier;
    this.detector = outlier == null ? null : outlier.start(ticker.getAsLong());
    this.rules = rules;
    this.listeners = listeners;
    this.ticker = ticker;
    Selection<T> nobody = new Selection<>(List.of(), false, rules, false, 0);
    view = new View<>(List.of(), nobody, pickers, false);
  }

  View<T> view() {
    return view;
  }

  /** Takes these members and their traits, which are valid, as the only ones. */
  void update(Map<T, Traits> traits) {
    lock.lock();
    try {
      long now = ticker.getAsLong();
      Map<T, Member<T>> unknown = create(traits); // may fail: nothing has changed yet
      Map<T, Member<T>> before = live;
      List<Member<T>> added = new ArrayList<>();
      live = new LinkedHashMap<>();
      traits.forEach(
          (value, of) -> {
            Member<T> member = before.remove(value);
            if (member == null) {
              Member<T> known = left.remove(value);
              member = known == null ? requireNonNull(unknown.get(value)) : known;
              added.add(member);
            }
            if (member.relist(value, of)) {
              pickers.forget();
            }
            live.put(value, member);
          });
      left.putAll(before);
      if (begun) { // those who came first are all equally cold
        added.forEach(member -> member.warmFrom(now));
      }
      begun |= !live.isEmpty();
      publish(now);
      updates.increment();
      before.values().forEach(member -> listeners.tell(to -> to.onRemoved(member)));
      added.forEach(member -> listeners.tell(to -> to.onAdded(member)));
      forget();
    } finally {
      unlock();
    }
  }

  /** Creates the members of values that nobody remembers. */
  private Map<T, Member<T>> create(Map<T, Traits> traits) {
    Map<T, Member<T>> created = new HashMap<>();
    traits.forEach(
        (value, of) -> {
          if (!live.containsKey(value) && !left.containsKey(value)) {
            created.put(value, create(value, of));
          }
        });
    return created;
  }

  private Member<T> create(T value, Traits traits) {
    Health health = detector == null ? null : detector.newHealth(value);
    Node node = algorithm.keyed() ? algorithm.newNode(traits.name()) : algorithm.newNodeOf(value);
    Member<T> member = new Member<>(balancer, value, traits, node, health);
    if (health != null) {
      health.watch(member::successes, member::failures);
    }
    return member;
  }

  /** Drops members that left long ago, but none that has requests in flight. */
  private void forget() {
    int excess = left.size() - Math.max(REMEMBERED, 2 * live.size());
    Iterator<Member<T>> oldest = left.values().iterator();
    while (excess > 0 && oldest.hasNext()) {
      Member<T> member = oldest.next();
      if (member.inFlight() == 0) {
        member.addCounts(forgottenCounts);
        oldest.remove();
        excess--;
      }
    }
  }

  /** Looks again at who may be chosen; at once, or when the current holder of the lock is done. */
  void refresh(long now) {
    stale = true;
    settle(now);
  }

  /** Leaves it to those who wait for the lock, if any: else they would starve in a storm. */
  private void settle(long now) {
    while (stale && !lock.hasQueuedThreads() && lock.tryLock()) {
      try {
        publish(now);
      } finally {
        lock.unlock();
      }
    }
  }

  private void unlock() {
    lock.unlock();
    if (stale) {
      settle(ticker.getAsLong());
    }
  }

  private void publish(long now) {
    stale = false;
    List<Member<T>> listed = List.copyOf(live.values());
    List<Member<T>> candidates = listed.stream().filter(m -> m.weight() > 0).toList();
    boolean guarded = candidates.size() > 1 && sweep(candidates, now);
    List<Member<T>> changed = listed.stream().filter(m -> m.ejected() != out(m, guarded)).toList();
    changed.stream().filter(Member::ejected).forEach(member -> member.warmFrom(now));
    Selection<T> selection = new Selection<>(candidates, guarded, rules, algorithm.keyed(), now);
    for (Member<T> member : candidates) {
      long next = member.warm(rules.slowStart(), now);
      if (next > 0) {
        selection.dueBy(now + next);
      }
    }
    boolean panicked = view.panic;
    view = new View<>(listed, selection, pickers, guarded);
    for (Member<T> member : changed) {
      member.ejected(!member.ejected());
      tellEjected(member, member.ejected());
    }
    if (panicked != selection.panic) {
      tellPanic(selection.panic, candidates.size());
    }
  }

  /** Lets the guard do what is due; false if there is none. */
  private boolean sweep(List<Member<T>> candidates, long now) {
    if (detector == null) {
      return false;
    }
    detector.sweep(candidates.stream().map(m -> m.health).filter(Objects::nonNull).toList(), now);
    return true;
  }

  private static boolean out(Member<?> member, boolean guarded) {
    Health health = member.health;
    return guarded && member.weight() > 0 && health != null && health.ejected();
  }

  private void tellEjected(Member<T> member, boolean ejected) {
    if (ejected) {
      ejections.increment();
      LOG.warn("member ejected for its failures: {} ({})", member, outlier);
      listeners.tell(to -> to.onEjected(member));
    } else {
      LOG.info("ejected member is back: {}", member);
      listeners.tell(to -> to.onReturned(member));
    }
  }

  private void tellPanic(boolean panic, int candidates) {
    if (panic) {
      LOG.warn("panic: too many members are ejected, all {} are used again", candidates);
    } else {
      LOG.info("panic is over");
    }
    listeners.tell(to -> to.onPanic(panic));
  }

  void addListener(BalancerListener<T> listener) {
    lock.lock();
    try {
      listeners.add(listener, live.values());
    } finally {
      unlock();
    }
  }

  void removeListener(BalancerListener<T> listener) {
    lock.lock();
    try {
      listeners.remove(listener);
    } finally {
      unlock();
    }
  }

  Optional<Outlier.Rule> outlier() {
    return Optional.ofNullable(outlier).map(Outlier::rule);
  }

  long ejections() {
    return ejections.sum();
  }

  long updates() {
    return updates.sum();
  }

  /** Returns the counts of ended requests by outcome, of all members there ever were. */
  long[] counts() {
    lock.lock();
    try {
      long[] sums = forgottenCounts.clone();
      live.values().forEach(member -> member.addCounts(sums));
      left.values().forEach(member -> member.addCounts(sums));
      return sums;
    } finally {
      unlock();
    }
  }
}
