package io.spinforge.cache.redis;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What every connection to Redis can do. No method blocks. Thread-safe. */
public interface Connection {
  /** Calls a script; the answer is what the script's file says. */
  CompletableFuture<List<Object>> call(Script script, byte[][] keys, byte[][] args);

  /** Asks for INFO. */
  CompletableFuture<String> info();

  /** Begins to close. */
  CompletableFuture<Void> close();
}
