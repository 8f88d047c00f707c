package io.spinforge.benchmarks.peers;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the caches cache: each key has a version that only grows. A load reads the version, and then
 * may be held up, as a load is whose answer is slow to arrive. Thread-safe.
 */
final class Source {

  private final Map<String, Integer> versions = new ConcurrentHashMap<>();

  /** Its phase is odd while loads are held; a load waits for the next even one. */
  private final Phaser gate = new Phaser(1);

  private final AtomicInteger held = new AtomicInteger();

  String load(String key) {
    String read = "v" + version(key);
    int phase = gate.getPhase();
    if (phase % 2 == 1) {
      held.incrementAndGet();
      gate.awaitAdvance(phase);
      held.decrementAndGet();
    }
    return read;
  }

  void change(String key) {
    versions.merge(key, 2, Integer::sum);
  }

  boolean isCurrent(String key, String value) {
    return value.equals("v" + version(key));
  }

  /** Holds every load that reads from now on. */
  void hold() {
    gate.arrive();
  }

  /** Returns how many loads are held. */
  int held() {
    return held.get();
  }

  /** Lets the held loads return. */
  void release() {
    gate.arrive();
  }

  private int version(String key) {
    return versions.getOrDefault(key, 1);
  }
}
