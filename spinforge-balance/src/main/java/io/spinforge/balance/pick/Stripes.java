package io.spinforge.balance.pick;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.random.RandomGenerator;

/**
 * Counters for walking a cycle from many threads: a thread always steps the same counter, so
 * threads on different stripes never wait for one cache line. Every stripe starts at a random
 * phase, so that balancers started together do not march in step. The walk uses the low 32 bits as
 * an unsigned number; once in 2^32 steps the phase may jump, the direction never changes.
 */
final class Stripes {
  private static final int SPACING = 16; // longs: two cache lines, against adjacent prefetching
  private static final int MAX_STRIPES = 64;

  private final AtomicLongArray counters;
  private final int shift;

  Stripes(RandomGenerator random) {
    this(stripesFor(Runtime.getRuntime().availableProcessors()), random);
  }

  Stripes(int stripes, RandomGenerator random) {
    shift = Long.SIZE - Integer.numberOfTrailingZeros(stripes);
    counters = new AtomicLongArray((stripes + 1) * SPACING);
    for (int i = 0; i < counters.length(); i++) {
      counters.setPlain(i, random.nextInt() >>> 8);
    }
  }

  /** Sets every stripe, so that a test can stand before the overflow. */
  void set(long value) {
    for (int i = 0; i < counters.length(); i++) {
      counters.set(i, value);
    }
  }

  /** Returns the calling thread's next step, an unsigned 32-bit number. */
  int next() {
    return (int) counters.getAndIncrement(slot(Thread.currentThread().getId()));
  }

  private int slot(long threadId) {
    // Fibonacci hashing: consecutive thread ids fall on different stripes.
    long stripe = shift == Long.SIZE ? 0 : (threadId * 0x9E37_79B9_7F4A_7C15L) >>> shift;
    return ((int) stripe + 1) * SPACING;
  }

  private static int stripesFor(int processors) {
    int rounded = Integer.highestOneBit(Math.max(1, processors * 2 - 1));
    return Math.min(MAX_STRIPES, rounded);
  }
}
