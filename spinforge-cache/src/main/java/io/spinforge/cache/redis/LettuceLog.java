package io.spinforge.cache.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A connection that reads logs through Lettuce. */
final class LettuceLog implements LogConnection {
  private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(1);

  private final StatefulRedisConnection<byte[], byte[]> connection;

  LettuceLog(StatefulRedisConnection<byte[], byte[]> connection) {
    this.connection = connection;
    connection.setTimeout(IDLE_TIMEOUT); // the client's own would cut a blocking read short
  }

  @Override
  public void onLost(Runnable lost) {
    connection.addListener(
        new RedisConnectionStateListener() {
          @Override
          public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
            lost.run();
          }
        });
  }

  @Override
  public CompletableFuture<List<Object>> call(Script script, byte[][] keys, byte[][] args) {
    return Calls.eval(connection.async(), script, keys, args).toCompletableFuture();
  }

  @Override
  public CompletableFuture<String> info() {
    return connection.async().info().toCompletableFuture();
  }

  @Override
  public CompletableFuture<List<Message>> read(
      byte[][] logs, String[] ids, Duration block, int count) {
    @SuppressWarnings({
      "unchecked",
      "rawtypes"
    }) // arrays of a generic type cannot be made otherwise
    StreamOffset<byte[]>[] offsets = new StreamOffset[logs.length];
    for (int i = 0; i < logs.length; i++) {
      offsets[i] = StreamOffset.from(logs[i], ids[i]);
    }
    return connection
        .async()
        .xread(new XReadArgs().block(block).count(count), offsets)
        .thenApply(LettuceLog::messages)
        .toCompletableFuture();
  }

  @Override
  public CompletableFuture<Void> close() {
    return connection.closeAsync();
  }

  private static List<Message> messages(List<StreamMessage<byte[], byte[]>> streamed) {
    if (streamed == null) {
      return List.of();
    }
    return streamed.stream().map(m -> new Message(m.getStream(), m.getId(), m.getBody())).toList();
  }
}
