package io.spinforge.benchmarks.sim.cache;

import io.spinforge.cache.redis.LogConnection.Message;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A stream of the model: records with growing ids, the oldest of which may be trimmed. */
final class ModelStream {
  static final Id START = new Id(0, 0);

  private static final byte[] META = ModelRedis.bytes("m");
  private static final byte[] EMPTY = new byte[0];

  private final List<Row> rows;
  private Id last;

  ModelStream() {
    this(new ArrayList<>(), START);
  }

  private ModelStream(List<Row> rows, Id last) {
    this.rows = rows;
    this.last = last;
  }

  ModelStream copy() {
    return new ModelStream(new ArrayList<>(rows), last);
  }

  /** Returns the id of the last record, or {@link #START}. */
  Id last() {
    return last;
  }

  /** Appends a record at a time of the server's clock, and keeps the newest {@code longest}. */
  @SuppressWarnings(
      "UndefinedEquals") // fields in their order, as Lettuce gives them; never looked up
  Id append(long millis, byte[] meta, byte[][] keys, int longest) {
    Map<byte[], byte[]> body = new LinkedHashMap<>();
    body.put(META, meta);
    for (byte[] key : keys) {
      body.put(key, EMPTY);
    }
    last = millis > last.millis ? new Id(millis, 0) : new Id(last.millis, last.number + 1);
    rows.add(new Row(last, body));
    while (rows.size() > longest) {
      rows.remove(0);
    }
    return last;
  }

  /** Returns the records after an id, {@code count} at most. */
  List<Row> after(Id id, int count) {
    int from = rows.size();
    while (from > 0 && rows.get(from - 1).id.compareTo(id) > 0) {
      from--;
    }
    return from == rows.size()
        ? List.of()
        : rows.subList(from, Math.min(rows.size(), from + count));
  }

  /** The id of a record. */
  record Id(long millis, long number) implements Comparable<Id> {
    static Id parse(String text) {
      int dash = text.indexOf('-');
      return new Id(
          Long.parseLong(text, 0, dash, 10), Long.parseLong(text, dash + 1, text.length(), 10));
    }

    @Override
    public int compareTo(Id other) {
      return millis != other.millis
          ? Long.compare(millis, other.millis)
          : Long.compare(number, other.number);
    }

    @Override
    public String toString() {
      return millis + "-" + number;
    }
  }

  /** A record. */
  record Row(Id id, Map<byte[], byte[]> body) {
    Message in(byte[] log) {
      return new Message(log, id.toString(), body);
    }
  }
}
