package io.spinforge.benchmarks.demo;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the demo knows of the items' true versions, to judge what customers are told: a reply is
 * stale when its request was sent after a write had been acknowledged and shows an older version.
 * Safe for use by several threads.
 */
final class Catalogue {
  /** A write that was acknowledged at a moment of the nanosecond clock. */
  private record Write(long version, long at) {}

  private final Map<String, Write> latest = new ConcurrentHashMap<>();
  private final long allowedNanos;
  private final LongAdder staleTooLate = new LongAdder();
  private final AtomicLong oldest = new AtomicLong();

  Catalogue(Duration allowed) {
    this.allowedNanos = allowed.toNanos();
  }

  /** Notes that the item's new version was acknowledged. */
  void written(String item, long version, long now) {
    latest.put(item, new Write(version, now));
  }

  /**
   * Judges what a customer was told.
   *
   * @param sentAt when the request was sent
   * @return false if it was stale for longer than allowed
   */
  boolean judge(String item, long version, long sentAt) {
    Write write = latest.get(item);
    if (write == null || version >= write.version || sentAt - write.at <= 0) {
      return true;
    }
    long age = sentAt - write.at;
    oldest.accumulateAndGet(age, Math::max);
    if (age <= allowedNanos) {
      return true;
    }
    staleTooLate.increment();
    return false;
  }

  /** Returns how many replies were stale for longer than allowed. */
  long staleTooLate() {
    return staleTooLate.sum();
  }

  /** Returns how long after its write an old version was still told, at the most. */
  Duration oldest() {
    return Duration.ofNanos(oldest.get());
  }
}
