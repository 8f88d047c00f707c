package io.spinforge.cache.redis;

import java.util.Comparator;

/** The id of a record in a stream, {@code ms-n}. */
record LogId(long millis, long number) implements Comparable<LogId> {
  private static final Comparator<LogId> ORDER =
      Comparator.comparingLong(LogId::millis).thenComparingLong(LogId::number);

  static LogId parse(String text) {
    int dash = text.indexOf('-');
    return new LogId(
        Long.parseLong(text.substring(0, dash)), Long.parseLong(text.substring(dash + 1)));
  }

  @Override
  public int compareTo(LogId other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return millis + "-" + number;
  }
}
