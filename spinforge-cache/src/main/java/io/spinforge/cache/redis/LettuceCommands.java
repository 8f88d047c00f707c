package io.spinforge.cache.redis;

import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** A connection for commands through Lettuce. */
record LettuceCommands(
    StatefulConnection<byte[], byte[]> connection,
    RedisClusterAsyncCommands<byte[], byte[]> async,
    BooleanSupplier open)
    implements CommandConnection {

  @Override
  public boolean isOpen() {
    return open.getAsBoolean();
  }

  @Override
  public CompletableFuture<List<Object>> call(Script script, byte[][] keys, byte[][] args) {
    return Calls.eval(async, script, keys, args).toCompletableFuture();
  }

  @Override
  public CompletableFuture<String> info() {
    return async.info().toCompletableFuture();
  }

  @Override
  public CompletableFuture<byte[]> agree(byte[] key, byte[] value) {
    return async
        .set(key, value, SetArgs.Builder.nx())
        .thenCompose(set -> async.get(key))
        .toCompletableFuture();
  }

  @Override
  public CompletableFuture<Void> close() {
    return connection.closeAsync();
  }
}
