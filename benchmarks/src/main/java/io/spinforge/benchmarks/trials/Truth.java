package io.spinforge.benchmarks.trials;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What may still be served of a few keys, in real time. Every value has a number and the moment of
 * its reading at the source; an invalidation means all that was read before its call. A node's own
 * readers must respect it once the call has returned, exactly; others after the bound, so that is
 * measured. Thread-safe.
 */
final class Truth {
  private static final long NOT_YET = Long.MAX_VALUE;

  private final AtomicLong marks = new AtomicLong();
  private final Map<String, Born> born = new ConcurrentHashMap<>();
  private final Map<String, ConcurrentLinkedQueue<Durable>> durable = new ConcurrentHashMap<>();
  private final Map<String, Long> floors = new ConcurrentHashMap<>(); // by node and subject

  /** Returns a number greater than all before. */
  long mark() {
    return marks.incrementAndGet();
  }

  /** Returns a value that is read at the source now. */
  String value(List<String> tags) {
    long mark = mark();
    String value = Long.toString(mark);
    born.put(value, new Born(mark, tags));
    return value;
  }

  /** Returns a value that is about to be put, and takes effect at any moment until then. */
  String putting() {
    String value = Long.toString(mark());
    born.put(value, new Born(NOT_YET, List.of()));
    return value;
  }

  void hasPut(String value) {
    born.put(value, new Born(mark(), List.of()));
  }

  /**
   * Notes that a call has returned which invalidates all that was read before {@code mark}.
   *
   * @param inRedis whether it is durable there
   */
  void invalidated(int node, String subject, long mark, boolean inRedis) {
    floors.merge(node + " " + subject, mark, Math::max);
    if (inRedis) {
      durable
          .computeIfAbsent(subject, s -> new ConcurrentLinkedQueue<>())
          .add(new Durable(mark, System.nanoTime()));
    }
  }

  /** Returns what a read that begins now must respect. */
  Read begin(int node, String key) {
    return new Read(node, key, System.nanoTime(), Map.copyOf(floors));
  }

  /** What a read must respect. */
  final class Read {
    private final int node;
    private final String key;
    private final long began;
    private final Map<String, Long> floorsThen;

    Read(int node, String key, long began, Map<String, Long> floorsThen) {
      this.node = node;
      this.key = key;
      this.began = began;
      this.floorsThen = floorsThen;
    }

    /**
     * Returns how long, when it was asked for, the value had been invalidated in Redis.
     *
     * @throws AssertionError if its own node had invalidated it
     */
    Duration staleness(String value) {
      Born its = born.getOrDefault(value, new Born(NOT_YET, List.of()));
      Duration worst = staleness(its, key);
      for (String tag : its.tags) {
        Duration one = staleness(its, "#" + tag);
        worst = one.compareTo(worst) > 0 ? one : worst;
      }
      return worst;
    }

    private Duration staleness(Born its, String subject) {
      if (floorsThen.getOrDefault(node + " " + subject, 0L) > its.mark) {
        throw new AssertionError(
            "node " + node + " read of " + key + " what it had invalidated itself by " + subject);
      }
      long longest = 0;
      for (Durable one : durable.getOrDefault(subject, new ConcurrentLinkedQueue<>())) {
        if (one.mark > its.mark) {
          longest = Math.max(longest, began - one.returned);
        }
      }
      return Duration.ofNanos(longest);
    }
  }

  private record Born(long mark, List<String> tags) {}

  private record Durable(long mark, long returned) {}
}
