package io.spinforge.testkit;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * A ticker of nanoseconds that moves only when a test moves it. Like {@link System#nanoTime()} it
 * may overflow; start it near {@link Long#MAX_VALUE} to prove that the code under test compares
 * differences. Thread-safe.
 */
public final class ManualTicker implements LongSupplier {

  private final AtomicLong nanos;

  /** Creates a ticker that stands at 0. */
  public ManualTicker() {
    this(0);
  }

  /** Creates a ticker that stands at {@code nanos}, which may be any value. */
  public ManualTicker(long nanos) {
    this.nanos = new AtomicLong(nanos);
  }

  /** Returns where the ticker stands, in nanoseconds. */
  @Override
  public long getAsLong() {
    return nanos.get();
  }

  /** Moves the ticker forward, wrapping around as {@link System#nanoTime()} would. */
  public void advance(Duration by) {
    if (requireNonNull(by, "by").isNegative()) {
      throw new IllegalArgumentException("by: " + by + " (expected: >= 0)");
    }
    nanos.addAndGet(by.toNanos());
  }

  /** Puts the ticker at {@code nanos}, also backwards. */
  public void set(long nanos) {
    this.nanos.set(nanos);
  }
}
