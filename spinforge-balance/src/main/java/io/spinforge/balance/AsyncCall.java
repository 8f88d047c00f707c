package io.spinforge.balance;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A request whose attempts are stages. */
final class AsyncCall<T, R> {
  private final Calls.Request<T> request;
  private final Function<? super T, ? extends CompletionStage<? extends R>> call;
  private final CompletableFuture<R> result;

  /** Written before its stage is heard, read by whoever cancels the result. */
  private volatile @Nullable Attempt current;

  AsyncCall(
      Calls.Request<T> request,
      Function<? super T, ? extends CompletionStage<? extends R>> call,
      CompletableFuture<R> result) {
    this.request = request;
    this.call = call;
    this.result = result;
  }

  void start() {
    // What it returns completes with the result, and has nothing to add.
    CompletableFuture<R> unused = result.whenComplete((reply, failure) -> abandon());
    attempt();
  }

  private void abandon() {
    Attempt attempt = current;
    if (attempt != null) {
      attempt.cancel();
    }
  }

  private void attempt() {
    Attempt attempt = new Attempt(request.member, request.begin());
    current = attempt;
    try {
      CompletionStage<? extends R> stage =
          requireNonNull(call.apply(attempt.member.value()), "the call's stage");
      attempt.stage = stage;
      stage.whenComplete(attempt::end);
    } catch (Throwable failure) {
      attempt.end(null, failure);
    }
    if (result.isDone()) {
      abandon(); // cancelled before there was an attempt to cancel
    }
  }

  /** Returns the failure inside the wrappers of executors and stages. */
  private static Throwable unwrap(Throwable failure) {
    Throwable inner = failure;
    while (inner instanceof CompletionException || inner instanceof ExecutionException) {
      Throwable cause = inner.getCause();
      if (cause == null) {
        return inner;
      }
      inner = cause;
    }
    return inner;
  }

  /** One attempt: ended by its stage or by the cancelled result, whichever comes first. */
  private final class Attempt {
    private final Member<T> member;
    private final long start;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile @Nullable CompletionStage<? extends R> stage;

    Attempt(Member<T> member, long start) {
      this.member = member;
      this.start = start;
    }

    void end(@Nullable R reply, @Nullable Throwable failure) {
      if (!ended.compareAndSet(false, true)) {
        return;
      }
      Throwable cause = failure == null ? null : unwrap(failure);
      try {
        if (request.endAndRetry(start, reply, cause)) {
          attempt();
        } else if (cause == null) {
          result.complete(reply);
        } else {
          result.completeExceptionally(request.withSuppressed(cause));
        }
      } catch (RuntimeException | Error broken) {
        result.completeExceptionally(broken);
      }
    }

    void cancel() {
      if (ended.compareAndSet(false, true)) {
        member.end(start, Outcome.CANCELLED);
      }
      if (stage instanceof Future<?> future) {
        future.cancel(true);
      }
    }
  }
}
