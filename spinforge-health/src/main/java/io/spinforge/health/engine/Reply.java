package io.spinforge.health.engine;

import io.spinforge.health.probe.ProbeResult;

/** Where a session tells what it has seen, on the loop's thread. */
public interface Reply {

  /** The probe of this number has ended. */
  void result(long attempt, ProbeResult result);

  /** The connection was closed by the other side after so many idle nanoseconds. */
  void idleClosed(long idleNanos);
}
