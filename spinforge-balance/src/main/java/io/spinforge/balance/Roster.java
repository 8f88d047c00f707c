package io.spinforge.balance;

import io.spinforge.balance.guard.Health;
import io.spinforge.balance.pick.Algorithm;
import io.spinforge.balance.pick.Node;
import io.spinforge.balance.pick.Picker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
  private final double panicThreshold;
  private final Listeners<T> listeners;
  private final LongSupplier ticker;

  /** Guards all that follows, except where noted. */
  private final ReentrantLock lock = new ReentrantLock();

  private Map<T, Member<T>> live = new LinkedHashMap<>();
  private final Map<T, Member<T>> left = new LinkedHashMap<>();
  private final long[] forgottenCounts = new long[Outcome.values().length];
  private Member<?>[] pickedOver = new Member<?>[0];
  private double[] pickedWeights = new double[0];
  private @Nullable Picker picker;

  /** Set by anybody, taken back by the holder of the lock before it looks at healths. */
  private volatile boolean stale;

  /** Written under the lock, read by every choice: the volatile read is all a choice waits for. */
  private volatile View<T> view;

  private final LongAdder ejections = new LongAdder();
  private final LongAdder updates = new LongAdder();

  Roster(
      Balancer<T> balancer,
      Algorithm algorithm,
      @Nullable Outlier outlier,
      double panicThreshold,
      Listeners<T> listeners,
      LongSupplier ticker) {
    this.balancer = balancer;
    this.algorithm = algorithm;
    this.outlier = outlier;
    this.panicThreshold = panicThreshold;
    this.listeners = listeners;
    this.ticker = ticker;
    Selection<T> nobody = new Selection<>(List.of(), false, 0, 0);
    view = new View<>(List.of(), nobody, null, false);
  }

  View<T> view() {
    return view;
  }

  /** Takes these members and weights, which are valid, as the only ones. */
  void update(Map<T, Double> weights) {
    lock.lock();
    try {
      long now = ticker.getAsLong();
      Map<T, Member<T>> before = live;
      List<Member<T>> added = new ArrayList<>();
      live = new LinkedHashMap<>();
      weights.forEach(
          (value, weight) -> {
            Member<T> member = before.remove(value);
            if (member == null) {
              member = revive(value);
              added.add(member);
            }
            member.relist(value, weight);
            live.put(value, member);
          });
      left.putAll(before);
      publish(now);
      updates.increment();
      before.values().forEach(member -> listeners.tell(to -> to.onRemoved(member)));
      added.forEach(member -> listeners.tell(to -> to.onAdded(member)));
      forget();
    } finally {
      unlock();
    }
  }

  private Member<T> revive(T value) {
    Member<T> known = left.remove(value);
    if (known != null) {
      return known;
    }
    Health health = outlier == null ? null : outlier.newHealth();
    return new Member<>(balancer, value, algorithm.newNode(value), health);
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
    boolean guarded = outlier != null && candidates.size() > 1;
    Selection<T> selection = new Selection<>(candidates, guarded, panicThreshold, now);
    boolean panicked = view.panic;
    view = new View<>(listed, selection, pickerOver(selection.choice()), guarded);
    for (Member<T> member : listed) {
      Health health = member.health;
      boolean ejected = guarded && member.weight() > 0 && health != null && health.ejected();
      if (ejected != member.ejected()) {
        member.ejected(ejected);
        tellEjected(member, ejected);
      }
    }
    if (panicked != selection.panic) {
      tellPanic(selection.panic, candidates.size());
    }
  }

  private @Nullable Picker pickerOver(Member<T>[] choice) {
    double[] weights = new double[choice.length];
    Node[] nodes = new Node[choice.length];
    for (int i = 0; i < choice.length; i++) {
      weights[i] = choice[i].weight();
      nodes[i] = choice[i].node;
    }
    if (!Arrays.equals(choice, pickedOver) || !Arrays.equals(weights, pickedWeights)) {
      pickedOver = choice;
      pickedWeights = weights;
      picker = choice.length == 0 ? null : algorithm.over(nodes, weights);
    }
    return picker;
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
