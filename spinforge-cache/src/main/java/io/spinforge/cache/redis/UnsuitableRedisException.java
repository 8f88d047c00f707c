package io.spinforge.cache.redis;

/** This Redis answers but cannot be used: a wrong version or another number of partitions. */
public final class UnsuitableRedisException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  UnsuitableRedisException(String message) {
    super(message);
  }
}
