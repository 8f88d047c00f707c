package io.spinforge.benchmarks.sim.cache;

import io.spinforge.cache.redis.CommandConnection.Page;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What the model keeps, with the clock and the process of its server; scripts come on top. */
abstract class ModelStore {
  private static final long EPOCH_MICROS = 1_800_000_000_000_000L;

  final ModelMasters masters;
  final ModelBarriers barriers;
  private final LongSupplier nanos;
  private final List<BooleanSupplier> blocked = new ArrayList<>();
  private ModelTexts texts;
  private Map<String, ModelState> states = new HashMap<>();
  private Map<String, ModelStream> streams = new HashMap<>();
  private int runs = 1;
  private boolean appended;
  private long skewMicros;
  private int longestLog = Integer.MAX_VALUE;

  ModelStore(LongSupplier nanos) {
    this.nanos = nanos;
    this.texts = new ModelTexts(nanos);
    this.masters = new ModelMasters(nanos);
    this.barriers = new ModelBarriers(() -> micros() / 1000);
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
    barriers.flush();
  }

  /** Returns what a replica has now. */
  Runnable replica() {
    ModelTexts t = texts.copy();
    Map<String, ModelState> q = new HashMap<>();
    states.forEach((key, state) -> q.put(key, state.copy()));
    Map<String, ModelStream> s = new HashMap<>();
    streams.forEach((key, stream) -> s.put(key, stream.copy()));
    Runnable b = barriers.replica();
    return () -> {
      b.run();
      texts = t;
      states = q;
      streams = s;
    };
  }

  String info() {
    return "redis_version:6.2.6\r\nrole:master\r\nrun_id:" + run() + "\r\n";
  }

  byte[] agree(byte[] key, byte[] value) {
    return texts.putIfAbsent(name(key), value);
  }

  /** Returns the records of a log after an id, {@code count} at most. */
  List<ModelStream.Row> after(String log, ModelStream.Id id, int count) {
    ModelStream stream = streams.get(log);
    return stream == null ? List.of() : stream.after(id, count);
  }

  /** Returns some of the keys of the master at the cursor, whatever they look like. */
  Page scan(Cursor from, int count) {
    List<byte[]> names =
        texts.keys().stream()
            .filter(key -> masters.of(key) == from.master)
            .sorted()
            .skip(from.seen)
            .map(ModelStore::bytes)
            .toList();
    if (names.size() > count) {
      return new Page(names.subList(0, count), new Cursor(from.master, from.seen + count));
    }
    int next = from.master + 1;
    return new Page(names, next < masters.count() ? new Cursor(next, 0) : null);
  }

  byte @Nullable [] value(String key) {
    ModelTexts.Text text = texts.get(key);
    return text == null ? null : text.value();
  }

  ModelTexts texts() {
    return texts;
  }

  /** Returns the name of the server's process. */
  String run() {
    return "run" + runs;
  }

  /** Returns what is kept of a log, or null. */
  @Nullable ModelState known(String q) {
    return states.get(q);
  }

  /** Returns what is kept of a log, which begins now if nothing is. */
  ModelState state(String q, String log, String candidate) {
    ModelState there = states.get(q);
    if (there != null) {
      return there;
    }
    ModelStream stream = streams.get(log);
    ModelState made =
        new ModelState(
            incarnation(candidate),
            run(),
            first(log, candidate),
            stream == null ? ModelStream.START : stream.last());
    states.put(q, made);
    return made;
  }

  /** Returns the first sequence of a new incarnation of a log. */
  long first(String log, String candidate) {
    return log.endsWith(":ctl")
        ? Long.parseLong(candidate.substring(candidate.length() - 8), 16) << 20
        : micros();
  }

  /** Returns the name of a new incarnation: the guard against a log that began anew. */
  String incarnation(String candidate) {
    return candidate;
  }

  void append(String log, ModelState s, String op, long seq, byte[] sender, byte[]... keys) {
    String meta = op + "|" + s.end + "|" + seq + "|" + s.incarnation + "|" + name(sender);
    ModelStream stream = streams.computeIfAbsent(log, key -> new ModelStream());
    s.end = stream.append(micros() / 1000, bytes(meta), keys, longestLog);
    appended = true;
  }

  /** Serves who waits for records, as Redis does after each script. */
  void serve() {
    if (appended) {
      appended = false;
      blocked.removeIf(BooleanSupplier::getAsBoolean);
    }
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

  static byte[] bytes(long number) {
    return bytes(Long.toString(number));
  }

  /** Where going through the keys has come to: a master, and how many of its keys were seen. */
  record Cursor(int master, int seen) {
    static final Cursor START = new Cursor(0, 0);
  }
}
