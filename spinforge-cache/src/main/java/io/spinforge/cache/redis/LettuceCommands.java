package io.spinforge.cache.redis;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

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
  public CompletableFuture<Page> scan(@Nullable Object from, byte[] pattern, int count) {
    ScanArgs args = ScanArgs.Builder.limit(count).match(pattern);
    RedisFuture<KeyScanCursor<byte[]>> part =
        from instanceof ScanCursor cursor ? async.scan(cursor, args) : async.scan(args);
    return part.thenApply(found -> new Page(found.getKeys(), found.isFinished() ? null : found))
        .toCompletableFuture();
  }

  @Override
  public CompletableFuture<Void> close() {
    return connection.closeAsync();
  }
}
