package io.spinforge.balance.guard;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A quantile of the latencies of the last 15 to 30 seconds, in two histograms that take turns.
 * Buckets are 1/16 of a power of two wide, so the answer, the upper edge of a bucket, is at most
 * 1/16 and a microsecond above the truth. A record is one atomic addition; the answer is computed
 * at most ten times a second, by whoever asks first. Lock-free.
 */
public final class LatencyQuantile {
  private static final long UNIT_BITS = 10; // a latency is counted in units of 1024 ns
  private static final int SUB_BITS = 4;
  private static final int LONGEST_BITS = 32; // in units: 73 minutes, and all above it
  private static final int BUCKETS = (LONGEST_BITS - SUB_BITS + 1) << SUB_BITS;

  private static final long TURN = TimeUnit.SECONDS.toNanos(15);
  private static final long STALE = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LEAST = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int TAIL_SAMPLES = 5;

  private final double quantile;
  private final int needed;

  /** Replaced as a whole when its turn is over; its arrays change by atomic additions. */
  private volatile Turns turns;

  /** When the answer is to be computed again; moved on by the one who does it. */
  private final AtomicLong dueAt;

  /** The last answer; an old one does no harm, so a plain volatile will do. */
  private volatile long answer = -1;

  private record Turns(AtomicIntegerArray now, AtomicIntegerArray before, long endsAt) {}

  /** Creates it without samples. */
  public LatencyQuantile(double quantile, long now) {
    this.quantile = quantile;
    needed = (int) Math.ceil(TAIL_SAMPLES / (1 - quantile));
    turns = new Turns(histogram(), histogram(), now + TURN);
    dueAt = new AtomicLong(now);
  }

  private static AtomicIntegerArray histogram() {
    return new AtomicIntegerArray(BUCKETS);
  }

  /** Counts a latency. */
  public void record(long nanos, long now) {
    turnsAt(now).now.getAndIncrement(bucket(nanos));
  }

  /** Returns the quantile, at least 1 ms; negative while too few latencies are known. */
  public long nanos(long now) {
    long due = dueAt.get();
    if (now - due >= 0 && dueAt.compareAndSet(due, now + STALE)) {
      answer = compute(turnsAt(now));
    }
    return answer;
  }

  private Turns turnsAt(long now) {
    Turns seen = turns;
    if (now - seen.endsAt < 0) {
      return seen;
    }
    boolean quiet = now - seen.endsAt >= TURN; // nobody came for a whole turn
    Turns next = new Turns(histogram(), quiet ? histogram() : seen.now, now + TURN);
    // Of several who come at once the last one wins; what the others recorded meanwhile is lost.
    turns = next;
    return next;
  }

  private long compute(Turns of) {
    long total = 0;
    for (int i = 0; i < BUCKETS; i++) {
      total += of.now.get(i) + of.before.get(i);
    }
    if (total < needed) {
      return -1;
    }
    long rank = (long) Math.ceil(quantile * total);
    int bucket = 0;
    for (long seen = 0; bucket < BUCKETS; bucket++) {
      seen += of.now.get(bucket) + of.before.get(bucket);
      if (seen >= rank) {
        break;
      }
    }
    return Math.max(LEAST, upperEdge(bucket));
  }

  private static int bucket(long nanos) {
    long units = Math.max(0, nanos) >>> UNIT_BITS;
    int bits = Long.SIZE - Long.numberOfLeadingZeros(units);
    if (bits > LONGEST_BITS) {
      return BUCKETS - 1;
    }
    int shift = Math.max(0, bits - SUB_BITS - 1);
    return (shift << SUB_BITS) + (int) (units >>> shift);
  }

  private static long upperEdge(int bucket) {
    int shift = Math.max(0, (bucket >>> SUB_BITS) - 1);
    long units = bucket - ((long) shift << SUB_BITS);
    return (units + 1) << (shift + UNIT_BITS);
  }
}
