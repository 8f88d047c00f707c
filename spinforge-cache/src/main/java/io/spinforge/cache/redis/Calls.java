package io.spinforge.cache.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisScriptingAsyncCommands;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;

/** Calls a script by its digest, and by its text where the server does not know it yet. */
final class Calls {
  private Calls() {}

  static CompletionStage<List<Object>> eval(
      RedisScriptingAsyncCommands<byte[], byte[]> async,
      Script script,
      byte[][] keys,
      byte[][] args) {
    CompletionStage<List<Object>> first =
        async.evalsha(script.sha(), ScriptOutputType.MULTI, keys, args);
    return first
        .<CompletionStage<List<Object>>>handle(
            (reply, failure) -> {
              if (failure == null) {
                return CompletableFuture.completedStage(reply);
              }
              if (cause(failure) instanceof RedisNoScriptException) {
                return async.eval(script.text(), ScriptOutputType.MULTI, keys, args);
              }
              return CompletableFuture.failedStage(cause(failure));
            })
        .thenCompose(stage -> stage);
  }

  /** Returns a name for an incarnation, should the script find none. */
  static byte[] candidate() {
    return Keys.bytes(Long.toHexString(ThreadLocalRandom.current().nextLong() | Long.MIN_VALUE));
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
