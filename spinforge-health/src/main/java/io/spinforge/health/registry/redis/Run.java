package io.spinforge.health.registry.redis;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.api.async.BaseRedisAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One run of a script: by the name Redis knows it by and, if Redis does not, once more with all of
 * its text, which teaches Redis the name.
 */
final class Run<T> {
  private final Link link;
  private final Script script;
  private final String[] names;
  private final String[] args;
  private final Function<List<Object>, T> reader;
  private final CompletableFuture<T> result = new CompletableFuture<>();

  Run(Link link, Script script, String[] names, String[] args, Function<List<Object>, T> reader) {
    this.link = link;
    this.script = script;
    this.names = names;
    this.args = args;
    this.reader = reader;
  }

  CompletableFuture<T> start() {
    var unused =
        link.commands()
            .thenAccept(this::byName)
            .exceptionally(
                cause -> {
                  fail(cause);
                  return null;
                });
    return result;
  }

  private void byName(BaseRedisAsyncCommands<String, String> commands) {
    if (result.isDone()) {
      return; // withdrawn while there was no connection
    }
    FlatReply reply = new FlatReply();
    var unused =
        send(commands, CommandType.EVALSHA, script.sha(), reply)
            .whenComplete(
                (list, cause) -> {
                  if (cause instanceof RedisNoScriptException && !result.isDone()) {
                    byText(commands);
                  } else {
                    end(reply, list, cause);
                  }
                });
  }

  private void byText(BaseRedisAsyncCommands<String, String> commands) {
    try {
      FlatReply reply = new FlatReply();
      var unused =
          send(commands, CommandType.EVAL, script.text(), reply)
              .whenComplete((list, cause) -> end(reply, list, cause));
    } catch (RuntimeException e) {
      fail(e); // the connection was closed between the two
    }
  }

  private RedisFuture<List<Object>> send(
      BaseRedisAsyncCommands<String, String> commands,
      CommandType command,
      String name,
      FlatReply reply) {
    CommandArgs<String, String> line = new CommandArgs<>(StringCodec.UTF8);
    line.add(name).add(names.length).addKeys(names).addValues(args);
    RedisFuture<List<Object>> sent = commands.dispatch(command, reply, line);
    withdraw(sent);
    return sent;
  }

  private void end(FlatReply reply, @Nullable List<Object> list, @Nullable Throwable cause) {
    if (cause != null) {
      fail(cause);
      return;
    }
    link.answered();
    if (list == null || !reply.whole()) {
      fail(new IllegalStateException(script + ": " + list + " (expected: a whole list)"));
      return;
    }
    try {
      result.complete(reader.apply(list));
    } catch (RuntimeException e) {
      fail(e); // not what our script answers
    }
  }

  private void fail(Throwable cause) {
    boolean wrapped = cause instanceof CompletionException && cause.getCause() != null;
    result.completeExceptionally(wrapped ? cause.getCause() : cause);
  }

  /** Sees to it that a run that was given up is not sent after all, when Redis is back. */
  private void withdraw(RedisFuture<?> sent) {
    var unused =
        result.whenComplete(
            (value, cause) -> {
              if (cause instanceof CancellationException) {
                sent.cancel(false);
              }
            });
  }
}
