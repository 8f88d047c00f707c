package io.spinforge.testkit;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A wall clock that moves only when a test moves it, backwards too, as wall clocks do. Thread-safe.
 */
public final class ManualClock implements InstantSource {

  private final AtomicReference<Instant> now;

  /** Creates a clock that shows 2026-01-01T00:00:00Z, a Thursday. */
  public ManualClock() {
    this(Instant.parse("2026-01-01T00:00:00Z"));
  }

  /** Creates a clock that shows {@code now}. */
  public ManualClock(Instant now) {
    this.now = new AtomicReference<>(requireNonNull(now, "now"));
  }

  @Override
  public Instant instant() {
    return now.get();
  }

  /** Moves the clock; a negative duration moves it back. */
  public void advance(Duration by) {
    requireNonNull(by, "by");
    now.updateAndGet(instant -> instant.plus(by));
  }

  /** Puts the clock at {@code now}. */
  public void set(Instant now) {
    this.now.set(requireNonNull(now, "now"));
  }
}
