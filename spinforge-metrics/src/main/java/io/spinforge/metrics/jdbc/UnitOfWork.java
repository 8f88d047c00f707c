package io.spinforge.metrics.jdbc;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one borrower did with a connection between borrowing and returning it, to notice work that
 * one statement could have done. Used by one thread at a time, as its connection is.
 */
final class UnitOfWork {
  /** Beyond that many different statements nothing new is counted. */
  private static final int MOST_SHAPES = 256;

  private final int repeats;
  private final Map<String, int[]> counts = new HashMap<>();

  /**
   * Creates an empty one.
   *
   * @param repeats how often a statement has to come to be reported
   */
  UnitOfWork(int repeats) {
    this.repeats = repeats;
  }

  /** Counts an execution; returns what has just become clear, once per statement. */
  @Nullable Finding count(SqlShape shape, boolean batch) {
    boolean read = shape.operation() == Operation.SELECT;
    if (batch || (!read && !shape.singleRow())) {
      return null;
    }
    int[] count = counts.get(shape.text());
    if (count == null) {
      if (counts.size() == MOST_SHAPES) {
        return null;
      }
      count = new int[1];
      counts.put(shape.text(), count);
    }
    if (++count[0] != repeats) {
      return null;
    }
    return read ? Finding.N_PLUS_ONE : Finding.UNBATCHED_INSERT;
  }
}
