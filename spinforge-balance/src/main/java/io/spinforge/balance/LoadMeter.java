package io.spinforge.balance;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;

/**
 * The server's part of {@link Policy#hotCold}: counts requests in flight and remembers how long the
 * last 64 took and how many others each had found, so that {@link #load} tells what a request has
 * to expect that comes now. Thread-safe; a request costs two atomic steps and no allocation.
 */
public final class LoadMeter {
  private static final int REMEMBERED = 64;
  private static final int NEAREST = 7;
  private static final int COUNT_BITS = 16;
  private static final int COUNT_MASK = (1 << COUNT_BITS) - 1;

  private final LongSupplier ticker;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();

  /** Per request: latency, and in the lowest 16 bits how many others there were; 0 is none. */
  private final AtomicLongArray last = new AtomicLongArray(REMEMBERED);

  /** How many others each request in flight found is part of its token, in the lowest 16 bits. */
  private LoadMeter(LongSupplier ticker) {
    this.ticker = ticker;
  }

  /** Creates a meter of a server with nothing to do. */
  public static LoadMeter create() {
    return create(System::nanoTime);
  }

  /** Creates a meter with a monotonic clock of its own, in nanoseconds. */
  public static LoadMeter create(LongSupplier nanos) {
    return new LoadMeter(requireNonNull(nanos, "nanos"));
  }

  /**
   * Notes that a request has come.
   *
   * @return a token to hand to {@link #end} as it is; about the time, in steps of 65 µs
   */
  public long begin() {
    int others = Math.min(inFlight.getAndIncrement(), COUNT_MASK);
    return (ticker.getAsLong() & ~COUNT_MASK) | others;
  }

  /** Notes that a request is done, once for each {@link #begin}. */
  public void end(long token) {
    inFlight.getAndDecrement();
    long took = Math.max(0, ticker.getAsLong() - (token & ~COUNT_MASK)) + COUNT_MASK + 1;
    last.setOpaque(
        ended.getAndIncrement() & (REMEMBERED - 1), (took & ~COUNT_MASK) | (token & COUNT_MASK));
  }

  /**
   * Returns the load of this moment: the latency is the median of those seven of the last requests
   * that found nearly as many others as a request would now. A microsecond, and three objects.
   */
  public ServerLoad load() {
    int now = Math.max(0, inFlight.get());
    long[] nearest = new long[NEAREST];
    int[] distances = new int[NEAREST];
    int found = 0;
    for (int i = 0; i < REMEMBERED; i++) {
      long one = last.getOpaque(i);
      int distance = Math.abs((int) (one & COUNT_MASK) - now);
      if (one == 0 || (found == NEAREST && distance >= distances[NEAREST - 1])) {
        continue;
      }
      int at = found < NEAREST ? found++ : NEAREST - 1;
      for (; at > 0 && distances[at - 1] > distance; at--) {
        distances[at] = distances[at - 1];
        nearest[at] = nearest[at - 1];
      }
      distances[at] = distance;
      nearest[at] = one & ~COUNT_MASK;
    }
    Arrays.sort(nearest, 0, found);
    return new ServerLoad(now, Duration.ofNanos(found == 0 ? 0 : nearest[found / 2]));
  }
}
