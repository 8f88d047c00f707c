package io.spinforge.scaling.target;

import java.time.Instant;

/** A process as the supervisor sees it; none of this blocks. */
interface Child {
  long pid();

  Instant startedAt();

  boolean alive();

  /** Says how it ended, once it is not alive. */
  String exit();

  /** Tells whether it is ready; starts a check if none is under way. */
  boolean ready();

  /** Tells whether the drain hook is done; starts it the first time. */
  boolean drained();

  /** Asks it to end (SIGTERM). */
  void terminate();

  /** Ends it and all processes that it started (SIGKILL). */
  void kill();
}
