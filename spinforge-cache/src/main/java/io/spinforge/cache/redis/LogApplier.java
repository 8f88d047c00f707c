package io.spinforge.cache.redis;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * What the records of the logs mean: hands each to memory in its log's order, and has memory voided
 * where one may be missing. Belongs to the thread of its {@link LogReader}.
 */
final class LogApplier {
  private static final LogId START = new LogId(0, 0);

  private final String node;
  private final LongSupplier ticker;
  private final long graceNanos;
  private final Sequences sequences;
  private final Barriers barriers;
  private final Announcement announcement;
  private final boolean announces;
  private final int control;
  private final LogSink sink;
  private final LogCounters counters;

  /**
   * Creates one.
   *
   * @param announces whether what its reader asks announces the node
   */
  LogApplier(RedisLogs logs, boolean announces, LogSink sink, LogCounters counters) {
    this.announcement = logs.announcement();
    this.announces = announces;
    this.node = logs.node();
    this.ticker = logs.ticker();
    this.graceNanos = logs.settings().maxStaleness().toNanos() - logs.clockStep().toNanos();
    this.sequences = logs.sequences();
    this.barriers = logs.barriers();
    this.control = logs.keys().control();
    this.sink = sink;
    this.counters = counters;
  }

  /** Applies the next record of a log. */
  void apply(LogPosition position, LogRecord record) {
    counters.records.increment();
    boolean own = record.node().equals(node);
    if (position.partition == control) {
      applyControl(position, record, own);
    } else {
      applyToPartition(position, record, own);
    }
    if (own) {
      Duration lag = Duration.ofNanos(Math.max(0, ticker.getAsLong() - record.sentNanos()));
      counters.lag = lag;
      sink.lag(lag);
    }
  }

  private void applyControl(LogPosition position, LogRecord record, boolean own) {
    boolean same = position.isAt(record.incarnation());
    if (!same || position.isFresh() || !position.last().equals(record.previous())) {
      if (!same || !position.isFresh()) {
        count(position);
        position.restart(record.incarnation(), record.id());
        sink.controlReset();
        sequences.readIn(control, record.incarnation());
      }
      // The sequence counts by ones, so the record before had the one before, or there was none; a
      // record that bans nothing has that of the one before.
      sink.controlKnownAfter(record.sequence() - (record.isForWhoWaits() ? 0 : 1));
    }
    position.advance(record.id());
    if (record.isForWhoWaits()) {
      tell(position, record, own);
      return;
    }
    Control what = Control.of(record);
    if (what != null) {
      sink.controlled(record.sequence(), what, own, !position.catchesUp());
    } else {
      sink.controlReset(); // of a newer version: not to be understood, so nothing is to be believed
      position.forget();
    }
  }

  private void applyToPartition(LogPosition position, LogRecord record, boolean own) {
    if (!position.isAt(record.incarnation()) || !position.last().equals(record.previous())) {
      resetPartition(position, record.incarnation(), record.id());
      position.openGap();
    }
    position.advance(record.id());
    switch (record.operation()) {
      case 'I' -> {
        if (record.holdMillis() > 0) {
          sink.held(record.keys(), record.holdMillis());
        }
        sink.invalidated(position.partition, record.keys(), record.sequence(), own);
      }
      case 'C' -> sink.reset(position.partition);
      default -> {
        // only a wake-up, which the others are too
      }
    }
    tell(position, record, own);
  }

  /** Answers a barrier, now that all before it was applied; else wakes who waits for the keys. */
  private void tell(LogPosition position, LogRecord record, boolean own) {
    if (record.operation() != 'Q') {
      record.keys().forEach(sink::woken);
    } else if (!own && !position.catchesUp()) {
      record.keys().forEach(id -> barriers.arrived(position.partition, id));
    }
  }

  /** Begins a log anew, whose records from before are not known. */
  void reset(LogPosition position, LogEnd end) {
    if (position.partition == control) {
      resetControl(position, end.incarnation(), end.id(), end.sequence());
    } else {
      sink.heldSome(end.heldMillis()); // first: what is loaded after the reset may be kept
      resetPartition(position, end.incarnation(), end.id());
    }
  }

  /**
   * Makes up for the records that a gap has cost. Among them was perhaps a hold, which may be over
   * by now: what was loaded since without Redis, which knew of it, is not to be believed.
   */
  void closeGap(LogPosition position, LogEnd end) {
    position.closeGap();
    sink.heldSome(end.heldMillis());
    sink.reset(position.partition);
  }

  /**
   * Has memory believed for some time if all that was written before a check has been applied.
   *
   * @return false if the check came too early: before those who wait for all nodes expected this
   *     one
   */
  boolean prove(LogPosition position) {
    if (position.hasGap() || !position.hasArrived()) {
      return true;
    }
    if (!announces && !announcement.covers(position.provenAt())) {
      return false;
    }
    sink.liveUntil(position.partition, position.provenAt() + graceNanos);
    return true;
  }

  private void count(LogPosition position) {
    if (position.wasKnown()) {
      counters.resets.increment();
    }
  }

  /** Reads the control log anew: what is kept of it decides about entries in Redis. */
  private void resetControl(LogPosition position, String incarnation, LogId end, long sequence) {
    count(position);
    boolean lost = position.isFresh() && position.wasKnown(); // its records are not there
    sink.controlReset();
    if (lost || end.compareTo(START) == 0) {
      position.restart(incarnation, end);
      sink.controlKnownAfter(sequence);
    } else {
      position.restartAtFirst(incarnation);
    }
    sequences.readIn(control, incarnation);
  }

  private void resetPartition(LogPosition position, String incarnation, LogId end) {
    count(position);
    position.restart(incarnation, end);
    sink.reset(position.partition);
    sequences.readIn(position.partition, incarnation); // after memory is void
  }
}
