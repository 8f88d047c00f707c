package io.spinforge.benchmarks.sim.cache;

import io.spinforge.cache.memory.Partition;
import io.spinforge.cache.memory.Stamp;

/** A protocol with one guard taken out, to show that the simulation would see it missing. */
enum Mutant {
  /** FILL stores whether or not the lease still stands. */
  FILL_WITHOUT_LEASE,
  /** A put in memory does not look whether its stripe moved since the question. */
  NO_STRIPES,
  /** An invalidation made while cut off leaves no trace for loads that are under way. */
  NO_TRACE_WHILE_CUT_OFF,
  /** A reset does not void what is in memory. */
  NO_EPOCH,
  /** A log that began anew goes by the name of the one before. */
  NO_INCARNATION,
  /** Memory is believed whether or not anything proves it. */
  NO_LIVE_UNTIL;

  /** Returns the partition of memory of a node with this mutant. */
  Partition partition(long liveUntil) {
    return switch (this) {
      case NO_STRIPES ->
          new Partition(liveUntil) {
            @Override
            protected boolean stillHolds(Stamp stamp, String key, long sequence) {
              return super.stillHolds(stamp, key, Long.MAX_VALUE);
            }
          };
      case NO_TRACE_WHILE_CUT_OFF ->
          new Partition(liveUntil) {
            @Override
            public void invalidatedHereOnly() {}
          };
      case NO_EPOCH ->
          new Partition(liveUntil) {
            @Override
            public void reset() {}
          };
      case NO_LIVE_UNTIL ->
          new Partition(liveUntil) {
            @Override
            public boolean isLive(long now) {
              return true;
            }
          };
      default -> new Partition(liveUntil);
    };
  }
}
