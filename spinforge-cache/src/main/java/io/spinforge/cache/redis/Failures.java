package io.spinforge.cache.redis;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Failures in a row, of each master by itself. Thread-safe. */
final class Failures {
  static final int TOO_MANY = 3;

  private final Map<String, Integer> inARow = new ConcurrentHashMap<>();

  void succeeded(String master) {
    if (!inARow.isEmpty()) { // the usual case costs no look-up
      inARow.remove(master);
    }
  }

  /** Counts a failure; true if it is one too many. */
  boolean failed(String master) {
    return inARow.merge(master, 1, Integer::sum) >= TOO_MANY;
  }

  /** Tells whether there is none that a success could end. */
  boolean isEmpty() {
    return inARow.isEmpty();
  }
}
