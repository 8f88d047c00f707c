package io.spinforge.cache.redis;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Own invalidations that Redis has not got yet: bounded, each key, tag or pattern once. Too many
 * keys become the clearing of their partitions, too many others that of everything, so that nothing
 * is forgotten. Thread-safe.
 *
 * <p>The breakers change their state under this lock, so that no invalidation is queued after the
 * backlog of its shard was found empty and the breaker closed.
 */
final class Backlog {
  private static final int BATCH = 500;
  private static final int MOST_CONTROLS = 1000;
  private static final Control EVERYTHING = new Control(Control.Kind.TAGS, List.of("*"));

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Integer, LinkedHashSet<String>> keys = new TreeMap<>(); // guarded by lock
  private int size; // of all keys; guarded by lock
  private final BitSet cleared = new BitSet(); // guarded by lock
  private final LinkedHashSet<Control> controls = new LinkedHashSet<>(); // guarded by lock
  private final Shards shards;
  private final ToIntFunction<String> partitionOf;
  private final int maximum;

  Backlog(Shards shards, ToIntFunction<String> partitionOf, int maximum) {
    this.shards = shards;
    this.partitionOf = partitionOf;
    this.maximum = maximum;
  }

  /**
   * Queues keys that Redis may not have got, and opens their breakers so that they are replayed.
   */
  void addAndOpen(Collection<String> more) {
    lock.lock();
    try {
      add(more);
      BitSet theirs = new BitSet();
      more.forEach(key -> theirs.set(shards.of(partitionOf.applyAsInt(key))));
      shards.open(theirs);
    } finally {
      lock.unlock();
    }
  }

  /** Queues what was invalidated otherwise than by key, and opens the control log's breaker. */
  void addAndOpen(Control control) {
    lock.lock();
    try {
      add(control);
      BitSet its = new BitSet();
      its.set(shards.control());
      shards.open(its);
    } finally {
      lock.unlock();
    }
  }

  /** Opens breakers. */
  void open(BitSet which) {
    lock.lock();
    try {
      shards.open(which);
    } finally {
      lock.unlock();
    }
  }

  void halfOpen(BitSet which) {
    lock.lock();
    try {
      which.stream().forEach(shard -> shards.breaker(shard).halfOpen());
    } finally {
      lock.unlock();
    }
  }

  /** Closes a shard's breaker if nothing of it is queued; else false. */
  boolean closeIfEmpty(int shard) {
    lock.lock();
    try {
      boolean empty = shard != shards.control() || controls.isEmpty();
      for (int log : shards.logs(shard)) {
        empty &= !keys.containsKey(log) && !cleared.get(log);
      }
      if (empty) {
        shards.close(shard);
      }
      return empty;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes a shard's next piece of work out, to be given back if it fails. Taken out first, so that
   * a key invalidated again meanwhile is queued again.
   */
  Batch take(int shard) {
    lock.lock();
    try {
      if (shard == shards.control() && !controls.isEmpty()) {
        Control control = controls.iterator().next();
        controls.remove(control);
        return new Batch(-1, false, List.of(), control);
      }
      int[] logs = shards.logs(shard);
      for (int log : logs) {
        if (cleared.get(log)) {
          cleared.clear(log);
          return new Batch(log, true, List.of());
        }
      }
      for (int log : logs) {
        if (keys.containsKey(log)) {
          return new Batch(log, false, takeKeys(log));
        }
      }
      return new Batch(-1, false, List.of());
    } finally {
      lock.unlock();
    }
  }

  void giveBack(Batch batch) {
    lock.lock();
    try {
      Control control = batch.control();
      if (control != null) {
        add(control);
      } else if (batch.clear()) {
        cleared.set(batch.partition());
      } else {
        add(batch.keys());
      }
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return size + cleared.cardinality() + controls.size();
    } finally {
      lock.unlock();
    }
  }

  private List<String> takeKeys(int partition) {
    LinkedHashSet<String> its = keys.getOrDefault(partition, new LinkedHashSet<>());
    List<String> taken = new ArrayList<>();
    for (Iterator<String> it = its.iterator(); it.hasNext() && taken.size() < BATCH; ) {
      taken.add(it.next());
      it.remove();
    }
    if (its.isEmpty()) {
      keys.remove(partition);
    }
    size -= taken.size();
    return taken;
  }

  private void add(Control control) {
    if (!controls.contains(EVERYTHING)) {
      controls.add(control);
    }
    if (controls.size() > MOST_CONTROLS) {
      controls.clear();
      controls.add(EVERYTHING);
    }
  }

  private void add(Collection<String> more) {
    for (String key : more) {
      int partition = partitionOf.applyAsInt(key);
      if (!cleared.get(partition)
          && keys.computeIfAbsent(partition, p -> new LinkedHashSet<>()).add(key)) {
        size++;
      }
    }
    if (size > maximum) {
      keys.keySet().forEach(cleared::set);
      keys.clear();
      size = 0;
    }
  }

  /**
   * Invalidations of one partition.
   *
   * @param clear whether all of the partition is meant; else the keys, none if there is no work
   * @param control what is meant instead, if it is not meant by key
   */
  record Batch(int partition, boolean clear, List<String> keys, @Nullable Control control) {
    Batch(int partition, boolean clear, List<String> keys) {
      this(partition, clear, keys, null);
    }

    boolean isEmpty() {
      return !clear && keys.isEmpty() && control == null;
    }
  }
}
