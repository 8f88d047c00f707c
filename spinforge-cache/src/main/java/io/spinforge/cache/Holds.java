package io.spinforge.cache;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Keys whose value must not be kept for a while, because what they were invalidated for is not
 * committed yet: a load may still read what was before. Redis refuses to store anything under them;
 * this is what nodes know that heard of it, for the time that Redis is away, or has lost it.
 * Thread-safe. Bounded: beyond that every key is held, until the last of them.
 */
final class Holds {
  private static final int MOST = 10_000;

  private final ConcurrentHashMap<String, Long> ends = new ConcurrentHashMap<>();
  private final AtomicReference<Unnamed> everything = new AtomicReference<>(Unnamed.NONE);
  private final AtomicReference<Unnamed> some = new AtomicReference<>(Unnamed.NONE);
  private final Consumer<String> ended;
  private final Runnable allEnded;

  /**
   * Creates an empty one.
   *
   * @param ended told, before its next read, that a key is not held any more
   * @param allEnded told the same of every key
   */
  Holds(Consumer<String> ended, Runnable allEnded) {
    this.ended = ended;
    this.allEnded = allEnded;
  }

  /** Holds a key until a moment, or for longer if it is held for longer already. */
  void hold(String fullKey, long end, long now) {
    if (ends.size() >= MOST && !ends.containsKey(fullKey)) {
      ends.keySet().forEach(key -> end(key, now));
      if (ends.size() >= MOST) {
        everything.updateAndGet(was -> was.until(end));
        return;
      }
    }
    ends.merge(fullKey, end, Holds::later);
  }

  /** Notes that keys, nobody can say which, are held until a moment. */
  void holdSome(long end) {
    some.updateAndGet(was -> was.until(end));
  }

  /** Tells whether a key may be held whose hold this node was not told of, but Redis was. */
  boolean mayBeHeld(long now) {
    return requireNonNull(some.get()).holds(now);
  }

  /** Tells whether what is loaded for a key from now on is not to be kept. */
  boolean isHeld(String fullKey, long now) {
    if (requireNonNull(everything.get()).holds(now)) {
      return true;
    }
    Long end = ends.isEmpty() ? null : ends.get(fullKey);
    return end != null && now - end < 0;
  }

  /** Returns for how long, in nanoseconds, a key is held; 0 if it is not. */
  long left(String fullKey, long now) {
    Long end = ends.get(fullKey);
    return end == null ? 0 : Math.max(0, end - now);
  }

  /** Ends what is to end, before a read of a key: loads begun while it was held are not shared. */
  void beforeReading(String fullKey, long now) {
    if (!ends.isEmpty()) {
      end(fullKey, now);
    }
    endAll(everything, now);
    endAll(some, now);
  }

  private void endAll(AtomicReference<Unnamed> unnamed, long now) {
    Unnamed was = requireNonNull(unnamed.get());
    if (was.held && !was.holds(now) && unnamed.compareAndSet(was, Unnamed.NONE)) {
      allEnded.run();
    }
  }

  private void end(String fullKey, long now) {
    Long end = ends.get(fullKey);
    if (end != null && now - end >= 0 && ends.remove(fullKey, end)) {
      ended.accept(fullKey);
    }
  }

  private static long later(long a, long b) {
    return a - b < 0 ? b : a;
  }

  /** A hold of keys that are not named. */
  private record Unnamed(boolean held, long end) {
    static final Unnamed NONE = new Unnamed(false, 0);

    boolean holds(long now) {
      return held && now - end < 0;
    }

    Unnamed until(long other) {
      return new Unnamed(true, held ? later(end, other) : other);
    }
  }
}
