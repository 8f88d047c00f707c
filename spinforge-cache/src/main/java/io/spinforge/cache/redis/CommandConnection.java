package io.spinforge.cache.redis;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A connection for commands. It reconnects by itself, and may then send again what had no answer:
 * each script is safe to be called twice.
 */
public interface CommandConnection extends Connection {
  /** Tells whether it is connected now. */
  boolean isOpen();

  /**
   * Goes through the keys of all masters, a part at a time.
   *
   * @param from where the part before it ended; null for the first
   * @param pattern what the keys look like
   * @param count how many keys to look at, about
   */
  CompletableFuture<Page> scan(@Nullable Object from, byte[] pattern, int count);

  /**
   * A part of the keys.
   *
   * @param next where it ended; null if it was the last
   */
  record Page(List<byte[]> keys, @Nullable Object next) {}

  /** Sets a key that is not there yet, and answers what it holds then. */
  CompletableFuture<byte[]> agree(byte[] key, byte[] value);
}
