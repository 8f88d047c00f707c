package io.spinforge.balance.limit;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisScriptingAsyncCommands;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One connection to Redis, and the running of scripts on it: all of this module that is Lettuce.
 */
final class RedisLine {
  private final StatefulConnection<String, String> connection;
  private final RedisScriptingAsyncCommands<String, String> commands;
  private final Runnable alsoClose;

  private RedisLine(
      StatefulConnection<String, String> connection,
      RedisScriptingAsyncCommands<String, String> commands,
      Runnable alsoClose) {
    this.connection = connection;
    this.commands = commands;
    this.alsoClose = alsoClose;
  }

  /** Connects; blocks. */
  static RedisLine of(RedisClient client) {
    StatefulRedisConnection<String, String> connection = client.connect();
    return new RedisLine(connection, connection.async(), () -> {});
  }

  /** Connects; blocks. */
  static RedisLine of(RedisClusterClient client) {
    StatefulRedisClusterConnection<String, String> connection = client.connect();
    return new RedisLine(connection, connection.async(), () -> {});
  }

  /** Returns what connects with a client that is closed with the connection. */
  static Supplier<RedisLine> owned(String uri) {
    return () -> {
      RedisClient client = RedisClient.create(uri);
      try {
        StatefulRedisConnection<String, String> connection = client.connect();
        return new RedisLine(connection, connection.async(), () -> shutdown(client));
      } catch (RuntimeException e) {
        shutdown(client);
        throw e;
      }
    };
  }

  private static void shutdown(RedisClient client) {
    CompletableFuture<Void> unused = client.shutdownAsync();
  }

  boolean isOpen() {
    return connection.isOpen();
  }

  void close() {
    CompletableFuture<Void> unused = connection.closeAsync(); // how it goes matters to nobody
    alsoClose.run();
  }

  /**
   * Runs a script on one key: by its hash, and if Redis does not know that, once more by its text,
   * which teaches it. Cancelling what this returns keeps what was not sent from being sent.
   *
   * <p>Every script answers with numbers. After a cut in the middle of a reply Lettuce sends the
   * script again and lets the new reply stand within the half of the old one: that is no answer,
   * and fails.
   */
  CompletableFuture<List<Long>> run(String script, String key, String... args) {
    CompletableFuture<List<Long>> result = new CompletableFuture<>();
    String[] keys = {key};
    try {
      follow(
          commands
              .<List<Object>>evalsha(commands.digest(script), ScriptOutputType.MULTI, keys, args)
              .toCompletableFuture(),
          result,
          () ->
              follow(
                  commands
                      .<List<Object>>eval(script, ScriptOutputType.MULTI, keys, args)
                      .toCompletableFuture(),
                  result,
                  null));
    } catch (RuntimeException e) {
      result.completeExceptionally(e);
    }
    return result;
  }

  private static void follow(
      CompletableFuture<List<Object>> sent,
      CompletableFuture<List<Long>> result,
      @Nullable Runnable unknown) {
    CompletableFuture<List<Long>> unused =
        result.whenComplete(
            (reply, failure) -> {
              if (failure != null) {
                sent.cancel(false);
              }
            });
    CompletableFuture<List<Object>> unusedToo =
        sent.whenComplete(
            (reply, failure) -> {
              if (failure instanceof RedisNoScriptException && unknown != null) {
                try {
                  unknown.run();
                } catch (RuntimeException e) {
                  result.completeExceptionally(e);
                }
              } else if (failure != null) {
                result.completeExceptionally(failure);
              } else if (reply.stream().allMatch(Long.class::isInstance)) {
                result.complete(reply.stream().map(Long.class::cast).toList());
              } else {
                result.completeExceptionally(
                    new IllegalStateException("reply: " + reply + " (expected: numbers)"));
              }
            });
  }
}
