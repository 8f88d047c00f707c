package io.spinforge.benchmarks.sim.cache;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Knows which value may still be served. Every value that a loader reads has a number of its own
 * and the moment of its reading; every invalidation has the moment at which Redis committed it. A
 * read that began at {@code t} must not end with a value that is older than an invalidation
 * committed before {@code t} minus the bound, nor with one older than what its own node had
 * invalidated before the read began.
 */
final class Oracle {
  private final LongSupplier marks;
  private final LongSupplier now;
  private final List<Long> born = new ArrayList<>();
  private final List<Long> bornHere = new ArrayList<>();
  private final List<List<String>> tags = new ArrayList<>();
  private final Map<String, List<Commit>> commits = new HashMap<>();
  private final List<Map<String, Long>> ownFloors = new ArrayList<>();
  private final List<Long> bornAt = new ArrayList<>();
  private final Map<String, Long> changes = new HashMap<>();
  private final Map<String, Long> whileHeld = new HashMap<>();
  private final Map<String, Long> everywhere = new HashMap<>();
  private long lastLoss;

  Oracle(LongSupplier marks, LongSupplier now, int nodes) {
    this.marks = marks;
    this.now = now;
    for (int i = 0; i < nodes; i++) {
      ownFloors.add(new HashMap<>());
    }
  }

  /** Returns a value that is as new as can be now. */
  String value(List<String> itsTags) {
    born.add(marks.getAsLong());
    bornHere.add(0L);
    bornAt.add(now.getAsLong());
    tags.add(itsTags);
    return Integer.toString(born.size() - 1);
  }

  /** Notes that what a subject stands for changes now, and will be invalidated. */
  void changes(String subject) {
    changes.put(subject, marks.getAsLong());
  }

  /**
   * Tells whether a value is still that of a key, nothing that it depends on having changed since
   * it was read; then it is as new as can be now.
   */
  boolean confirmed(String key, String value) {
    int number = Integer.parseInt(value);
    long mark = born.get(number);
    boolean same = changes.getOrDefault(key, 0L) < mark;
    for (String tag : tagsOf(value)) {
      same &= changes.getOrDefault("#" + tag, 0L) < mark;
    }
    if (same) {
      born.set(number, marks.getAsLong());
      bornAt.set(number, now.getAsLong());
    }
    return same;
  }

  /** Returns how long ago a value was read or confirmed. */
  long age(String value) {
    return now.getAsLong() - bornAt.get(Integer.parseInt(value));
  }

  List<String> tagsOf(String value) {
    return tags.get(Integer.parseInt(value));
  }

  /** Notes that Redis committed an invalidation of a key or tag. */
  void committed(String subject) {
    commits
        .computeIfAbsent(subject, s -> new ArrayList<>())
        .add(new Commit(marks.getAsLong(), now.getAsLong(), marks.getAsLong()));
  }

  /** Notes that what a held key stands for changes now, as its holder had announced. */
  void changesWhileHeld(String key) {
    changes(key);
    whileHeld.put(key, marks.getAsLong());
  }

  /** Returns the mark of this moment. */
  long mark() {
    return marks.getAsLong();
  }

  /**
   * Notes that a key is held no more: what was read before it changed must be gone by now.
   *
   * @param held the mark at which Redis committed the hold, which a failover may lose
   */
  void holdEnded(String key, long held) {
    Long mark = whileHeld.remove(key);
    if (mark != null) {
      commits
          .computeIfAbsent(key, s -> new ArrayList<>())
          .add(new Commit(mark, now.getAsLong(), held));
    }
  }

  /** Notes that every node respects what began at {@code mark}, as who waited for it was told. */
  void everywhere(String subject, long mark) {
    if (mark >= lastLoss) {
      everywhere.merge(subject, mark, Math::max);
    }
  }

  /** Notes that Redis committed a value that was put. */
  void put(String key, String value) {
    committed(key);
    List<Commit> all = commits.getOrDefault(key, List.of());
    born.set(Integer.parseInt(value), all.get(all.size() - 1).mark);
  }

  /** Notes that a put returned, which may take effect at any moment until then. */
  void hasPut(String value) {
    bornHere.set(Integer.parseInt(value), marks.getAsLong());
  }

  /**
   * Notes what a node's own readers may not see any more: what is older than the call that began at
   * {@code mark}; unless a failover lost something meanwhile, which may have been this.
   */
  void floor(int node, String subject, long mark) {
    if (mark < lastLoss) {
      return;
    }
    ownFloors.get(node).merge(subject, mark, Math::max);
  }

  /** A failover lost everything after {@code mark}: said openly, so nothing is asked of it. */
  void lost(long mark) {
    commits.values().forEach(all -> all.removeIf(commit -> commit.made > mark));
    ownFloors.forEach(Map::clear);
    everywhere.clear();
    lastLoss = marks.getAsLong();
  }

  /**
   * Returns what a read that begins now must respect.
   *
   * @param live whether the node proves its memory now
   */
  Read begin(int node, String key, long bound, boolean live) {
    return new Read(node, key, now.getAsLong() - bound, Map.copyOf(ownFloors.get(node)), live);
  }

  /** What a read must respect. */
  final class Read {
    private final int node;
    private final String key;
    private final long began = marks.getAsLong();
    private final long beganAt = now.getAsLong();
    private final long until;
    private final Map<String, Long> floors;
    private final Map<String, Long> floorsOfAll = Map.copyOf(everywhere);
    private final boolean live;

    Read(int node, String key, long until, Map<String, Long> floors, boolean live) {
      this.live = live;
      this.node = node;
      this.key = key;
      this.until = until;
      this.floors = floors;
    }

    long beganAt() {
      return beganAt;
    }

    @Override
    public String toString() {
      return "node " + node + " read " + key;
    }

    /**
     * Throws if the read must not end with this value.
     *
     * @param loaded whether it was loaded for it: a node that is cut off shares its loads
     */
    void check(String value, boolean loaded, String how) {
      check(value, key, loaded, how);
      for (String tag : tagsOf(value)) {
        check(value, "#" + tag, loaded, how);
      }
    }

    private void check(String value, String subject, boolean loaded, String how) {
      long mark = born.get(Integer.parseInt(value));
      for (Commit commit : commits.getOrDefault(subject, List.of())) {
        if (commit.time <= until && commit.mark > mark) {
          throw new StaleRead(
              how + " of " + key + " is older than what was invalidated by " + subject);
        }
      }
      long here = Math.max(mark, bornHere.get(Integer.parseInt(value)));
      if (began > lastLoss && floors.getOrDefault(subject, 0L) > here) {
        throw new StaleRead(
            how + " of " + key + " is older than its own node's invalidation of " + subject);
      }
      if (began > lastLoss && (live || !loaded) && floorsOfAll.getOrDefault(subject, 0L) > here) {
        throw new StaleRead(
            how + " of " + key + " is older than what all nodes had applied of " + subject);
      }
    }
  }

  /**
   * What Redis committed.
   *
   * @param mark values from before it are not to be served
   * @param made the mark at which Redis had it
   */
  private record Commit(long mark, long time, long made) {}

  /** A value was served that must not be. */
  static final class StaleRead extends AssertionError {
    private static final long serialVersionUID = 1L;

    StaleRead(String message) {
      super(message);
    }
  }
}
