package io.spinforge.benchmarks.sim.cache;

import io.spinforge.cache.redis.CommandConnection.Page;
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
  private static final long WOKEN = 2; // stored, and somebody waits

  private static final byte[] HOLD = bytes("H");

  private final LongSupplier nanos;
  private final ModelBarriers barriers = new ModelBarriers(() -> micros() / 1000);
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
    barriers.flush();
  }

  /** Returns what a replica has now. */
  Runnable replica() {
    Map<String, Text> t = new HashMap<>(texts);
    Map<String, Map<String, String>> h = new HashMap<>();
    hashes.forEach((key, hash) -> h.put(key, new HashMap<>(hash)));
    Map<String, List<Row>> s = new HashMap<>();
    streams.forEach((key, rows) -> s.put(key, new ArrayList<>(rows)));
    Runnable b = barriers.replica();
    return () -> {
      b.run();
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

  /** Returns some of the keys, whatever they look like. */
  Page scan(int from, int count) {
    List<byte[]> names =
        texts.keySet().stream().sorted().skip(from).map(ModelRedis::bytes).toList();
    return names.size() <= count
        ? new Page(names, null)
        : new Page(names.subList(0, count), from + count);
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
      case LEASES -> leases(k, args);
      case FILL -> fill(k, args);
      case FILLS -> fills(k, args);
      case RELEASE -> release(k, args);
      case INVALIDATE -> invalidate(k, args);
      case PUT -> put(k, args);
      case TOUCH -> touch(k, args);
      case CLEAR -> clear(k, args);
      case CONTROL -> control(k, args);
      case HOLD -> hold(k, args);
      case PRESENT -> barriers.present("run" + runs);
      case BARRIER -> barrier(k, args);
      case ARRIVED -> arrived(k, args);
      case LEFT -> List.of(left(k[0]));
      case LEAVE -> barriers.leave(name(args[0]));
      case TURN -> barriers.turn(args);
      case HEADS -> heads(k, args);
      case RECLAIM -> reclaim(k, args);
    };
  }

  private List<Object> check(String[] k, byte[][] args) {
    List<Object> out = new ArrayList<>();
    for (int i = 0; i + 1 < k.length; i += 2) {
      Map<String, String> s = state(k[i], k[i + 1], name(args[0]));
      out.add(bytes(s.get("inc")));
      out.add(bytes(s.get("log")));
      out.add(bytes(s.get("seq")));
    }
    if (args.length > 1) {
      barriers.announce(name(args[1]), name(args[2]), name(args[3]));
    }
    return out;
  }

  private List<Object> lease(String[] k, byte[][] args) {
    Map<String, String> s = state(k[0], k[1], name(args[0]));
    char mode = (char) args[1][0];
    String refreshed = mode == 'R' ? name(args[3]) : "";
    return lease(s, k[2], k[3], mode, refreshed, args[4], args[2]);
  }

  private List<Object> leases(String[] k, byte[][] args) {
    List<Object> out = new ArrayList<>();
    int partitions = Integer.parseInt(name(args[2]));
    int key = 0;
    int arg = 3 + partitions;
    for (int p = 0; p < partitions; p++) {
      Map<String, String> s = state(k[key], k[key + 1], name(args[0]));
      key += 2;
      for (int n = Integer.parseInt(name(args[3 + p])); n > 0; n--) {
        String wanted = name(args[arg++]);
        char mode = wanted.equals("F") ? 'F' : 'R';
        List<Object> one = lease(s, k[key], k[key + 1], mode, wanted, args[0], args[1]);
        key += 2;
        for (int i = 0; i < 3; i++) {
          out.add(i < one.size() ? one.get(i) : EMPTY);
        }
      }
    }
    return out;
  }

  private List<Object> lease(
      Map<String, String> s,
      String v,
      String l,
      char mode,
      String refreshed,
      byte[] taker,
      byte[] life) {
    Text e = mode == 'F' ? null : get(v);
    boolean kept = false;
    if (e != null) {
      boolean readable = e.value.length >= 12;
      long own = readable ? ByteBuffer.wrap(e.value).getLong(4) : 0;
      if (!readable || own >= number(s, "floor")) {
        kept = readable && refreshed.equals(Long.toString(own));
        if (!kept) {
          return List.of(bytes("H"), e.value, left(e));
        }
      }
    }
    if (mode == 'P') {
      return List.of(bytes("M"));
    }
    if (!kept) {
      texts.remove(v);
    }
    return take(s, l, taker, life);
  }

  private List<Object> take(Map<String, String> s, String l, byte[] taker, byte[] life) {
    Text there = get(l);
    if (there != null && isHeld(l)) {
      return List.of(bytes("B"));
    }
    if (there != null) {
      String held = name(there.value);
      if (held.equals(taken(held, taker)) || held.equals(taken(held, taker) + "w")) {
        return List.of(bytes("L"), bytes(token(held)), bytes(taken(held, taker)));
      }
      if (!held.endsWith("w")) {
        texts.put(l, new Text(bytes(held + "w"), there.until));
      }
      return List.of(bytes("W"), left(there));
    }
    String seq = next(s);
    byte[] lease = bytes(taken(seq, taker));
    texts.put(l, new Text(lease, until(life)));
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
    long stored = fill(k[0], k[2], k[3], args, 0);
    if (stored == WOKEN) {
      append(k[1], hashes.getOrDefault(k[0], Map.of()), "W", "0", args[4], args[3]);
    }
    return List.of(Math.min(1, stored));
  }

  private List<Object> fills(String[] k, byte[][] args) {
    List<Object> out = new ArrayList<>();
    int partitions = Integer.parseInt(name(args[2]));
    int key = 0;
    int arg = 3 + partitions;
    for (int p = 0; p < partitions; p++) {
      String q = k[key];
      String log = k[key + 1];
      key += 2;
      List<byte[]> woken = new ArrayList<>();
      for (int n = Integer.parseInt(name(args[3 + p])); n > 0; n--) {
        long stored = fill(q, k[key], k[key + 1], args, arg);
        if (stored == WOKEN) {
          woken.add(args[arg + 3]);
        }
        out.add(Math.min(1, stored));
        key += 2;
        arg += 4;
      }
      if (!woken.isEmpty()) {
        Map<String, String> s = hashes.getOrDefault(q, Map.of());
        append(log, s, "W", "0", args[0], woken.toArray(byte[][]::new));
      }
    }
    return out;
  }

  /** Fills with the lease, entry and time at {@code arg}; tells whether it did and who waits. */
  private long fill(String q, String v, String l, byte[][] args, int arg) {
    String token = name(args[arg]);
    String held = held(l);
    if (!mayFill(held, token)) {
      return 0;
    }
    texts.remove(l);
    Map<String, String> s = hashes.get(q);
    if (s == null || Long.parseLong(token(token)) < number(s, "floor")) {
      return 0;
    }
    texts.put(v, new Text(args[arg + 1], until(args[arg + 2])));
    return held != null && held.endsWith("w") ? WOKEN : 1;
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
    for (int i = 2; i < k.length; i += 2) {
      texts.remove(k[i]);
      if (!isHeld(k[i + 1])) {
        texts.remove(k[i + 1]);
      }
    }
    append(k[1], s, "I", seq, args[1], Arrays.copyOfRange(args, 3, args.length));
    return List.of(bytes(seq), bytes(s.get("inc")));
  }

  private List<Object> hold(String[] k, byte[][] args) {
    Map<String, String> s = state(k[0], k[1], name(args[0]));
    String seq = next(s);
    for (int i = 2; i < k.length; i += 2) {
      texts.remove(k[i]);
      Text held = get(k[i + 1]);
      long until = until(args[3]);
      if (held == null || !isHeld(k[i + 1]) || held.until < until) {
        texts.put(k[i + 1], new Text(HOLD, until));
      }
    }
    byte[][] held = Arrays.copyOfRange(args, 4, args.length);
    append(k[1], s, "I" + name(args[3]), seq, args[1], held);
    return List.of(bytes(seq), bytes(s.get("inc")));
  }

  /** Tells whether nothing may be stored under a key for now: the guard of a hold. */
  boolean isHeld(String lease) {
    Text held = get(lease);
    return held != null && Arrays.equals(held.value, HOLD);
  }

  private List<Object> barrier(String[] k, byte[][] args) {
    Map<String, String> s = state(k[0], k[1], name(args[0]));
    barriers.expect(k[2], args, 5);
    append(k[1], s, "Q", s.getOrDefault("seq", ""), args[1], args[3]);
    return List.of(1L);
  }

  /** Returns how many nodes have not come to a barrier: the guard of who waits for all. */
  long left(String barrier) {
    return barriers.left(barrier);
  }

  private List<Object> heads(String[] k, byte[][] args) {
    List<Object> out = new ArrayList<>();
    for (String key : k) {
      out.add(head(key, Integer.parseInt(name(args[0])) + 1));
    }
    return out;
  }

  private byte[] head(String key, int length) {
    Text text = get(key);
    return text == null ? EMPTY : Arrays.copyOf(text.value, Math.min(text.value.length, length));
  }

  private List<Object> reclaim(String[] k, byte[][] args) {
    long gone = 0;
    for (int i = 0; i < k.length; i++) {
      if (get(k[i]) != null && beginsSo(head(k[i], args[i].length), args[i])) {
        texts.remove(k[i]);
        gone++;
      }
    }
    return List.of(gone);
  }

  /** Tells whether an entry is the one that was judged: the guard of what is reclaimed. */
  boolean beginsSo(byte[] head, byte[] judged) {
    return Arrays.equals(head, judged);
  }

  byte @Nullable [] value(String key) {
    Text text = get(key);
    return text == null ? null : text.value;
  }

  private List<Object> arrived(String[] k, byte[][] args) {
    if (!barriers.arrived(k[2], name(args[0]))) {
      return List.of(0L);
    }
    Map<String, String> s = hashes.get(k[0]);
    if (s != null) {
      append(k[1], s, "W", s.getOrDefault("seq", ""), args[1], args[3]);
    }
    return List.of(1L);
  }

  private List<Object> put(String[] k, byte[][] args) {
    Map<String, String> s = state(k[0], k[1], name(args[0]));
    long newest = number(s, "seq");
    String seq = next(s);
    texts.remove(k[2]);
    boolean held = isHeld(k[3]);
    if (!held) {
      texts.remove(k[3]);
    }
    long own = Long.parseLong(name(args[4]));
    boolean stored = !held && own >= number(s, "floor") && own <= newest;
    if (stored) {
      texts.put(k[2], new Text(args[5], until(args[6])));
    }
    append(k[1], s, "I", seq, args[1], args[3]);
    return List.of(bytes(seq), bytes(s.get("inc")), held ? 2L : stored ? 1L : 0L);
  }

  private List<Object> touch(String[] k, byte[][] args) {
    Text e = get(k[2]);
    if (e == null
        || e.value.length < 12
        || ByteBuffer.wrap(e.value).getLong(4) != Long.parseLong(name(args[0]))) {
      return List.of(0L);
    }
    texts.put(k[2], new Text(e.value, until(args[1])));
    return List.of(1L);
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
