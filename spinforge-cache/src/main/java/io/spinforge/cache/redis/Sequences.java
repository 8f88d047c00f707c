package io.spinforge.cache.redis;

import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Where the logs stand as this node knows it: the last sequence seen of each partition, and the
 * incarnation in which each log is read. Thread-safe.
 */
final class Sequences {
  // So that a put can name one; opaque hints, any is safe.
  private final AtomicLongArray last;

  // Written by the log's thread; the control log's stands behind the partitions'.
  private final AtomicReferenceArray<String> incarnations;

  Sequences(int partitions) {
    this.last = new AtomicLongArray(partitions);
    this.incarnations = new AtomicReferenceArray<>(partitions + 1);
  }

  /** Returns a sequence that a partition had. */
  long last(int partition) {
    return last.get(partition);
  }

  void note(int partition, long sequence) {
    last.set(partition, sequence);
  }

  /** Notes what was committed, and returns its sequence if that can be {@link #comparable}. */
  long noted(int partition, List<Object> reply) {
    note(partition, parse(reply.get(0)));
    return comparable(partition, reply);
  }

  /**
   * Returns the sequence of what was committed, or 0 if it is of another incarnation than the log
   * is read in: then it cannot be compared with the sequences that memory knows.
   */
  long comparable(int log, List<Object> reply) {
    long sequence = parse(reply.get(0));
    return Keys.text((byte[]) reply.get(1)).equals(incarnations.get(log)) ? sequence : 0;
  }

  /** Notes the incarnation in which a log is read from now on. */
  void readIn(int log, String incarnation) {
    incarnations.set(log, incarnation);
  }

  static long parse(Object number) {
    return Long.parseLong(Keys.text((byte[]) number));
  }
}
