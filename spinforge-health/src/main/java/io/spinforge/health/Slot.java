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

  int generation;

  // Owned by the I/O thread.
  @Nullable Session<T> session;

  // Owned by the I/O thread: the value the session was made for.
  @Nullable T probed;

  Slot(T value) {
    this.value = value;
    this.hash = value.hashCode();
  }
}
