package io.spinforge.benchmarks.sim.cache;

import io.spinforge.cache.memory.BanMark;
import io.spinforge.cache.memory.Bans;
import io.spinforge.cache.memory.Partition;
import io.spinforge.cache.memory.Stamp;
import java.util.List;

/**
 * A protocol with one guard taken out, everywhere or on one path, to show that the simulation would
 * see it missing.
 */
enum Mutant {
  /** FILL stores whether or not the lease still stands. */
  FILL_WITHOUT_LEASE,
  /** FILLS does, for what was loaded together. */
  BULK_FILL_WITHOUT_LEASE,
  /** FILL does, for what was loaded ahead of its end or in the background. */
  REFRESH_FILL_WITHOUT_LEASE,
  /** Redis refuses a fill, and the node keeps the value all the same. */
  REFUSED_FILL_IS_KEPT,
  /** So it does with what was loaded together. */
  REFUSED_BULK_FILL_IS_KEPT,
  /** What lies below the floor of a cleared partition is believed. */
  NO_FLOOR,
  /** A put in memory does not look whether its stripe moved since the question. */
  NO_STRIPES,
  /** So it is with what was read or loaded together. */
  BULK_WITHOUT_STRIPES("BulkThrough"),
  /** So it is with a refresh. */
  REFRESH_WITHOUT_STRIPES("ReadThrough.refresh"),
  /** So it is with a load whose reader's wait is limited, and may be over. */
  LIMITED_WITHOUT_STRIPES("SingleFlight.limited"),
  /** An invalidation made while cut off leaves no trace for loads that are under way. */
  NO_TRACE_WHILE_CUT_OFF,
  /** A reset does not void what is in memory. */
  NO_EPOCH,
  /** A log that began anew goes by the name of the one before. */
  NO_INCARNATION,
  /** Memory is believed whether or not anything proves it. */
  NO_LIVE_UNTIL,
  /** So is what is stale and served while it is refreshed. */
  STALE_WITHOUT_LIVE_UNTIL("Reads.kept"),
  /** So is the last value after a load that failed. */
  ON_ERROR_WITHOUT_LIVE_UNTIL("LastValues.afterFailure"),
  /** So is the value that is served after the soft limit. */
  SOFT_WITHOUT_LIVE_UNTIL("TimedReads.afterSoft"),
  /** So is the value that is served after the hard limit. */
  HARD_WITHOUT_LIVE_UNTIL("TimedReads.afterHard"),
  /** An entry is not tested again when something was invalidated by tag, pattern or clear. */
  NO_BAN_EPOCH,
  /** An entry from Redis or a load is not tested against what was invalidated that way. */
  NO_BAN_TEST,
  /** So it is with what is stale and served while it is refreshed. */
  STALE_WITHOUT_BAN_TEST("Reads.kept"),
  /** So it is with the last value after a load that failed. */
  ON_ERROR_WITHOUT_BAN_TEST("LastValues.afterFailure"),
  /** So it is with the value that is served after the soft limit. */
  SOFT_WITHOUT_BAN_TEST("TimedReads.afterSoft"),
  /** So it is with what was read or loaded together. */
  BULK_WITHOUT_BAN_TEST("BulkThrough"),
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

  private static final StackWalker STACK = StackWalker.getInstance();

  private final String path;

  Mutant() {
    this("");
  }

  /** A guard that is missing where a class, or a method of it, calls. */
  Mutant(String path) {
    this.path = path;
  }

  /** Returns the ban list of a node with this mutant. */
  Bans bans() {
    return switch (this) {
      case NO_BAN_TEST,
          STALE_WITHOUT_BAN_TEST,
          ON_ERROR_WITHOUT_BAN_TEST,
          SOFT_WITHOUT_BAN_TEST,
          BULK_WITHOUT_BAN_TEST ->
          new Bans() {
            @Override
            public boolean condemns(BanMark mark, String cache, String key, List<String> tags) {
              return super.condemns(mark, cache, key, tags) && !isOnPath();
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
      case NO_STRIPES, BULK_WITHOUT_STRIPES, REFRESH_WITHOUT_STRIPES, LIMITED_WITHOUT_STRIPES ->
          new Partition(liveUntil, bans) {
            @Override
            protected boolean stillHolds(Stamp stamp, String key, long sequence) {
              return super.stillHolds(stamp, key, sequence)
                  || (super.stillHolds(stamp, key, Long.MAX_VALUE) && isOnPath());
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
      case NO_LIVE_UNTIL,
          STALE_WITHOUT_LIVE_UNTIL,
          ON_ERROR_WITHOUT_LIVE_UNTIL,
          SOFT_WITHOUT_LIVE_UNTIL,
          HARD_WITHOUT_LIVE_UNTIL ->
          new Partition(liveUntil, bans) {
            @Override
            public boolean isLive(long now) {
              return super.isLive(now) || isOnPath();
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

  private boolean isOnPath() {
    return path.isEmpty()
        || STACK.walk(
            frames ->
                frames.anyMatch(
                    frame -> {
                      String type = frame.getClassName();
                      String place =
                          type.substring(type.lastIndexOf('.') + 1) + "." + frame.getMethodName();
                      return place.equals(path) || place.startsWith(path + ".");
                    }));
  }
}
