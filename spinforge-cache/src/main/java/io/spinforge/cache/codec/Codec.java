package io.spinforge.cache.codec;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * Turns a value into bytes and back. Thread-safe. What it throws is an outcome, not an error of the
 * read: a value that cannot be written is served and not kept, bytes that cannot be read are a
 * counted miss.
 *
 * @param <V> the type of the value
 */
public interface Codec<V> {
  /**
   * Returns the number that stands for this format in Redis, 0 to 2^31-1. An entry written under
   * another number is a miss, so a service that changes its format changes the number. 1, 2 and 3
   * are {@link #utf8()}, {@link #bytes()} and JSON; below 100 is reserved.
   */
  int id();

  /**
   * Turns a value into bytes.
   *
   * @throws Exception if it cannot be written
   */
  byte[] encode(V value) throws Exception;

  /**
   * Turns bytes into a value.
   *
   * @throws Exception if they cannot be read
   */
  V decode(byte[] bytes) throws Exception;

  /**
   * Returns the version of the value's schema, 0 or more; default 0. An entry written under another
   * one is a miss, so a service whose values change their shape changes the number.
   */
  default int schema() {
    return 0;
  }

  /**
   * Returns the codec to use for a cache of a type; called once, when a cache is built. Default:
   * this one.
   */
  default Codec<V> forType(Class<V> type) {
    return this;
  }

  /**
   * Returns a codec of values as JSON, by Jackson with a mapper of its own as it comes; the type is
   * that of the cache. Needs {@code com.fasterxml.jackson.core:jackson-databind}.
   *
   * @throws IllegalStateException if that is not on the class path
   */
  static <V> Codec<V> json() {
    return JsonCodec.required(() -> JsonCodec.of(new ObjectMapper()));
  }

  /** Returns a codec of values as JSON with a mapper; the type is that of the cache. */
  static <V> Codec<V> json(ObjectMapper mapper) {
    return JsonCodec.of(requireNonNull(mapper, "mapper"));
  }

  /** Returns a codec of values of a generic type as JSON, for a cache that is built with it. */
  static <V> Codec<V> json(ObjectMapper mapper, TypeReference<V> type) {
    return JsonCodec.of(mapper, mapper.constructType(requireNonNull(type, "type")));
  }

  /** Returns a codec of values of a type that Jackson describes, for a cache built with it. */
  static <V> Codec<V> json(ObjectMapper mapper, JavaType type) {
    return JsonCodec.of(mapper, requireNonNull(type, "type"));
  }

  /**
   * Returns a codec of the same bytes under another {@link #schema()}.
   *
   * @param version 0 to 2^31-1
   */
  default Codec<V> schema(int version) {
    return new VersionedCodec<>(this, version);
  }

  /** Returns the codec of strings as strict UTF-8. */
  static Codec<String> utf8() {
    return Utf8Codec.INSTANCE;
  }

  /** Returns the codec of byte arrays as they are. An array handed out must not be written to. */
  static Codec<byte[]> bytes() {
    return BytesCodec.INSTANCE;
  }
}
