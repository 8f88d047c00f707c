package io.spinforge.metrics.goal;

/** Sees every request as it ends. Thread-safe; allocates nothing in steady state. */
public interface RequestSink {
  /** Counts a request that ended now and took {@code nanos}. */
  void record(long now, long nanos, boolean error);
}
