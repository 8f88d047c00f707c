package io.spinforge.benchmarks.sim.scaling;

/** A fault that is put into what is simulated, to see that the simulation finds it. */
enum Planted {
  NONE,
  /** A target without versions takes writes whatever their fence. */
  FENCE_NOT_CHECKED,
  /** Samples of any age are used. */
  STALE_SAMPLE_ACCEPTED,
  /** Ticks act although the clock has jumped. */
  CLOCK_JUMP_IGNORED,
  /** A write is carried out although somebody was faster. */
  CONFLICT_IGNORED
}
