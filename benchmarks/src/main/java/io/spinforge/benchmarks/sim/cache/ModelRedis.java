package io.spinforge.benchmarks.sim.cache;

import static io.spinforge.benchmarks.sim.cache.ModelLease.taken;
import static io.spinforge.benchmarks.sim.cache.ModelLease.token;
import static java.util.Objects.requireNonNull;

import io.spinforge.benchmarks.sim.cache.ModelTexts.Text;
import io.spinforge.cache.redis.Script;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
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
  private static final long EPOCH_MICROS = 1_800_000_000_000_000L;
  private static final byte[] EMPTY = new byte[0];
  private static final long WOKEN = 2; // stored, and somebody waits

  final ModelMasters masters;
  private final LongSupplier nanos;
  private ModelTexts texts;
  private Map<String, ModelState> states = new HashMap<>();
  private Map<String, ModelStream> streams = new HashMap<>();
  private final List<BooleanSupplier> blocked = new ArrayList<>();
  private int runs = 1;
  private boolean appended;
  private long skewMicros;
  private int longestLog = Integer.MAX_VALUE;

  ModelRedis(LongSupplier nanos) {
    this.nanos = nanos;
    this.texts = new ModelTexts(nanos);
    this.masters = new ModelMasters(nanos);
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
    states.clear();
    streams.clear();
  }

  /** Returns what a replica has now. */
  Runnable replica() {
    ModelTexts t = texts.copy();
    Map<String, ModelState> q = new HashMap<>();
    states.forEach((key, state) -> q.put(key, state.copy()));
    Map<String, ModelStream> s = new HashMap<>();
    streams.forEach((key, stream) -> s.put(key, stream.copy()));
    return () -> {
      texts = t;
      states = q;
      streams = s;
    };
  }

  String info() {
    return "redis_version:6.2.6\r\nrole:master\r\nrun_id:run" + runs + "\r\n";
  }

  byte[] agree(byte[] key, byte[] value) {
    return texts.putIfAbsent(name(key), value);
  }

  /** Returns the records of a log after an id, {@code count} at most. */
  List<ModelStream.Row> after(String log, ModelStream.Id id, int count) {
    ModelStream stream = streams.get(log);
    return stream == null ? List.of() : stream.after(id, count);
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
    };
  }

  private List<Object> check(String[] k, byte[][] args) {
    List<Object> out = new ArrayList<>();
    for (int i = 0; i < k.length; i += 2) {
      ModelState s = state(k[i], k[i + 1], name(args[0]));
      out.add(bytes(s.incarnation));
      out.add(bytes(s.end.toString()));
      out.add(bytes(s.sequence));
    }
    return out;
  }

  private List<Object> lease(String[] k, byte[][] args) {
    ModelState s = state(k[0], k[1], name(args[0]));
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
      ModelState s = state(k[key], k[key + 1], name(args[0]));
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
      ModelState s, String v, String l, char mode, String refreshed, byte[] taker, byte[] life) {
    Text e = mode == 'F' ? null : texts.get(v);
    boolean kept = false;
    if (e != null) {
      boolean readable = e.value().length >= 12;
      long own = readable ? ByteBuffer.wrap(e.value()).getLong(4) : 0;
      if (!readable || own >= s.floor || !heedsFloor()) {
        kept = readable && refreshed.equals(Long.toString(own));
        if (!kept) {
          return List.of(bytes("H"), e.value(), texts.left(e));
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

  /** Tells whether entries from before their partition was cleared are void: a guard. */
  boolean heedsFloor() {
    return true;
  }

  private List<Object> take(ModelState s, String l, byte[] taker, byte[] life) {
    Text there = texts.get(l);
    if (there != null) {
      String held = name(there.value());
      if (ModelLease.stands(held, taken(held, taker))) {
        return List.of(bytes("L"), bytes(token(held)), bytes(taken(held, taker)));
      }
      if (!ModelLease.isWaitedFor(held)) {
        texts.replace(l, there, bytes(held + "w"));
      }
      return List.of(bytes("W"), texts.left(there));
    }
    String seq = Long.toString(s.next());
    byte[] lease = bytes(taken(seq, taker));
    texts.put(l, lease, life);
    return List.of(bytes("L"), bytes(seq), lease);
  }

  private List<Object> fill(String[] k, byte[][] args) {
    long stored = fill(k[0], k[2], k[3], args, 0);
    if (stored == WOKEN) {
      append(k[1], requireNonNull(states.get(k[0])), "W", 0, args[4], args[3]);
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
        append(log, requireNonNull(states.get(q)), "W", 0, args[0], woken.toArray(byte[][]::new));
      }
    }
    return out;
  }

  /** Fills with the lease, entry and time at {@code arg}; tells whether it did and who waits. */
  private long fill(String q, String v, String l, byte[][] args, int arg) {
    String token = name(args[arg]);
    String held = texts.read(l);
    if (!mayFill(held, token, arg > 0)) {
      return 0;
    }
    texts.remove(l);
    ModelState s = states.get(q);
    if (s == null || Long.parseLong(token(token)) < s.floor) {
      return 0;
    }
    texts.put(v, args[arg + 1], args[arg + 2]);
    return ModelLease.isWaitedFor(held) ? WOKEN : 1;
  }

  /** Tells whether the lease still stands: the guard on FILL, and on FILLS if it is of many. */
  boolean mayFill(@Nullable String held, String token, boolean ofMany) {
    return ModelLease.stands(held, token);
  }

  private List<Object> release(String[] k, byte[][] args) {
    String token = name(args[0]);
    String held = texts.read(k[2]);
    if (!ModelLease.stands(held, token)) {
      return List.of(0L);
    }
    texts.remove(k[2]);
    ModelState s = states.get(k[0]);
    if (s != null && ModelLease.isWaitedFor(held)) {
      append(k[1], s, "W", 0, args[2], args[1]);
    }
    return List.of(1L);
  }

  private List<Object> invalidate(String[] k, byte[][] args) {
    ModelState s = state(k[0], k[1], name(args[0]));
    long seq = s.next();
    for (int i = 2; i < k.length; i++) {
      texts.remove(k[i]);
    }
    append(k[1], s, "I", seq, args[1], Arrays.copyOfRange(args, 3, args.length));
    return List.of(bytes(seq), bytes(s.incarnation));
  }

  private List<Object> put(String[] k, byte[][] args) {
    ModelState s = state(k[0], k[1], name(args[0]));
    long newest = s.sequence;
    long seq = s.next();
    texts.remove(k[2]);
    texts.remove(k[3]);
    long own = Long.parseLong(name(args[4]));
    boolean stored = own >= s.floor && own <= newest;
    if (stored) {
      texts.put(k[2], args[5], args[6]);
    }
    append(k[1], s, "I", seq, args[1], args[3]);
    return List.of(bytes(seq), bytes(s.incarnation), stored ? 1L : 0L);
  }

  private List<Object> touch(String[] k, byte[][] args) {
    Text e = texts.get(k[2]);
    if (e == null
        || e.value().length < 12
        || ByteBuffer.wrap(e.value()).getLong(4) != Long.parseLong(name(args[0]))) {
      return List.of(0L);
    }
    texts.put(k[2], e.value(), args[1]);
    return List.of(1L);
  }

  private List<Object> clear(String[] k, byte[][] args) {
    ModelState s = state(k[0], k[1], name(args[0]));
    long seq = s.next();
    s.floor = seq;
    append(k[1], s, "C", seq, args[1]);
    return List.of(bytes(seq));
  }

  private List<Object> control(String[] k, byte[][] args) {
    ModelState s = state(k[0], k[1], name(args[0]));
    String run = "run" + runs;
    boolean other = !s.run.equals(run);
    s.run = run;
    if (other && seesOtherRuns()) {
      String name = ModelState.named(name(args[0]), run);
      s.incarnation = incarnation(name);
      s.sequence = first(k[1], name);
      s.floor = s.sequence;
    }
    long seq = s.next();
    append(k[1], s, name(args[3]), seq, args[1], Arrays.copyOfRange(args, 4, args.length));
    return List.of(bytes(seq), bytes(s.incarnation));
  }

  /** Tells whether the control log begins anew on another server process: a guard. */
  boolean seesOtherRuns() {
    return true;
  }

  private long first(String log, String candidate) {
    return log.endsWith(":ctl")
        ? Long.parseLong(candidate.substring(candidate.length() - 8), 16) << 20
        : micros();
  }

  private ModelState state(String q, String log, String candidate) {
    ModelState there = states.get(q);
    if (there != null) {
      return there;
    }
    ModelStream stream = streams.get(log);
    ModelState made =
        new ModelState(
            incarnation(candidate),
            "run" + runs,
            first(log, candidate),
            stream == null ? ModelStream.START : stream.last());
    states.put(q, made);
    return made;
  }

  /** Returns the name of a new incarnation: the guard against a log that began anew. */
  String incarnation(String candidate) {
    return candidate;
  }

  private void append(
      String log, ModelState s, String op, long seq, byte[] sender, byte[]... keys) {
    String meta = op + "|" + s.end + "|" + seq + "|" + s.incarnation + "|" + name(sender);
    ModelStream stream = streams.computeIfAbsent(log, key -> new ModelStream());
    s.end = stream.append(micros() / 1000, bytes(meta), keys, longestLog);
    appended = true;
  }

  private long micros() {
    return EPOCH_MICROS + nanos.getAsLong() / 1000 + skewMicros;
  }

  static String name(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] bytes(long number) {
    return bytes(Long.toString(number));
  }
}
