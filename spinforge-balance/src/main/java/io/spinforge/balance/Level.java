package io.spinforge.balance;

import io.spinforge.balance.guard.Health;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ObjLongConsumer;
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

  Level(List<Member<T>> candidates, boolean guarded, long now, ObjLongConsumer<Member<T>> due) {
    this.candidates = candidates;
    for (Member<T> member : candidates) {
      Health health = member.health;
      if (!guarded || health == null || !health.ejected()) {
        healthy++;
        eligible.add(member);
      } else if (health.eligible(now)) {
        eligible.add(member);
      } else {
        due.accept(member, health.eligibleAt());
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

  /** Members among whom one picker chooses. */
  static final class Group<T> {
    /** What tells this group from the others of a selection: its priority and its zone. */
    final String key;

    final List<Member<T>> members;

    /** Who of them may be chosen; null for all. */
    final boolean @Nullable [] open;

    /** The part of the requests that is for this group, above 0. */
    final double load;

    /** Whether ejected ones are used like all others. */
    final boolean everyone;

    Group(
        String key,
        List<Member<T>> members,
        boolean @Nullable [] open,
        double load,
        boolean everyone) {
      this.key = key;
      this.members = members;
      this.open = open;
      this.load = load;
      this.everyone = everyone;
    }
  }
}
