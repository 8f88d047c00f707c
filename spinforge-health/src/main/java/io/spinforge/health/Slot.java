package io.spinforge.health;

import io.spinforge.health.engine.Session;
import io.spinforge.health.probe.ProbeResult;
import org.jspecify.annotations.Nullable;

/** All that is kept of one target. Guarded by the checker's lock, but for the session. */
final class Slot<T> {
  T value;
  final int hash;
  Standing standing = Standing.UNKNOWN;
  boolean drained;
  boolean suspended;
  boolean gone;

  /** When to look again: the next probe, or the running probe's deadline. */
  long due;

  /** Place in {@link Timers}, or -1. */
  int place = -1;

  /** Number of the last probe; results with another number are late. */
  long attempt;

  boolean inFlight;
  boolean expired;
  long startedAt;
  long timeoutNanos;
  long lateAtStart;

  /** Whether the next probe is an ordinary round, which may be dropped after a pause. */
  boolean round;

  boolean dropped;
  boolean inconclusive;

  /** Whether to probe again soon after the running probe. */
  boolean again;

  long confirmedAt;
  boolean everConfirmed;

  @Nullable ProbeResult last;
  long lastNanos;
  long endedAt;

  /** Slowest of the recent passed probes; fades by an eighth each; 0: none yet. */
  long slowestNanos;

  /** After this idle time the server itself ends its connections; 0: not known to do so. */
  long keepAliveNanos;

  long idleNanos;
  boolean idleEnded;

  /** Falls from fit to unhealthy that still count, see {@link Damping}. */
  int falls;

  /** When it became fit. */
  long fitSince;

  /** How long it must pass its probes before it is fit again; 0: as {@code rise} says. */
  long holdNanos;

  /** Since when it passes its probes during a hold; 0: it does not. */
  long passingSince;

  int generation;

  // Owned by the I/O thread.
  @Nullable Session<T> session;

  // Owned by the I/O thread: the value the session was made for.
  @Nullable T probed;

  Slot(T value) {
    this.value = value;
    this.hash = value.hashCode();
  }

  /** Returns whether it passes its probes, but has not done so for long enough. */
  boolean held(long now) {
    return passingSince != 0 && heldUntil() - now > 0;
  }

  /** Returns the end of its hold, if it goes on to pass its probes. */
  long heldUntil() {
    return passingSince + holdNanos;
  }
}
