package io.spinforge.benchmarks.trials;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * A database of versions that remembers when each was promised to everybody: the oracle of
 * staleness. Thread-safe.
 */
final class Versions {

  private final Map<String, Integer> current = new ConcurrentHashMap<>();

  /** For each key the versions whose invalidation Redis acknowledged, and when. */
  private final Map<String, ConcurrentSkipListMap<Integer, Long>> acknowledged =
      new ConcurrentHashMap<>();

  /** Returns the value in the database: the version as text. */
  String read(String key) {
    return Integer.toString(current.getOrDefault(key, 0));
  }

  /** Raises the version and returns it. */
  int change(String key) {
    return current.merge(key, 1, Integer::sum);
  }

  /** Records that the invalidation of everything before {@code version} is durable in Redis. */
  void acknowledge(String key, int version, long nanoTime) {
    acknowledged
        .computeIfAbsent(key, any -> new ConcurrentSkipListMap<>())
        .putIfAbsent(version, nanoTime);
  }

  /** Returns true when the value is the database's. */
  boolean isCurrent(String key, String value) {
    return read(key).equals(value);
  }

  /**
   * Returns how long, when it was asked for, the answer had been superseded by an acknowledged
   * version; zero if it had not.
   */
  Duration staleness(String key, String answer, long asked) {
    ConcurrentSkipListMap<Integer, Long> promises = acknowledged.get(key);
    if (promises == null) {
      return Duration.ZERO;
    }
    Map.Entry<Integer, Long> newer = promises.higherEntry(Integer.valueOf(answer));
    long late = newer == null ? 0 : asked - newer.getValue();
    return Duration.ofNanos(Math.max(0, late));
  }
}
