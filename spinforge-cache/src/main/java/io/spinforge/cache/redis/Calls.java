package io.spinforge.cache.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.api.async.BaseRedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;

/** Calls a script by its digest, and by its text where the server does not know it yet. */
final class Calls {
  private Calls() {}

  static CompletionStage<List<Object>> eval(
      BaseRedisAsyncCommands<byte[], byte[]> async, Script script, byte[][] keys, byte[][] args) {
    return send(async, CommandType.EVALSHA, script.sha(), keys, args)
        .<CompletionStage<List<Object>>>handle(
            (reply, failure) -> {
              if (failure == null) {
                return CompletableFuture.completedStage(reply);
              }
              if (cause(failure) instanceof RedisNoScriptException) {
                return send(async, CommandType.EVAL, script.text(), keys, args);
              }
              return CompletableFuture.failedStage(cause(failure));
            })
        .thenCompose(stage -> stage);
  }

  private static CompletionStage<List<Object>> send(
      BaseRedisAsyncCommands<byte[], byte[]> async,
      CommandType command,
      String script,
      byte[][] keys,
      byte[][] args) {
    CommandArgs<byte[], byte[]> line = new CommandArgs<>(ByteArrayCodec.INSTANCE);
    line.add(script).add(keys.length).addKeys(keys).addValues(args);
    return async.dispatch(command, new FlatReply(ByteArrayCodec.INSTANCE), line);
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
