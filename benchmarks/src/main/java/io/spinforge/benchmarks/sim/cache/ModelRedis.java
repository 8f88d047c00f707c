package io.spinforge.benchmarks.sim.cache;

import io.spinforge.cache.redis.LogConnection.Message;
import io.spinforge.cache.redis.Script;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Redis as far as the protocol uses it: the scripts' atomic meaning over strings with a time to
 * live, hashes and streams. A test holds it against the scripts on a real Redis.
 */
class ModelRedis {
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long EPOCH_MICROS = 1_800_000_000_000_000L;
  private static final byte[] EMPTY = new byte[0];

  private final LongSupplier nanos;
  private Map<String, Text> texts = new HashMap<>();
  private Map<String, Map<String, String>> hashes = new HashMap<>();
  private Map<String, List<Row>> streams = new HashMap<>();
  private final List<BooleanSupplier> blocked = new ArrayList<>();
  private int runs = 1;
  private boolean appended;
  private long skewMicros;
  private int longestLog = Integer.MAX_VALUE;

  ModelRedis(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Asks {@code look} at every record that is appended, until it returns true. */
  void block(BooleanSupplier look) {
    blocked.add(look);
  }

  void keepRecords(int longest) {
    longestLog = longest;
  }

  /** Puts the server's clock forward or back. */
  void skew(long micros) {
    skewMicros = micros;
  }

  /** Another process answers from now on. */
  void restarted() {
    runs++;
  }

  void flush() {
    texts.clear();
    hashes.clear();
    streams.clear();
  }

  /** Returns what a replica has now. */
  Runnable replica() {
    Map<String, Text> t = new HashMap<>(texts);
    Map<String, Map<String, String>> h = new HashMap<>();
    hashes.forEach((key, hash) -> h.put(key, new HashMap<>(hash)));
    Map<String, List<Row>> s = new HashMap<>();
    streams.forEach((key, rows) -> s.put(key, new ArrayList<>(rows)));
    return () -> {
      texts = t;
      hashes = h;
      streams = s;
    };
  }

  String info() {
    return "redis_version:6.2.6\r\nrole:master\r\nrun_id:run" + runs + "\r\n";
  }

  byte[] agree(byte[] key, byte[] value) {
    return texts.computeIfAbsent(name(key), k -> new Text(value, Long.MAX_VALUE)).value;
  }

  List<Row> after(byte[] log, String id, int count) {
    List<Row> rows = streams.getOrDefault(name(log), List.of());
    int from = rows.size();
    while (from > 0 && compare(rows.get(from - 1).id, id) > 0) {
      from--;
    }
    return rows.subList(from, Math.min(rows.size(), from + count));
  }

  List<Object> call(Script script, byte[][] keys, byte[][] args) {
    String[] k = new String[keys.length];
    for (int i = 0; i < k.length; i++) {
      k[i] = name(keys[i]);
    }
    List<Object> reply = answer(script, k, args);
    if (appended) { // clients that wait are served after the script
      appended = false;
      blocked.removeIf(BooleanSupplier::getAsBoolean);
    }
    return reply;
  }

  private List<Object> answer(Script script, String[] k, byte[][] args) {
    return switch (script) {
      case CHECK -> check(k, args);
      case LEASE -> lease(k, args);
      case FILL -> fill(k, args);
      case RELEASE -> release(k, args);
      case INVALIDATE -> invalidate(k, args);
      case PUT -> put(k, args);
      case CLEAR -> clear(k, args);
      case CONTROL -> control(k, args);
    };
  }

  private List<Object> check(String[] k, byte[][] args) {
    List<Object> out = new ArrayList<>();
    for (int i = 0; i < k.length; i += 2) {
      Map<String, String> s = state(k[i], k[i + 1], name(args[0]));
      out.add(bytes(s.get("inc")));
      out.add(bytes(s.get("log")));
      out.add(bytes(s.get("seq")));
    }
    return out;
  }

  private List<Object> lease(String[] k, byte[][] args) {
    Map<String, String> s = state(k[0], k[1], name(args[0]));
    char mode = (char) args[1][0];
    Text e = mode == 'F' ? null : get(k[2]);
    if (e != null
        && (e.value.length < 12 || ByteBuffer.wrap(e.value).getLong(4) >= number(s, "floor"))) {
      return List.of(bytes("H"), e.value, left(e));
    }
    if (mode == 'P') {
      return List.of(bytes("M"));
    }
    if (mode == 'F' || e != null) {
      texts.remove(k[2]);
    }
    Text l = get(k[3]);
    if (l != null) {
      String held = name(l.value);
      if (held.equals(taken(held, args[0])) || held.equals(taken(held, args[0]) + "w")) {
        return List.of(bytes("L"), bytes(token(held)), bytes(taken(held, args[0])));
      }
      if (!held.endsWith("w")) {
        texts.put(k[3], new Text(bytes(held + "w"), l.until));
      }
      return List.of(bytes("W"), left(l));
    }
    String seq = next(s);
    byte[] lease = bytes(taken(seq, args[0]));
    texts.put(k[3], new Text(lease, until(args[2])));
    return List.of(bytes("L"), bytes(seq), lease);
  }

  private static String token(String lease) {
    int bar = lease.indexOf('|');
    return bar < 0 ? lease : lease.substring(0, bar);
  }

  /** Returns the lease with the token of {@code lease} if {@code taker} took it. */
  private static String taken(String lease, byte[] taker) {
    return token(lease) + "|" + name(taker);
  }

  private List<Object> fill(String[] k, byte[][] args) {
    String token = name(args[0]);
    String held = held(k[3]);
    if (!mayFill(held, token)) {
      return List.of(0L);
    }
    texts.remove(k[3]);
    Map<String, String> s = hashes.get(k[0]);
    if (s == null || Long.parseLong(token(token)) < number(s, "floor")) {
      return List.of(0L);
    }
    texts.put(k[2], new Text(args[1], until(args[2])));
    if (held != null && held.endsWith("w")) {
      append(k[1], s, "W", "0", args[4], args[3]);
    }
    return List.of(1L);
  }

  /** Tells whether the lease still stands: the guard on FILL. */
  boolean mayFill(@Nullable String held, String token) {
    return held != null && (held.equals(token) || held.equals(token + "w"));
  }

  private List<Object> release(String[] k, byte[][] args) {
    String token = name(args[0]);
    String held = held(k[2]);
    if (held == null || !(held.equals(token) || held.equals(token + "w"))) {
      return List.of(0L);
    }
    texts.remove(k[2]);
    Map<String, String> s = hashes.get(k[0]);
    if (s != null && held.endsWith("w")) {
      append(k[1], s, "W", "0", args[2], args[1]);
    }
    return List.of(1L);
  }

  private List<Object> invalidate(String[] k, byte[][] args) {
    Map<String, String> s = state(k[0], k[1], name(args[0]));
    String seq = next(s);
    for (int i = 2; i < k.length; i++) {
      texts.remove(k[i]);
    }
    append(k[1], s, "I", seq, args[1], Arrays.copyOfRange(args, 3, args.length));
    return List.of(bytes(seq), bytes(s.get("inc")));
  }

  private List<Object> put(String[] k, byte[][] args) {
    Map<String, String> s = state(k[0], k[1], name(args[0]));
    long newest = number(s, "seq");
    String seq = next(s);
    texts.remove(k[2]);
    texts.remove(k[3]);
    long own = Long.parseLong(name(args[4]));
    boolean stored = own >= number(s, "floor") && own <= newest;
    if (stored) {
      texts.put(k[2], new Text(args[5], until(args[6])));
    }
    append(k[1], s, "I", seq, args[1], args[3]);
    return List.of(bytes(seq), bytes(s.get("inc")), stored ? 1L : 0L);
  }

  private List<Object> clear(String[] k, byte[][] args) {
    Map<String, String> s = state(k[0], k[1], name(args[0]));
    String seq = next(s);
    s.put("floor", seq);
    append(k[1], s, "C", seq, args[1]);
    return List.of(bytes(seq));
  }

  private List<Object> control(String[] k, byte[][] args) {
    Map<String, String> s = state(k[0], k[1], name(args[0]));
    String run = "run" + runs;
    String before = s.put("run", run);
    if (!run.equals(before) && seesOtherRuns()) {
      String seq = first(k[1], name(args[0]));
      s.put("inc", incarnation(name(args[0])));
      s.put("seq", seq);
      s.put("floor", seq);
    }
    String seq = next(s);
    append(k[1], s, name(args[3]), seq, args[1], Arrays.copyOfRange(args, 4, args.length));
    return List.of(bytes(seq), bytes(s.get("inc")));
  }

  /** Tells whether the control log begins anew on another server process: a guard. */
  boolean seesOtherRuns() {
    return true;
  }

  private String first(String log, String candidate) {
    if (log.endsWith(":ctl")) {
      return Long.toString(Long.parseLong(candidate.substring(candidate.length() - 8), 16) << 20);
    }
    return Long.toString(micros());
  }

  private Map<String, String> state(String q, String log, String candidate) {
    Map<String, String> s = hashes.computeIfAbsent(q, key -> new HashMap<>());
    if (s.size() < 5) {
      String seq = first(log, candidate);
      List<Row> rows = streams.getOrDefault(log, List.of());
      s.put("inc", incarnation(candidate));
      s.put("seq", seq);
      s.put("floor", seq);
      s.put("run", "run" + runs);
      s.put("log", rows.isEmpty() ? "0-0" : rows.get(rows.size() - 1).id);
    }
    return s;
  }

  /** Returns the name of a new incarnation: the guard against a log that began anew. */
  String incarnation(String candidate) {
    return candidate;
  }

  private static String next(Map<String, String> s) {
    String seq = Long.toString(number(s, "seq") + 1);
    s.put("seq", seq);
    return seq;
  }

  @SuppressWarnings(
      "UndefinedEquals") // fields in their order, as Lettuce gives them; never looked up
  private void append(
      String log, Map<String, String> s, String op, String seq, byte[] sender, byte[]... keys) {
    List<Row> rows = streams.computeIfAbsent(log, key -> new ArrayList<>());
    String last = rows.isEmpty() ? "0-0" : rows.get(rows.size() - 1).id;
    long millis = micros() / 1000;
    String id = millis + "-0";
    if (compare(id, last) <= 0) {
      int dash = last.indexOf('-');
      id = last.substring(0, dash + 1) + (Long.parseLong(last.substring(dash + 1)) + 1);
    }
    Map<byte[], byte[]> body = new LinkedHashMap<>();
    String meta = op + "|" + s.get("log") + "|" + seq + "|" + s.get("inc") + "|" + name(sender);
    body.put(bytes("m"), bytes(meta));
    for (byte[] key : keys) {
      body.put(key, EMPTY);
    }
    Row row = new Row(id, body);
    rows.add(row);
    while (rows.size() > longestLog) {
      rows.remove(0);
    }
    s.put("log", id);
    appended = true;
  }

  private long micros() {
    return EPOCH_MICROS + nanos.getAsLong() / 1000 + skewMicros;
  }

  private @Nullable Text get(String key) {
    Text text = texts.get(key);
    if (text != null && text.until <= nanos.getAsLong()) {
      texts.remove(key);
      return null;
    }
    return text;
  }

  private @Nullable String held(String key) {
    Text text = get(key);
    return text == null ? null : name(text.value);
  }

  private long until(byte[] millis) {
    return nanos.getAsLong() + Long.parseLong(name(millis)) * NANOS_PER_MILLI;
  }

  private Long left(Text text) {
    return (text.until - nanos.getAsLong()) / NANOS_PER_MILLI;
  }

  private static long number(Map<String, String> s, String field) {
    return Long.parseLong(s.getOrDefault(field, "0"));
  }

  private static int compare(String a, String b) {
    int i = a.indexOf('-');
    int j = b.indexOf('-');
    int millis = Long.compare(Long.parseLong(a, 0, i, 10), Long.parseLong(b, 0, j, 10));
    return millis != 0
        ? millis
        : Long.compare(
            Long.parseLong(a, i + 1, a.length(), 10), Long.parseLong(b, j + 1, b.length(), 10));
  }

  static String name(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  static byte[] bytes(@Nullable String text) {
    return text == null ? EMPTY : text.getBytes(StandardCharsets.UTF_8);
  }

  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  private record Text(byte[] value, long until) {}

  /** A record of a stream. */
  record Row(String id, Map<byte[], byte[]> body) {
    Message in(byte[] log) {
      return new Message(log, id, body);
    }
  }
}
