package io.spinforge.health.registry;

import java.util.concurrent.Executor;

/**
 * The one thread on which a registry's state lives, and its clock. An interface, so that tests can
 * drive the same code by hand.
 */
interface Scheduler extends Executor {

  /** Runs the task on the thread; after {@link #close} it is dropped. */
  @Override
  void execute(Runnable task);

  /** Runs the task on the thread after a delay. */
  Timer schedule(long delayNanos, Runnable task);

  /** Returns the clock's nanoseconds; only differences mean anything. */
  long nanos();

  /** Returns whether the caller runs on the thread. */
  boolean isCurrent();

  /** Drops what was not run. Does not wait. */
  void close();

  /** A task to come. */
  interface Timer {
    /** Sees to it that the task does not begin; no effect if it has. */
    void cancel();
  }
}
