package io.spinforge.cache.codec;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.IOException;
import java.util.function.Supplier;

/** Values as JSON. A JSON null is no value: it is an error to read. */
final class JsonCodec<V> implements Codec<V> {
  private static final int ID = 3;

  private final ObjectReader reader;
  private final ObjectWriter writer;

  private JsonCodec(ObjectMapper mapper, JavaType type) {
    this.reader = mapper.readerFor(type);
    this.writer = mapper.writerFor(type);
  }

  static <V> Codec<V> of(ObjectMapper mapper) {
    return new Untyped<>(mapper);
  }

  static <V> Codec<V> of(ObjectMapper mapper, JavaType type) {
    return new JsonCodec<>(mapper, type);
  }

  /** Calls what needs Jackson, and names the artifact if it is not there. */
  static <T> T required(Supplier<T> needsJackson) {
    try {
      return needsJackson.get();
    } catch (NoClassDefFoundError absent) {
      throw new IllegalStateException(
          "Codec.json: Jackson is not on the class path"
              + " (expected: com.fasterxml.jackson.core:jackson-databind)",
          absent);
    }
  }

  @Override
  public int id() {
    return ID;
  }

  @Override
  public byte[] encode(V value) throws IOException {
    return writer.writeValueAsBytes(value);
  }

  @Override
  public V decode(byte[] bytes) throws IOException {
    V value = reader.readValue(bytes);
    if (value == null) {
      throw new IOException("null");
    }
    return value;
  }

  /** One that learns its type from the cache. */
  private static final class Untyped<V> implements Codec<V> {
    private final ObjectMapper mapper;

    Untyped(ObjectMapper mapper) {
      this.mapper = mapper;
    }

    @Override
    public int id() {
      return ID;
    }

    @Override
    public Codec<V> forType(Class<V> type) {
      return new JsonCodec<>(mapper, mapper.constructType(type));
    }

    @Override
    public byte[] encode(V value) throws IOException {
      return mapper.writeValueAsBytes(value);
    }

    @Override
    public V decode(byte[] bytes) {
      throw new IllegalStateException(
          "type: none (expected: a cache of it, or json(mapper, type))");
    }
  }
}
