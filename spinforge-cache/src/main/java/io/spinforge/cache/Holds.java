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

  private final ConcurrentHashMap<String, Ends> ends = new ConcurrentHashMap<>();
  private final AtomicReference<Ends> everything = new AtomicReference<>(Ends.NONE);
  private final AtomicReference<Ends> some = new AtomicReference<>(Ends.NONE);
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

  /**
   * Holds a key until a moment, or for longer if it is held for longer already. Where holds overlap
   * the end of each is told: what it was for is committed then.
   */
  void hold(String fullKey, long end, long now) {
    end(fullKey, now);
    if (ends.size() >= MOST && !ends.containsKey(fullKey)) {
      ends.keySet().forEach(key -> end(key, now));
      if (ends.size() >= MOST) {
        everything.updateAndGet(all -> all.and(end));
        return;
      }
    }
    ends.merge(fullKey, Ends.NONE.and(end), (all, one) -> all.and(end));
  }

  /** Notes that keys, nobody can say which, are held until a moment. */
  void holdSome(long end) {
    some.updateAndGet(all -> all.and(end));
  }

  /** Tells whether a key may be held whose hold this node was not told of, but Redis was. */
  boolean mayBeHeld(long now) {
    return requireNonNull(some.get()).left(now) > 0;
  }

  /** Tells whether what is loaded for a key from now on is not to be kept. */
  boolean isHeld(String fullKey, long now) {
    return requireNonNull(everything.get()).left(now) > 0 || left(fullKey, now) > 0;
  }

  /** Returns for how long, in nanoseconds, a key is held; 0 if it is not. */
  long left(String fullKey, long now) {
    Ends all = ends.isEmpty() ? null : ends.get(fullKey);
    return all == null ? 0 : all.left(now);
  }

  /** Ends what is to end, before a read of a key: loads begun while it was held are not shared. */
  void beforeReading(String fullKey, long now) {
    if (!ends.isEmpty()) {
      end(fullKey, now);
    }
    endAll(everything, now);
    endAll(some, now);
  }

  // What ends is told before it is taken away: who finds nothing to end may share what it finds.

  private void endAll(AtomicReference<Ends> unnamed, long now) {
    if (requireNonNull(unnamed.get()).mayHavePassed(now)) {
      allEnded.run();
      unnamed.updateAndGet(all -> all.after(now));
    }
  }

  private void end(String fullKey, long now) {
    Ends all = ends.get(fullKey);
    if (all != null && all.mayHavePassed(now)) {
      ended.accept(fullKey);
      ends.computeIfPresent(fullKey, (key, still) -> still.after(now).orNull());
    }
  }
}
