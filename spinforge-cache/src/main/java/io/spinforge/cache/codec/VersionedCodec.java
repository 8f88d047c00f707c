package io.spinforge.cache.codec;

/** Another codec's bytes under a schema version of their own. */
final class VersionedCodec<V> implements Codec<V> {
  private final Codec<V> codec;
  private final int schema;

  VersionedCodec(Codec<V> codec, int schema) {
    if (schema < 0) {
      throw new IllegalArgumentException("schema: " + schema + " (expected: >= 0)");
    }
    this.codec = codec;
    this.schema = schema;
  }

  @Override
  public int id() {
    return codec.id();
  }

  @Override
  public int schema() {
    return schema;
  }

  @Override
  public Codec<V> forType(Class<V> type) {
    return new VersionedCodec<>(codec.forType(type), schema);
  }

  @Override
  public byte[] encode(V value) throws Exception {
    return codec.encode(value);
  }

  @Override
  public V decode(byte[] bytes) throws Exception {
    return codec.decode(bytes);
  }
}
