package io.spinforge.cache.redis;

import java.util.List;

/**
 * How a log stands, as CHECK answers.
 *
 * @param id that of its last record
 * @param sequence that of its last record
 * @param heldMillis for how long some key is held still, whether or not its record is read
 */
record LogEnd(String incarnation, LogId id, long sequence, long heldMillis) {
  private static final int FIELDS = 4;

  /** Returns the one at an index of an answer. */
  static LogEnd of(List<Object> reply, int index) {
    int at = FIELDS * index;
    return new LogEnd(
        text(reply, at),
        LogId.parse(text(reply, at + 1)),
        Long.parseLong(text(reply, at + 2)),
        (Long) reply.get(at + 3));
  }

  private static String text(List<Object> reply, int at) {
    return Keys.text((byte[]) reply.get(at));
  }
}
