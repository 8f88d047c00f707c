package io.spinforge.balance;

import io.spinforge.balance.guard.Priorities;
import io.spinforge.balance.guard.Zones;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Shares the requests out: first among priorities ({@link Priorities}), then, within the first one
 * and unless it is in panic, among zones ({@link Zones}). With more than one priority a panic
 * threshold counts only while all together have less health than it takes: Envoy's order.
 */
final class Selection<T> {
  final List<Group<T>> groups = new ArrayList<>();

  boolean panic;
  boolean due;
  long dueAt;

  private final Rules<T> rules;
  private final boolean keyed;

  Selection(List<Member<T>> candidates, boolean guarded, Rules<T> rules, boolean keyed, long now) {
    this.rules = rules;
    this.keyed = keyed;
    Map<Integer, List<Member<T>>> byPriority = new TreeMap<>();
    for (Member<T> member : candidates) {
      byPriority.computeIfAbsent(member.priority(), priority -> new ArrayList<>()).add(member);
    }
    List<Level<T>> levels = new ArrayList<>();
    for (List<Member<T>> in : byPriority.values()) {
      levels.add(new Level<>(in, guarded, now, this::dueBy));
    }
    share(levels, new ArrayList<>(byPriority.keySet()));
  }

  /** Notes that who may be chosen, or how often, changes at this time. */
  void dueBy(long time) {
    dueAt = due && dueAt - time < 0 ? dueAt : time;
    due = true;
  }

  private void share(List<Level<T>> levels, List<Integer> priorities) {
    int[] sizes = new int[levels.size()];
    int[] usable = new int[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = levels.get(i).candidates.size();
      usable[i] = levels.get(i).eligible.size();
    }
    int[] health = Priorities.health(usable, sizes, rules.overprovisioning());
    boolean enough = sizes.length > 1 && Priorities.total(health) == 100;
    boolean[] inPanic = new boolean[sizes.length];
    boolean total = true;
    for (int i = 0; i < sizes.length; i++) {
      inPanic[i] = !enough && levels.get(i).panic(rules.panicThreshold());
      total &= inPanic[i];
    }
    int[] loads = loads(health, sizes, usable, total);
    for (int i = 0; i < sizes.length; i++) {
      if (loads[i] > 0) {
        panic |= inPanic[i];
        boolean everyone = inPanic[i] && levels.get(i).everyone();
        add(priorities.get(i), levels.get(i), loads[i] / 100.0, i == 0, everyone);
      }
    }
  }

  private static int[] loads(int[] health, int[] sizes, int[] usable, boolean totalPanic) {
    if (sizes.length < 2) {
      return sizes.length == 0 ? sizes : new int[] {100};
    }
    if (totalPanic) {
      return Priorities.proportional(sizes);
    }
    return Priorities.total(health) > 0
        ? Priorities.loads(health)
        : Priorities.proportional(usable);
  }

  private void add(int priority, Level<T> level, double load, boolean first, boolean everyone) {
    String key = String.valueOf(priority);
    if (keyed) {
      boolean[] open = everyone ? null : level.open();
      boolean[] settled = everyone ? null : level.settled();
      groups.add(new Group<>(key, level.candidates, open, settled, load, everyone));
      return;
    }
    List<Member<T>> members = everyone ? level.candidates : level.eligible;
    ZoneRule<T> zones = rules.zones();
    if (!first || everyone || zones == null || !addZones(key, members, zones, load)) {
      groups.add(new Group<>(key, members, null, null, load, everyone));
    }
  }

  /** Adds a group for each zone; false, adding none, where zones do not count. */
  private boolean addZones(String key, List<Member<T>> members, ZoneRule<T> rule, double load) {
    Map<String, List<Member<T>>> byZone = new LinkedHashMap<>();
    for (Member<T> member : members) {
      byZone.computeIfAbsent(member.zone(), zone -> new ArrayList<>()).add(member);
    }
    List<String> zones = new ArrayList<>(byZone.keySet());
    List<List<Member<T>>> in = new ArrayList<>(byZone.values());
    int local = zones.indexOf(rule.local());
    if (members.size() < rules.zoneMinimum() || zones.size() < 2 || local < 0) {
      return false;
    }
    double[] callers = new double[zones.size()];
    double[] weights = new double[zones.size()];
    for (int i = 0; i < weights.length; i++) {
      callers[i] = rule.callersIn(zones.get(i));
      for (Member<T> member : in.get(i)) {
        weights[i] += member.weight();
      }
    }
    if (callers[local] == 0) {
      return false;
    }
    double[] shares = Zones.shares(weights, callers, local);
    for (int i = 0; i < shares.length; i++) {
      if (shares[i] > 0) {
        groups.add(
            new Group<>(key + "/" + zones.get(i), in.get(i), null, null, load * shares[i], false));
      }
    }
    return true;
  }

  /** Returns all members of all groups, in the order of the groups. */
  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of members, whatever they balance
  Member<T>[] choice() {
    List<Member<T>> all = new ArrayList<>();
    for (Group<T> group : groups) {
      all.addAll(group.members);
    }
    return all.toArray(new Member[0]);
  }

  /** Returns for each of {@link #choice} whether it is used though it may be ejected. */
  boolean[] forced(int size) {
    boolean[] forced = new boolean[size];
    int from = 0;
    for (Group<T> group : groups) {
      Arrays.fill(forced, from, from + group.members.size(), group.everyone);
      from += group.members.size();
    }
    return forced;
  }
}
