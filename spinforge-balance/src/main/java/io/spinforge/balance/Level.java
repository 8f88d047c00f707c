package io.spinforge.balance;

import io.spinforge.balance.guard.Health;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The members of one priority, sorted into those that may be chosen now and those that may not.
 * While members are left that nothing is held against, ejected ones only join when their trial is
 * due; when fewer than the panic threshold are left, all are used, since an error is then more
 * likely than not the fault of what the members share. With nobody left at all, a due trial goes
 * first.
 */
final class Level<T> {
  final List<Member<T>> candidates;
  final List<Member<T>> eligible = new ArrayList<>();
  private int healthy;

  Level(List<Member<T>> candidates, boolean guarded, long now, LongConsumer due) {
    this.candidates = candidates;
    for (Member<T> member : candidates) {
      Health health = member.health;
      if (!guarded || health == null || !health.ejected()) {
        healthy++;
        eligible.add(member);
      } else if (health.eligible(now)) {
        eligible.add(member);
      } else {
        due.accept(health.eligibleAt());
      }
    }
  }

  boolean panic(double threshold) {
    return healthy < candidates.size() && (healthy == 0 || healthy < threshold * candidates.size());
  }

  /** Whether all members are used, ejected or not, given that there is panic. */
  boolean everyone() {
    return healthy > 0 || eligible.isEmpty();
  }

  /** Returns for each candidate whether it is eligible; null if all are. */
  boolean @Nullable [] open() {
    if (eligible.size() == candidates.size()) {
      return null;
    }
    boolean[] open = new boolean[candidates.size()];
    for (int i = 0, next = 0; next < eligible.size(); i++) {
      if (candidates.get(i).equals(eligible.get(next))) { // in the same order
        open[i] = true;
        next++;
      }
    }
    return open;
  }
}
