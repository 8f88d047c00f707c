package io.spinforge.benchmarks.sim.cache;

import io.spinforge.cache.memory.BanMark;
import io.spinforge.cache.memory.Bans;
import io.spinforge.cache.memory.Partition;
import io.spinforge.cache.memory.Stamp;
import java.util.List;

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
  NO_LIVE_UNTIL,
  /** An entry is not tested again when something was invalidated by tag, pattern or clear. */
  NO_BAN_EPOCH,
  /** An entry from Redis or a load is not tested against what was invalidated that way. */
  NO_BAN_TEST,
  /** Bans of a control log that was lost or trimmed are not missed. */
  NO_BAN_FLOOR,
  /** The control log goes on by its old name after a failover. */
  NO_OTHER_RUN,
  /** Who joins a load after a ban is handed its value whatever the ban means. */
  NO_JOIN_TEST,
  /** Redis lets values be stored under a key that is held. */
  NO_HOLD,
  /** Who waits for all nodes believes that each has answered as soon as it was asked. */
  NO_ANSWERS,
  /** What is reclaimed is not compared with what was judged. */
  NO_COMPARISON;

  /** Returns the ban list of a node with this mutant. */
  Bans bans() {
    return switch (this) {
      case NO_BAN_TEST ->
          new Bans() {
            @Override
            public boolean condemns(BanMark mark, String cache, String key, List<String> tags) {
              return false;
            }
          };
      case NO_BAN_FLOOR ->
          new Bans() {
            @Override
            protected boolean isKnown(BanMark mark, long floor, long applied, int generation) {
              return true;
            }
          };
      case NO_JOIN_TEST ->
          new Bans() {
            @Override
            public boolean bars(
                BanMark mark, BanMark came, String cache, String key, List<String> tags) {
              return false;
            }
          };
      default -> new Bans();
    };
  }

  /** Returns the partition of memory of a node with this mutant. */
  Partition partition(long liveUntil, Bans bans) {
    return switch (this) {
      case NO_STRIPES ->
          new Partition(liveUntil, bans) {
            @Override
            protected boolean stillHolds(Stamp stamp, String key, long sequence) {
              return super.stillHolds(stamp, key, Long.MAX_VALUE);
            }
          };
      case NO_TRACE_WHILE_CUT_OFF ->
          new Partition(liveUntil, bans) {
            @Override
            public void invalidatedHereOnly() {}
          };
      case NO_EPOCH ->
          new Partition(liveUntil, bans) {
            @Override
            public void reset() {}
          };
      case NO_LIVE_UNTIL ->
          new Partition(liveUntil, bans) {
            @Override
            public boolean isLive(long now) {
              return true;
            }
          };
      case NO_BAN_EPOCH ->
          new Partition(liveUntil, bans) {
            @Override
            public void banned() {}
          };
      default -> new Partition(liveUntil, bans);
    };
  }
}
