package io.spinforge.balance;

import io.spinforge.balance.guard.Health;
import java.util.ArrayList;
import java.util.List;

/**
 * Sorts members into those that may be chosen now and those that may not. While members are left
 * that nothing is held against, ejected ones only join when their trial is due; when fewer than the
 * panic threshold are left, all are used, since an error is then more likely than not the fault of
 * what the members share. With nobody left at all, a due trial goes first.
 */
final class Selection<T> {
  private final List<Member<T>> candidates;
  private final List<Member<T>> eligible = new ArrayList<>();
  private int healthy;

  boolean panic;
  boolean due;
  long dueAt;

  Selection(List<Member<T>> candidates, boolean guarded, double panicThreshold, long now) {
    this.candidates = candidates;
    for (Member<T> member : candidates) {
      Health health = member.health;
      if (!guarded || health == null || !health.ejected()) {
        healthy++;
        eligible.add(member);
      } else if (health.eligible(now)) {
        eligible.add(member);
      } else {
        dueBy(health.eligibleAt());
      }
    }
    panic =
        healthy < candidates.size()
            && (healthy == 0 || healthy < panicThreshold * candidates.size());
  }

  private void dueBy(long time) {
    dueAt = due && dueAt - time < 0 ? dueAt : time;
    due = true;
  }

  boolean everyone() {
    return panic && (healthy > 0 || eligible.isEmpty());
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of members, whatever they balance
  Member<T>[] choice() {
    return (everyone() ? candidates : eligible).toArray(new Member[0]);
  }
}
