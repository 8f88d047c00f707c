package io.spinforge.balance.pick;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.random.RandomGenerator;

/**
 * Counters for walking a cycle from many threads. A thread always comes to the same stripe, so
 * threads on different stripes never wait for one cache line. Every walk starts at a random phase,
 * so that balancers started together do not march in step. The walk uses the low 32 bits as an
 * unsigned number; once in 2^32 steps the phase may jump, the direction never changes.
 *
 * <p>An atomic addition takes longer than all the rest of a choice. So each stripe belongs to the
 * first thread that comes to it, which steps a counter of its own with a read and a write; others
 * that come to the same stripe share a second counter and step that atomically. No step is lost or
 * taken twice, but for one case: an owner whose counter stood still while the others took {@value
 * #PATIENCE} steps is taken for gone, and one of them takes its place. Should it be alive after
 * all, and in the very middle of a step, the walk falls back to where it was then, once.
 *
 * <pre>
 *   stripe: | owner | own counter | shared counter | own counter when last looked at | … 128 bytes
 * </pre>
 *
 * Thread-safe, lock-free, allocates nothing.
 */
final class Stripes {
  /** Shared steps between two looks at the owner's counter; a power of two. */
  static final int PATIENCE = 1_024;

  private static final int SPACING = 16; // longs: two cache lines, against adjacent prefetching
  private static final int MAX_STRIPES = 64;

  /** Places within a stripe. The owner is a thread's id, which is never 0 and never used again. */
  private static final int OWNER = 0;

  private static final int OWN = 1;
  private static final int SHARED = 2;
  private static final int LOOKED_AT = 3;

  private final AtomicLongArray longs;
  private final int shift;

  Stripes(RandomGenerator random) {
    this(stripesFor(Runtime.getRuntime().availableProcessors()), random);
  }

  Stripes(int stripes, RandomGenerator random) {
    shift = Long.SIZE - Integer.numberOfTrailingZeros(stripes);
    longs = new AtomicLongArray((stripes + 1) * SPACING);
    for (int stripe = SPACING; stripe < longs.length(); stripe += SPACING) {
      longs.setPlain(stripe + OWN, random.nextInt() >>> 8);
      longs.setPlain(stripe + SHARED, random.nextInt() >>> 8);
    }
  }

  /** Sets every counter, so that a test can stand before the overflow. */
  void set(long value) {
    for (int stripe = SPACING; stripe < longs.length(); stripe += SPACING) {
      longs.set(stripe + OWN, value);
      longs.set(stripe + SHARED, value);
    }
  }

  /** Returns the calling thread's next step, an unsigned 32-bit number. */
  int next() {
    return next(Thread.currentThread().getId());
  }

  int next(long thread) {
    int stripe = stripeOf(thread);
    // Opaque: only the owner reads its own id here, and only it writes its counter.
    return longs.getOpaque(stripe + OWNER) == thread ? own(stripe) : another(stripe, thread);
  }

  private int own(int stripe) {
    long step = longs.getOpaque(stripe + OWN);
    longs.setOpaque(stripe + OWN, step + 1);
    return (int) step;
  }

  private int another(int stripe, long thread) {
    if (longs.get(stripe + OWNER) == 0 && longs.compareAndSet(stripe + OWNER, 0, thread)) {
      return own(stripe);
    }
    long step = longs.getAndIncrement(stripe + SHARED);
    if ((step & (PATIENCE - 1)) == 0) {
      succeed(stripe, thread);
    }
    return (int) step;
  }

  /** Takes the place of an owner who has not stepped since the last look. */
  private void succeed(int stripe, long thread) {
    long owner = longs.get(stripe + OWNER);
    long stands = longs.get(stripe + OWN);
    if (longs.get(stripe + LOOKED_AT) == stands) {
      longs.compareAndSet(stripe + OWNER, owner, thread);
    } else {
      longs.set(stripe + LOOKED_AT, stands);
    }
  }

  private int stripeOf(long thread) {
    // Fibonacci hashing: consecutive thread ids fall on different stripes.
    long stripe = shift == Long.SIZE ? 0 : (thread * 0x9E37_79B9_7F4A_7C15L) >>> shift;
    return ((int) stripe + 1) * SPACING;
  }

  private static int stripesFor(int processors) {
    int rounded = Integer.highestOneBit(Math.max(1, processors * 2 - 1));
    return Math.min(MAX_STRIPES, rounded);
  }
}
