package io.spinforge.cache.codec;

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
   * another number is a miss, so a service that changes its format changes the number. 1 and 2 are
   * {@link #utf8()} and {@link #bytes()}; below 100 is reserved.
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

  /** Returns the codec of strings as strict UTF-8. */
  static Codec<String> utf8() {
    return Utf8Codec.INSTANCE;
  }

  /** Returns the codec of byte arrays as they are. An array handed out must not be written to. */
  static Codec<byte[]> bytes() {
    return BytesCodec.INSTANCE;
  }
}
