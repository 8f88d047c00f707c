package io.spinforge.health.registry;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * One command to the store and its answer, its failure or its silence: whichever comes first, once,
 * on the registry's thread.
 */
final class Call<T> {
  private final CompletableFuture<T> future;
  private final Consumer<T> answered;
  private final Consumer<Throwable> failed;
  private boolean done; // on the registry's thread

  private Call(CompletableFuture<T> future, Consumer<T> answered, Consumer<Throwable> failed) {
    this.future = future;
    this.answered = answered;
    this.failed = failed;
  }

  static <T> void start(
      Context context,
      CompletableFuture<T> future,
      Consumer<T> answered,
      Consumer<Throwable> failed) {
    Call<T> call = new Call<>(future, answered, failed);
    Scheduler scheduler = context.scheduler();
    Scheduler.Timer timer =
        scheduler.schedule(
            context.settings().timeout().toNanos(), () -> call.expire(context.settings()));
    var unused =
        future.whenComplete(
            (value, cause) ->
                scheduler.execute(
                    () -> {
                      timer.cancel();
                      call.end(value, cause);
                    }));
  }

  private void expire(Settings settings) {
    // An answer that came while this thread had no CPU is an answer: its turn is next.
    if (!done && !future.isDone()) {
      done = true;
      future.cancel(false);
      failed.accept(new TimeoutException("no answer within " + settings.timeout()));
    }
  }

  private void end(T value, Throwable cause) {
    if (done) {
      return;
    }
    done = true;
    if (cause == null) {
      answered.accept(value);
    } else {
      boolean wrapped = cause instanceof CompletionException && cause.getCause() != null;
      failed.accept(wrapped ? cause.getCause() : cause);
    }
  }
}
