package io.spinforge.cache.redis;

import org.jspecify.annotations.Nullable;

/** How far one partition's log was applied, and what is proven. Belongs to the log's thread. */
final class LogPosition {
  private static final LogId START = new LogId(0, 0);

  final int partition;
  private LogId last = START;
  private @Nullable String incarnation;
  private boolean fresh;
  private boolean known;
  private boolean catchesUp;
  private LogId expected = START;
  private long expectedAt;
  private boolean gap;
  private boolean waiting;
  private boolean waitingAtRead;
  private LogId lastAtRead = START;

  LogPosition(int partition) {
    this.partition = partition;
  }

  LogId last() {
    return last;
  }

  boolean wasKnown() {
    return known;
  }

  boolean isAt(String other) {
    return other.equals(incarnation);
  }

  /** Tells whether the log's end lies before what was applied already: it went back. */
  boolean isBehind(LogId end) {
    return end.compareTo(last) < 0;
  }

  /** Notes that records were missed, of which the next check is to tell what counts still. */
  void openGap() {
    gap = true;
  }

  void closeGap() {
    gap = false;
  }

  boolean hasGap() {
    return gap;
  }

  /** Makes the next check reset this partition. */
  void forget() {
    incarnation = null;
    waiting = false;
  }

  void restart(String newIncarnation, LogId end) {
    known = true;
    incarnation = newIncarnation;
    last = end;
    fresh = false;
    catchesUp = false;
    gap = false;
    waiting = false;
  }

  /** Begins at the log's first record that is kept, whichever that is. */
  void restartAtFirst(String newIncarnation) {
    restart(newIncarnation, START);
    fresh = true;
    catchesUp = true;
  }

  /** Tells whether nothing was read since the restart at the first record. */
  boolean isFresh() {
    return fresh;
  }

  /** Tells whether what is read was there before the restart at the first record. */
  boolean catchesUp() {
    return catchesUp;
  }

  void advance(LogId id) {
    last = id;
    fresh = false;
  }

  /** Notes that the log ended at {@code end} when asked at {@code sent}. */
  void expect(LogId end, long sent) {
    if (!waiting) { // an earlier promise is kept first
      expected = end;
      expectedAt = sent;
      waiting = true;
    }
  }

  /** Notes that a read begins; records that are expected must come with it. */
  void reading() {
    waitingAtRead = waiting;
    lastAtRead = last;
  }

  /** Tells, after a read, that records which a check had promised are not there. */
  boolean isBroken() {
    return waitingAtRead && last.equals(lastAtRead);
  }

  /** Tells, once, that everything expected was applied. */
  boolean hasArrived() {
    if (!waiting || last.compareTo(expected) < 0) {
      return false;
    }
    waiting = false;
    catchesUp = false;
    return true;
  }

  long provenAt() {
    return expectedAt;
  }
}
