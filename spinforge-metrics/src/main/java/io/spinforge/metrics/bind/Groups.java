package io.spinforge.metrics.bind;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the values of a tag bounded. Things with one name make one group and share its meters; the
 * first 100 names there are at a time are kept apart, things with any further one make the group
 * {@code other}, which is logged once. A name is free again when its last thing has left.
 *
 * <p>Thread-safe; {@link #of} takes no lock and allocates nothing.
 *
 * @param <T> the type of the things, told apart as their {@code equals} does
 * @param <G> what a group holds
 */
final class Groups<T, G extends Groups.Group<T>> implements AutoCloseable {
  static final int MAX_NAMES = 100;
  static final String OTHER = "other";

  private static final Logger log = LoggerFactory.getLogger(Groups.class);

  /** Things of one name. */
  abstract static class Group<T> {
    private final List<T> things = new CopyOnWriteArrayList<>();

    double sum(ToDoubleFunction<T> value) {
      double sum = 0;
      for (T thing : things) {
        sum += value.applyAsDouble(thing);
      }
      return sum;
    }

    /** Returns the largest value; NaN if none is a number. */
    double max(ToDoubleFunction<T> value) {
      double max = Double.NaN;
      for (T thing : things) {
        double next = value.applyAsDouble(thing);
        max = next <= max || Double.isNaN(next) ? max : next;
      }
      return max;
    }

    abstract void close();
  }

  private final String tag;
  private final Function<? super T, String> naming;
  private final Function<String, G> grouping;

  /** Guards changes of everything below. */
  private final ReentrantLock lock = new ReentrantLock();

  private final ConcurrentHashMap<T, G> groups = new ConcurrentHashMap<>();
  private final Map<String, G> byName = new HashMap<>();
  private boolean warned;
  private boolean closed;

  /**
   * Creates no group yet.
   *
   * @param tag what the names are values of, for the log
   * @param naming names a thing
   * @param grouping makes the group of a name, meters and all
   */
  Groups(String tag, Function<? super T, String> naming, Function<String, G> grouping) {
    this.tag = tag;
    this.naming = naming;
    this.grouping = grouping;
  }

  /** Returns the group a thing is in. */
  @Nullable G of(T thing) {
    return groups.get(thing);
  }

  void join(T thing) {
    lock.lock();
    try {
      if (!closed && !groups.containsKey(thing)) {
        G group = byName.computeIfAbsent(name(thing), grouping);
        ((Group<T>) group).things.add(thing);
        groups.put(thing, group);
      }
    } finally {
      lock.unlock();
    }
  }

  private String name(T thing) {
    String name = naming.apply(thing);
    if (byName.containsKey(name) || byName.size() < MAX_NAMES) {
      return name;
    }
    if (!warned) {
      warned = true;
      log.warn(
          "Values of the tag {} beyond the first {} count as \"other\"; the first is {}",
          tag,
          MAX_NAMES,
          name);
    }
    return OTHER;
  }

  void leave(T thing) {
    lock.lock();
    try {
      Group<T> group = groups.remove(thing);
      if (group != null) {
        group.things.remove(thing);
        if (group.things.isEmpty()) {
          byName.values().remove(group);
          group.close();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      byName.values().forEach(Group::close);
      byName.clear();
      groups.clear();
    } finally {
      lock.unlock();
    }
  }
}
