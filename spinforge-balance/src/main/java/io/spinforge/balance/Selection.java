package io.spinforge.balance;

import io.spinforge.balance.Level.Group;
import io.spinforge.balance.guard.Priorities;
import io.spinforge.balance.guard.Zones;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

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
    TreeMap<Integer, List<Member<T>>> byPriority = new TreeMap<>();
    candidates.forEach(
        m -> byPriority.computeIfAbsent(m.priority(), priority -> new ArrayList<>()).add(m));
    List<Level<T>> levels = new ArrayList<>();
    byPriority.values().forEach(in -> levels.add(new Level<>(in, guarded, now, this::dueBy)));
    share(levels, List.copyOf(byPriority.keySet()));
  }

  private void dueBy(Member<T> member, long time) {
    dueBy(time);
  }

  /** Notes that who may be chosen, or how often, changes at this time. */
  void dueBy(long time) {
    dueAt = due && dueAt - time < 0 ? dueAt : time;
    due = true;
  }

  private void share(List<Level<T>> levels, List<Integer> priorities) {
    int[] sizes = levels.stream().mapToInt(level -> level.candidates.size()).toArray();
    int[] usable = levels.stream().mapToInt(level -> level.eligible.size()).toArray();
    int[] health = Priorities.health(usable, sizes);
    int total = Priorities.total(health);
    boolean enough = levels.size() > 1 && total == 100;
    boolean[] inPanic = new boolean[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      inPanic[i] = !enough && levels.get(i).panic(rules.panicThreshold());
    }
    int[] loads = loads(health, sizes, usable, inPanic);
    for (int i = 0; i < sizes.length; i++) {
      if (loads[i] > 0) {
        panic |= inPanic[i];
        boolean everyone = inPanic[i] && levels.get(i).everyone();
        add(priorities.get(i), levels.get(i), loads[i] / 100.0, i == 0, everyone);
      }
    }
  }

  private static int[] loads(int[] health, int[] sizes, int[] usable, boolean[] inPanic) {
    if (sizes.length < 2) {
      return sizes.length == 0 ? new int[0] : new int[] {100};
    }
    if (IntStream.range(0, sizes.length).allMatch(i -> inPanic[i])) {
      return Priorities.proportional(sizes);
    }
    return Priorities.total(health) > 0
        ? Priorities.loads(health)
        : Priorities.proportional(usable);
  }

  private void add(int priority, Level<T> level, double load, boolean first, boolean everyone) {
    String key = String.valueOf(priority);
    if (keyed) {
      boolean all = everyone || level.eligible.size() == level.candidates.size();
      groups.add(new Group<>(key, level.candidates, all ? null : open(level), load, everyone));
      return;
    }
    List<Member<T>> members = everyone ? level.candidates : level.eligible;
    ZoneRule<T> zones = rules.zones();
    if (!first || everyone || zones == null || !addZones(key, members, zones, load)) {
      groups.add(new Group<>(key, members, null, load, everyone));
    }
  }

  private static <T> boolean[] open(Level<T> level) {
    boolean[] open = new boolean[level.candidates.size()];
    int next = 0;
    for (int i = 0; i < open.length && next < level.eligible.size(); i++) {
      if (level.candidates.get(i).equals(level.eligible.get(next))) { // in the same order
        open[i] = true;
        next++;
      }
    }
    return open;
  }

  /** Adds a group for each zone; false, adding none, where zones do not count. */
  private boolean addZones(String key, List<Member<T>> members, ZoneRule<T> rule, double load) {
    Map<String, List<Member<T>>> byZone = new LinkedHashMap<>();
    members.forEach(m -> byZone.computeIfAbsent(m.zone(), zone -> new ArrayList<>()).add(m));
    List<String> zones = List.copyOf(byZone.keySet());
    int local = zones.indexOf(rule.local());
    double[] callers = zones.stream().mapToDouble(rule::callersIn).toArray();
    if (members.size() < rules.zoneMinimum()
        || zones.size() < 2
        || local < 0
        || callers[local] == 0) {
      return false;
    }
    double[] weights =
        byZone.values().stream()
            .mapToDouble(in -> in.stream().mapToDouble(Member::weight).sum())
            .toArray();
    double[] shares = Zones.shares(weights, callers, local);
    for (int i = 0; i < shares.length; i++) {
      if (shares[i] > 0) {
        String zone = zones.get(i);
        List<Member<T>> in = byZone.getOrDefault(zone, List.of());
        groups.add(new Group<>(key + "/" + zone, in, null, load * shares[i], false));
      }
    }
    return true;
  }

  /** Returns all members of all groups, in the order of the groups. */
  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of members, whatever they balance
  Member<T>[] choice() {
    return groups.stream().flatMap(group -> group.members.stream()).toArray(Member[]::new);
  }

  /** Returns for each of {@link #choice} whether it is used though it may be ejected. */
  boolean[] forced() {
    boolean[] forced = new boolean[groups.stream().mapToInt(group -> group.members.size()).sum()];
    int from = 0;
    for (Group<T> group : groups) {
      int to = from + group.members.size();
      Arrays.fill(forced, from, to, group.everyone);
      from = to;
    }
    return forced;
  }
}
