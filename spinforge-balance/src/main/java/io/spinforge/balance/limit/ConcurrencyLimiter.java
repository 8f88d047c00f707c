package io.spinforge.balance.limit;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Admits as many requests at once as a {@link Limit} allows and refuses the rest at once, so that
 * those admitted are answered in time.
 *
 * <pre>{@code
 * long permit = limiter.tryAcquire();
 * if (permit == ConcurrencyLimiter.REJECTED) {
 *   return 503;
 * }
 * try {
 *   reply = serve();
 *   limiter.succeeded(permit);
 * } catch (TimeoutException e) {
 *   limiter.dropped(permit);
 * } catch (Exception e) {
 *   limiter.ignored(permit);
 * }
 * }</pre>
 *
 * <p>Partitions share one limit: each may use all of it while it is not used up, and each has its
 * share even when the others have used it up. A share is taken on top of the limit then, as
 * Netflix' limiters do it, so for as long as the others take to finish there may be more requests
 * than the limit, by at most the sum of the shares.
 *
 * <p>Thread-safe and lock-free: admission is one compare-and-set, the answer of one request at a
 * time moves the limit, and one that comes meanwhile is not waited for (a loss is remembered).
 * Allocates nothing.
 */
public final class ConcurrencyLimiter {
  /** What {@link #tryAcquire()} returns when the request is not admitted. */
  public static final long REJECTED = 63;

  // The lowest six bits of a permit are the partition, the others the time it was given at.
  private static final long PARTITION = 63;
  private static final int MOST_PARTITIONS = 62;

  private final Limit rule;
  private final boolean adaptive;
  private final LongSupplier ticker;
  private final Map<String, Partition> partitions = new LinkedHashMap<>();
  private final Partition[] byIndex;

  /** Only ever changed by compare-and-set, and never below 0. */
  private final AtomicInteger inFlight = new AtomicInteger();

  /** Written under the lock; a stale one admits by yesterday's limit, which is as good. */
  private volatile int limit;

  /** Guards the estimate; never waited for. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Estimate estimate;

  /** A loss that nobody took into account yet, because another answer was. */
  private volatile boolean lost;

  private final LongAdder admitted = new LongAdder();
  private final LongAdder rejected = new LongAdder();

  private ConcurrencyLimiter(Builder builder) {
    rule = builder.limit;
    adaptive = !(rule instanceof Limit.Fixed);
    ticker = requireNonNullElse(builder.ticker, System::nanoTime);
    RandomGenerator random = requireNonNullElse(builder.random, new CallersRandom());
    estimate = Estimate.of(rule, random);
    limit = Estimate.initial(rule);
    byIndex = new Partition[builder.shares.size() + 1];
    byIndex[0] = new Partition(0, 0);
    builder.shares.forEach(
        (name, share) -> {
          int index = partitions.size() + 1;
          byIndex[index] = new Partition(index, share);
          partitions.put(name, byIndex[index]);
        });
  }

  /** Returns a limiter without partitions. */
  public static ConcurrencyLimiter of(Limit limit) {
    return builder(limit).build();
  }

  /** Returns a builder. */
  public static Builder builder(Limit limit) {
    return new Builder(requireNonNull(limit, "limit"));
  }

  /**
   * Admits a request that belongs to no partition, and so has no share of its own.
   *
   * @return a permit to hand back to exactly one of {@link #succeeded}, {@link #dropped} and {@link
   *     #ignored}; or {@link #REJECTED}
   */
  public long tryAcquire() {
    return tryAcquire(byIndex[0]);
  }

  /**
   * Admits a request of this partition; one that the builder was not told of has no share.
   *
   * @return a permit, or {@link #REJECTED}, as above
   */
  public long tryAcquire(String partition) {
    Partition known = partitions.get(partition);
    return tryAcquire(known == null ? byIndex[0] : known);
  }

  private long tryAcquire(Partition partition) {
    int now = limit;
    if (take(inFlight, now)) {
      if (partition.share > 0) {
        partition.busy.getAndIncrement();
      }
    } else if (partition.share > 0 && take(partition.busy, partition.guaranteed(now))) {
      inFlight.getAndIncrement();
    } else {
      rejected.increment();
      return REJECTED;
    }
    admitted.increment();
    long start = adaptive ? ticker.getAsLong() : 0;
    return (start & ~PARTITION) | partition.index;
  }

  private static boolean take(AtomicInteger counter, int limit) {
    int seen = counter.get();
    while (seen < limit) {
      if (counter.weakCompareAndSetVolatile(seen, seen + 1)) {
        return true;
      }
      seen = counter.get();
    }
    return false;
  }

  private static boolean giveBack(AtomicInteger counter) {
    int seen = counter.get();
    while (seen > 0) {
      if (counter.weakCompareAndSetVolatile(seen, seen - 1)) {
        return true;
      }
      seen = counter.get();
    }
    return false;
  }

  /** Ends a request that was answered: its time tells how full the backend is. */
  public void succeeded(long permit) {
    end(permit, true, false);
  }

  /** Ends a request that timed out, or was refused for overload. */
  public void dropped(long permit) {
    end(permit, true, true);
  }

  /** Ends a request whose time tells nothing: it failed early, or was cancelled. */
  public void ignored(long permit) {
    end(permit, false, false);
  }

  private void end(long permit, boolean telling, boolean drop) {
    int index = (int) (permit & PARTITION);
    if (index >= byIndex.length) {
      throw new IllegalArgumentException("permit: " + permit + " (expected: one of tryAcquire's)");
    }
    int running = inFlight.get();
    Partition partition = byIndex[index];
    if (partition.share > 0) {
      giveBack(partition.busy);
    }
    giveBack(inFlight);
    if (telling && adaptive) {
      learn(permit & ~PARTITION, running, drop);
    }
  }

  private void learn(long start, int running, boolean drop) {
    long now = ticker.getAsLong();
    if (drop) {
      lost = true;
    }
    if (!lock.tryLock()) {
      return;
    }
    try {
      boolean loss = lost;
      if (loss) {
        lost = false;
      }
      limit = estimate.update(Math.max(1, now - start), running, loss, now);
    } finally {
      lock.unlock();
    }
  }

  /** Returns how many requests may run now. */
  public int limit() {
    return limit;
  }

  /** Returns how many requests run now. */
  public int inFlight() {
    return inFlight.get();
  }

  /** Returns counters and gauges. */
  public Stats stats() {
    return new Stats(limit, inFlight.get(), admitted.sum(), rejected.sum());
  }

  @Override
  public String toString() {
    return "ConcurrencyLimiter[" + inFlight + " of " + limit + ", " + rule + "]";
  }

  /**
   * Counters since the limiter was built, and gauges of this moment.
   *
   * @param limit how many requests may run now
   * @param inFlight how many do
   * @param admitted requests admitted
   * @param rejected requests refused
   */
  public record Stats(int limit, int inFlight, long admitted, long rejected) {}

  private static final class Partition {
    final int index;
    final double share;
    final AtomicInteger busy = new AtomicInteger();

    Partition(int index, double share) {
      this.index = index;
      this.share = share;
    }

    int guaranteed(int limit) {
      return (int) Math.max(1, Math.ceil(limit * share));
    }
  }

  /** The generator of whichever thread asks. */
  private static final class CallersRandom implements RandomGenerator {
    @Override
    public long nextLong() {
      return ThreadLocalRandom.current().nextLong();
    }
  }

  /** Builds a limiter. Setting a thing twice is an error. Not thread-safe. */
  public static final class Builder {
    private final Limit limit;
    private final Map<String, Double> shares = new LinkedHashMap<>();
    private @Nullable LongSupplier ticker;
    private @Nullable RandomGenerator random;

    private Builder(Limit limit) {
      this.limit = limit;
    }

    /**
     * Adds a partition with its share of the limit, which it gets whatever the others do: at least
     * one request, and rounded up.
     *
     * @param name at most 62 of them, all different
     * @param share above 0; all together at most 1
     */
    public Builder partition(String name, double share) {
      requireNonNull(name, "name");
      Ranges.part("share", share);
      if (shares.size() == MOST_PARTITIONS) {
        throw new IllegalStateException("partition: " + name + " (expected: at most 62)");
      }
      if (shares.putIfAbsent(name, share) != null) {
        throw new IllegalStateException("partition: " + name + " set twice (expected: once)");
      }
      return this;
    }

    /** Sets the monotonic clock, in nanoseconds; default {@link System#nanoTime}. */
    public Builder ticker(LongSupplier nanos) {
      once("ticker", ticker);
      ticker = requireNonNull(nanos, "ticker");
      return this;
    }

    /** Sets where randomness comes from, a thread-safe generator; only Vegas needs it. */
    public Builder random(RandomGenerator random) {
      once("random", this.random);
      this.random = requireNonNull(random, "random");
      return this;
    }

    /**
     * Builds the limiter.
     *
     * @throws IllegalStateException if the shares are more than the whole
     */
    public ConcurrencyLimiter build() {
      double sum = shares.values().stream().mapToDouble(Double::doubleValue).sum();
      if (sum > 1 + 1e-9) {
        throw new IllegalStateException("partitions: " + shares + " (expected: a sum <= 1)");
      }
      return new ConcurrencyLimiter(this);
    }

    private static void once(String name, @Nullable Object old) {
      if (old != null) {
        throw new IllegalStateException(name + ": set twice (expected: once)");
      }
    }
  }
}
