package io.spinforge.balance;

import io.spinforge.balance.guard.Health;
import io.spinforge.balance.pick.Picker;
import java.util.Collection;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Members for a request's second and further attempts. The policy has the first word, a key's own
 * order included. Where it insists on members that were tried, anybody will do: the least loaded of
 * those it chooses among, then of the first other priority or zone. Never one that drains; one that
 * is ejected only where, in panic, first attempts use it too: a trial is no second attempt's.
 */
final class Others<T> {
  /** How often a policy that draws is asked before it is said to insist. */
  private static final int DRAWS = 16;

  /** How often others may take the last room of a member that was chosen: never in practice. */
  private static final int MAX_RACES = 1_000;

  private final Balancer<T> balancer;
  private final boolean keyed;
  private final Supplier<RandomGenerator> random;

  Others(Balancer<T> balancer, boolean keyed, Supplier<RandomGenerator> random) {
    this.balancer = balancer;
    this.keyed = keyed;
    this.random = random;
  }

  /** Acquires one that is not among those tried; null if there is none. O(members). */
  @Nullable Member<T> acquire(long hash, Collection<Member<T>> tried, long now) {
    View<T> view = balancer.view(now);
    Picker picker = keyed ? without(view, tried) : view.picker;
    int draws = keyed ? MAX_RACES : DRAWS;
    for (int draw = 0; picker != null && draw < draws; draw++) {
      int index = picker.pick(now, hash);
      Member<T> member = view.choice[index];
      if (!tried.contains(member)
          && view.usable(index)
          && admitted(member, view.forced[index], now)
          && picker.acquire(index, member.node)) {
        balancer.chosen(view.forced[index]);
        return member;
      }
    }
    Member<T> member = any(view, tried);
    if (member != null) {
      member.node.acquire();
    }
    return member;
  }

  /** Returns the picker of a view for the nodes that are left; null if there are none. */
  private @Nullable Picker without(View<T> view, Collection<Member<T>> tried) {
    boolean[] open = new boolean[view.choice.length];
    boolean some = false;
    for (int i = 0; i < open.length; i++) {
      open[i] = view.usable(i) && !tried.contains(view.choice[i]);
      some |= open[i];
    }
    return some && view.picker != null ? view.picker.among(open) : null;
  }

  /** Tells the member's rule of the choice, if there is anything held against it. */
  private static boolean admitted(Member<?> member, boolean forced, long now) {
    Health health = member.health;
    return health == null
        || forced
        || !health.suspect()
        || health.chosen(now) != Health.Admission.CLOSED;
  }

  private @Nullable Member<T> any(View<T> view, Collection<Member<T>> tried) {
    Member<T> best = null;
    int size = view.choice.length;
    int from = size == 0 ? 0 : random.get().nextInt(size); // else the first one gets all ties
    for (int i = 0; i < size; i++) {
      int index = (from + i) % size;
      Member<T> member = view.choice[index];
      if (view.usable(index) && !tried.contains(member) && (best == null || less(member, best))) {
        best = member;
      }
    }
    if (best != null) {
      return best;
    }
    for (Member<T> member : view.listed) {
      if (view.healthy(member)
          && !tried.contains(member)
          && (best == null
              || member.priority() < best.priority()
              || (member.priority() == best.priority() && less(member, best)))) {
        best = member;
      }
    }
    return best;
  }

  private static boolean less(Member<?> one, Member<?> other) {
    return one.inFlight() * other.effectiveWeight() < other.inFlight() * one.effectiveWeight();
  }

  /** Tells whether there is somebody who was not tried. */
  boolean exist(Collection<Member<T>> tried) {
    View<T> view = balancer.view();
    for (int i = 0; i < view.choice.length; i++) {
      if (view.usable(i) && !tried.contains(view.choice[i])) {
        return true;
      }
    }
    for (Member<T> member : view.listed) {
      if (view.healthy(member) && !tried.contains(member)) {
        return true;
      }
    }
    return false;
  }
}
