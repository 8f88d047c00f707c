package io.spinforge.metrics.watch;

import io.micrometer.core.instrument.Timer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An operation under way; its identity is what it is tracked by. */
final class Running {
  final String name;
  final Timer timer;
  final long start;

  /** Who runs it; null if it is a stage that nobody runs all the time. */
  final @Nullable Thread thread;

  /** Where a stage was handed over; empty for what a thread runs. */
  final List<StackWalker.StackFrame> origin;

  /** Told of already. Only the watch and, after it has let go, the end of the operation ask. */
  volatile boolean told;

  /** Volatile: the watch must not show the stack of what its thread does next. */
  volatile boolean ended;

  Running(
      String name,
      Timer timer,
      long start,
      @Nullable Thread thread,
      List<StackWalker.StackFrame> origin) {
    this.name = name;
    this.timer = timer;
    this.start = start;
    this.thread = thread;
    this.origin = origin;
  }
}
