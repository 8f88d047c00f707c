package io.spinforge.metrics.goal;

/** Readings of this process. Thread-safe; a reading that cannot be taken is NaN. */
public interface Resources {
  /** Returns the CPU time this process has used so far, in nanoseconds. */
  double cpuNanos();

  /** Returns the CPUs this process may use. */
  double cpus();

  /** Returns the share of its memory that this process uses, 0 to 1. */
  double memory();
}
