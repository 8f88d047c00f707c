package io.spinforge.testkit;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * A wall clock that moves only when a test moves it, backwards too, as wall clocks do. Any thread
 * may read it; one at a time moves it.
 */
public final class ManualClock implements InstantSource {

  private volatile Instant now;

  /** Creates a clock that shows 2026-01-01T00:00:00Z, a Thursday. */
  public ManualClock() {
    this(Instant.parse("2026-01-01T00:00:00Z"));
  }

  /** Creates a clock that shows {@code now}. */
  public ManualClock(Instant now) {
    this.now = requireNonNull(now, "now");
  }

  @Override
  public Instant instant() {
    return now;
  }

  /** Moves the clock; a negative duration moves it back. */
  public void advance(Duration by) {
    set(now.plus(by));
  }

  /** Puts the clock at {@code now}. */
  public void set(Instant now) {
    this.now = requireNonNull(now, "now");
  }
}
