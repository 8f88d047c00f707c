package io.spinforge.cache.redis;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Own invalidations that Redis has not got yet: bounded, each key, tag or pattern once. Too many
 * keys become the clearing of their partitions, too many others that of everything, so that nothing
 * is forgotten. Thread-safe.
 *
 * <p>The breaker changes its state under this lock, so that no invalidation is queued after the
 * backlog was found empty and the breaker closed.
 */
final class Backlog {
  private static final int BATCH = 500;
  private static final int MOST_CONTROLS = 1000;
  private static final Control EVERYTHING = new Control(Control.Kind.TAGS, List.of("*"));

  private final ReentrantLock lock = new ReentrantLock();
  private final LinkedHashSet<String> keys = new LinkedHashSet<>(); // guarded by lock
  private final BitSet cleared = new BitSet(); // guarded by lock
  private final LinkedHashSet<Control> controls = new LinkedHashSet<>(); // guarded by lock
  private final Breaker breaker;
  private final ToIntFunction<String> partitionOf;
  private final int maximum;

  Backlog(Breaker breaker, ToIntFunction<String> partitionOf, int maximum) {
    this.breaker = breaker;
    this.partitionOf = partitionOf;
    this.maximum = maximum;
  }

  /** Queues keys that Redis may not have got, and opens the breaker so that they are replayed. */
  void addAndOpen(Collection<String> more) {
    lock.lock();
    try {
      add(more);
      breaker.open();
    } finally {
      lock.unlock();
    }
  }

  /** Queues what was invalidated otherwise than by key, and opens the breaker. */
  void addAndOpen(Control control) {
    lock.lock();
    try {
      add(control);
      breaker.open();
    } finally {
      lock.unlock();
    }
  }

  /** Opens the breaker. */
  void open() {
    addAndOpen(List.of());
  }

  void halfOpen() {
    lock.lock();
    try {
      breaker.halfOpen();
    } finally {
      lock.unlock();
    }
  }

  /** Closes the breaker if nothing is queued; else false. */
  boolean closeIfEmpty() {
    lock.lock();
    try {
      if (!keys.isEmpty() || !cleared.isEmpty() || !controls.isEmpty()) {
        return false;
      }
      breaker.close();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes the next piece of work out, to be given back if it fails. Taken out first, so that a key
   * invalidated again meanwhile is queued again.
   */
  Batch take() {
    lock.lock();
    try {
      if (!controls.isEmpty()) {
        Control control = controls.iterator().next();
        controls.remove(control);
        return new Batch(-1, false, List.of(), control);
      }
      if (!cleared.isEmpty()) {
        int partition = cleared.nextSetBit(0);
        cleared.clear(partition);
        return new Batch(partition, true, List.of());
      }
      List<String> taken = new ArrayList<>();
      int partition = -1;
      for (Iterator<String> it = keys.iterator(); it.hasNext() && taken.size() < BATCH; ) {
        String key = it.next();
        int p = partitionOf.applyAsInt(key);
        if (partition < 0 || p == partition) {
          partition = p;
          taken.add(key);
          it.remove();
        }
      }
      return new Batch(partition, false, taken);
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
      return keys.size() + cleared.cardinality() + controls.size();
    } finally {
      lock.unlock();
    }
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
      if (!cleared.get(partitionOf.applyAsInt(key))) {
        keys.add(key);
      }
    }
    if (keys.size() > maximum) {
      keys.forEach(key -> cleared.set(partitionOf.applyAsInt(key)));
      keys.clear();
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
