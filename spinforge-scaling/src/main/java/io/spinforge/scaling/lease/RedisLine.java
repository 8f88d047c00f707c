package io.spinforge.scaling.lease;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A connection to Redis and one script on it: all of this module that is Lettuce. */
final class RedisLine {
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  private final StatefulConnection<String, String> connection;
  private final Function<CommandArgs<String, String>, RedisFuture<List<String>>> sender;

  private RedisLine(
      StatefulConnection<String, String> connection,
      Function<CommandArgs<String, String>, RedisFuture<List<String>>> sender) {
    this.connection = connection;
    this.sender = sender;
  }

  /** Connects; blocks. */
  static RedisLine of(RedisClient client) {
    StatefulRedisConnection<String, String> connection = client.connect();
    return new RedisLine(
        connection, args -> connection.async().dispatch(CommandType.EVAL, new FlatReply(), args));
  }

  /** Connects; blocks. */
  static RedisLine of(RedisClusterClient client) {
    StatefulRedisClusterConnection<String, String> connection = client.connect();
    return new RedisLine(
        connection, args -> connection.async().dispatch(CommandType.EVAL, new FlatReply(), args));
  }

  /** Runs a script on one key, and waits for what it answers, some seconds at most. */
  List<String> run(String script, String key, String... values) throws Exception {
    CommandArgs<String, String> args = new CommandArgs<>(StringCodec.UTF8);
    args.add(script).add(1).addKey(key);
    for (String value : values) {
      args.addValue(value);
    }
    RedisFuture<List<String>> sent = sender.apply(args);
    try {
      return sent.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } finally {
      sent.cancel(false); // what was not sent yet is not sent later
    }
  }

  boolean isOpen() {
    return connection.isOpen();
  }

  void close() {
    CompletableFuture<Void> unused = connection.closeAsync(); // how it goes matters to nobody
  }

  /**
   * A list of texts and numbers. Lettuce sends a command again after a cut in mid-reply, and the
   * new reply follows what had been read of the old one: where a list begins, what was there before
   * goes.
   */
  static final class FlatReply extends CommandOutput<String, String, List<String>> {
    private boolean begun;

    FlatReply() {
      super(StringCodec.UTF8, new ArrayList<>());
    }

    @Override
    public void multi(int count) {
      output.clear();
      begun = true;
    }

    @Override
    public void set(@Nullable ByteBuffer bytes) {
      if (begun) {
        output.add(bytes == null ? "" : StringCodec.UTF8.decodeValue(bytes));
      }
    }

    @Override
    public void set(long number) {
      if (begun) {
        output.add(Long.toString(number));
      }
    }
  }
}
