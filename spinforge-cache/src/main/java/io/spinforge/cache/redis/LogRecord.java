package io.spinforge.cache.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One record of a partition's log. See {@code state.lua}, which writes it.
 *
 * @param operation I invalidated, C the whole partition cleared, W loaded and waited for, Q a
 *     barrier to be answered
 * @param holdMillis for how long what was invalidated must not be kept; usually 0
 * @param previous the record before this one when it was written
 */
record LogRecord(
    LogId id,
    char operation,
    long holdMillis,
    LogId previous,
    long sequence,
    String incarnation,
    String node,
    long sentNanos,
    List<String> keys) {

  /** Tells whether it is there for those who wait, and changes nothing. */
  boolean isForWhoWaits() {
    return operation == 'W' || operation == 'Q';
  }

  static LogRecord parse(String id, Map<byte[], byte[]> body) {
    String meta = null;
    List<String> keys = new ArrayList<>(body.size());
    for (Map.Entry<byte[], byte[]> field : body.entrySet()) {
      if (meta == null) {
        meta = Keys.text(field.getValue()); // always the first
      } else {
        keys.add(Keys.text(field.getKey()));
      }
    }
    if (meta == null) {
      throw new IllegalArgumentException("record " + id + " has no fields");
    }
    String[] parts = meta.split("\\|", -1);
    return new LogRecord(
        LogId.parse(id),
        parts[0].charAt(0),
        parts[0].length() > 1 ? Long.parseLong(parts[0].substring(1)) : 0,
        LogId.parse(parts[1]),
        Long.parseLong(parts[2]),
        parts[3],
        parts[4],
        Long.parseLong(parts[5]),
        List.copyOf(keys));
  }
}
