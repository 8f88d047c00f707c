package io.spinforge.health.registry.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.BaseRedisAsyncCommands;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.concurrent.CompletableFuture;

/**
 * The two connections of a store.
 *
 * @param connection carries the commands
 * @param commands run scripts on it
 * @param hints carries the channels
 */
record Lines(
    StatefulConnection<String, String> connection,
    BaseRedisAsyncCommands<String, String> commands,
    StatefulRedisPubSubConnection<String, String> hints) {

  /** Opens both; blocks. */
  interface Opener {
    Lines open();
  }

  static Lines open(RedisClient client) {
    StatefulRedisConnection<String, String> connection = client.connect(StringCodec.UTF8);
    try {
      return new Lines(connection, connection.async(), client.connectPubSub(StringCodec.UTF8));
    } catch (RuntimeException e) {
      var unused = connection.closeAsync();
      throw e;
    }
  }

  static Lines open(RedisClusterClient client) {
    client.refreshPartitions(); // a node may have moved while we were away
    StatefulRedisClusterConnection<String, String> connection = client.connect(StringCodec.UTF8);
    try {
      return new Lines(connection, connection.async(), client.connectPubSub(StringCodec.UTF8));
    } catch (RuntimeException e) {
      var unused = connection.closeAsync();
      throw e;
    }
  }

  boolean isOpen() {
    return connection.isOpen();
  }

  void close() {
    var unused = CompletableFuture.allOf(connection.closeAsync(), hints.closeAsync());
  }
}
