package io.spinforge.benchmarks.sim.cache;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The strings of the model, with the times they have to live. */
final class ModelTexts {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final LongSupplier nanos;
  private final Map<String, Text> texts;

  ModelTexts(LongSupplier nanos) {
    this(nanos, new HashMap<>());
  }

  private ModelTexts(LongSupplier nanos, Map<String, Text> texts) {
    this.nanos = nanos;
    this.texts = texts;
  }

  ModelTexts copy() {
    return new ModelTexts(nanos, new HashMap<>(texts));
  }

  @Nullable Text get(String key) {
    Text text = texts.get(key);
    if (text != null && text.until <= nanos.getAsLong()) {
      texts.remove(key);
      return null;
    }
    return text;
  }

  /** Returns a string as text, or null. */
  @Nullable String read(String key) {
    Text text = get(key);
    return text == null ? null : ModelRedis.name(text.value);
  }

  void put(String key, byte[] value, byte[] millis) {
    long life = Long.parseLong(ModelRedis.name(millis)) * NANOS_PER_MILLI;
    texts.put(key, new Text(value, nanos.getAsLong() + life));
  }

  /** Puts another value in the place of one, which keeps its time to live. */
  void replace(String key, Text old, byte[] value) {
    texts.put(key, new Text(value, old.until));
  }

  /** Returns the value that is there, after putting this one if there is none. */
  byte[] putIfAbsent(String key, byte[] value) {
    return texts.computeIfAbsent(key, k -> new Text(value, Long.MAX_VALUE)).value;
  }

  Set<String> keys() {
    return texts.keySet();
  }

  void remove(String key) {
    texts.remove(key);
  }

  void clear() {
    texts.clear();
  }

  /** Returns the milliseconds that it still has to live. */
  Long left(Text text) {
    return millis(text.until - now());
  }

  long now() {
    return nanos.getAsLong();
  }

  static long millis(long nanos) {
    return nanos / NANOS_PER_MILLI;
  }

  static long nanos(long millis) {
    return millis * NANOS_PER_MILLI;
  }

  /** A string, and when it ends. */
  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  record Text(byte[] value, long until) {}
}
