package io.spinforge.balance;

import io.spinforge.balance.guard.Health;
import io.spinforge.balance.pick.Picker;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What every choice reads: immutable, replaced as a whole by {@link Roster}. */
final class View<T> {
  /** All members, in the order of the update. */
  final List<Member<T>> listed;

  /** Those the picker chooses among: its answers are indexes of this array. */
  final Member<T>[] choice;

  /** Null if there is nobody to choose. */
  final @Nullable Picker picker;

  /** Chooses for a request that found a trial taken; null if {@link #picker} will do. */
  final @Nullable Picker withoutTrials;

  /** Whether outcomes count against members: only where more than one could be chosen. */
  final boolean guarded;

  /** Whether too few members are left that are not ejected. */
  final boolean panic;

  /** For each of the choice, whether it is used, in panic, be it ejected or not. */
  final boolean[] forced;

  /** Whether a trial, a return or a step of a slow start is due, at {@link #dueAt}. */
  final boolean due;

  final long dueAt;

  View(List<Member<T>> listed, Selection<T> selection, Pickers<T> pickers, boolean guarded) {
    this.listed = listed;
    this.choice = selection.choice();
    this.picker = pickers.over(selection.groups);
    this.withoutTrials = pickers.withoutTrials(selection.groups);
    this.guarded = guarded;
    this.panic = selection.panic;
    this.forced = selection.forced(choice.length);
    this.due = selection.due;
    this.dueAt = selection.dueAt;
  }

  /** Whether one of the choice may be used by a request that does not try ejected members. */
  boolean usable(int index) {
    return forced[index] || healthy(choice[index]);
  }

  /** Whether a member takes requests and is not ejected. */
  boolean healthy(Member<T> member) {
    Health health = member.health;
    return member.weight() > 0 && !(guarded && health != null && health.ejected());
  }
}
