package io.spinforge.health.registry.redis;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisScriptingAsyncCommands;
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

  private void byName(RedisScriptingAsyncCommands<String, String> commands) {
    if (result.isDone()) {
      return; // withdrawn while there was no connection
    }
    RedisFuture<List<Object>> sent =
        commands.evalsha(script.sha(), ScriptOutputType.MULTI, names, args);
    withdraw(sent);
    var unused =
        sent.whenComplete(
            (reply, cause) -> {
              if (cause instanceof RedisNoScriptException && !result.isDone()) {
                byText(commands);
              } else {
                end(reply, cause);
              }
            });
  }

  private void byText(RedisScriptingAsyncCommands<String, String> commands) {
    try {
      RedisFuture<List<Object>> sent =
          commands.eval(script.text(), ScriptOutputType.MULTI, names, args);
      withdraw(sent);
      var unused = sent.whenComplete(this::end);
    } catch (RuntimeException e) {
      fail(e); // the connection was closed between the two
    }
  }

  private void end(@Nullable List<Object> reply, @Nullable Throwable cause) {
    if (reply == null) {
      fail(cause == null ? new IllegalStateException(script + ": no reply") : cause);
      return;
    }
    link.answered();
    try {
      result.complete(reader.apply(reply));
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
