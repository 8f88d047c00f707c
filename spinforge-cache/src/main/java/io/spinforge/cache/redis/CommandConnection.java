package io.spinforge.cache.redis;

import java.util.concurrent.CompletableFuture;

/**
 * A connection for commands. It reconnects by itself, and may then send again what had no answer:
 * each script is safe to be called twice.
 */
public interface CommandConnection extends Connection {
  /** Tells whether it is connected now. */
  boolean isOpen();

  /** Sets a key that is not there yet, and answers what it holds then. */
  CompletableFuture<byte[]> agree(byte[] key, byte[] value);
}
