package io.spinforge.cache.memory;

import java.util.function.LongSupplier;

/**
 * The time that reads compare with. A class, so that the one in use is called without a look-up.
 */
public abstract sealed class Clock {
  /** Returns the time in nanoseconds, possibly some milliseconds behind. */
  public abstract long now();

  /** Returns the time in nanoseconds as the ticker tells it. */
  public abstract long exact();

  /** Brings {@link #now} up to date. */
  public abstract void tick();

  /** Returns a clock whose {@link #now} is a field, to be brought up to date by a timer. */
  public static Clock coarse(LongSupplier ticker) {
    return new Coarse(ticker);
  }

  /** Returns a clock that asks the ticker each time, for tests with a virtual one. */
  public static Clock exact(LongSupplier ticker) {
    return new Exact(ticker);
  }

  private static final class Coarse extends Clock {
    private final LongSupplier ticker;

    // Written by the timer and by slow paths. Volatile so that every reader sees it advance; the
    // read costs what a plain one does on the usual processors. Racing ticks may put it back by
    // the time between reading the ticker and writing, which is below one tick.
    private volatile long now;

    Coarse(LongSupplier ticker) {
      this.ticker = ticker;
      this.now = ticker.getAsLong();
    }

    @Override
    public long now() {
      return now;
    }

    @Override
    public long exact() {
      return ticker.getAsLong();
    }

    @Override
    public void tick() {
      now = ticker.getAsLong();
    }
  }

  private static final class Exact extends Clock {
    private final LongSupplier ticker;

    Exact(LongSupplier ticker) {
      this.ticker = ticker;
    }

    @Override
    public long now() {
      return ticker.getAsLong();
    }

    @Override
    public long exact() {
      return ticker.getAsLong();
    }

    @Override
    public void tick() {}
  }
}
