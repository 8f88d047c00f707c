package io.spinforge.health.engine;

import io.spinforge.health.probe.Failure;
import io.spinforge.health.probe.Probe;
import io.spinforge.health.probe.ProbeResult;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Probes by asynchronous code of somebody else. */
final class AsyncSession<T> implements Session<T> {
  private final Probe.Async<? super T> check;
  private final IoLoop loop;
  private final Reply reply;
  private T target;
  private @Nullable CompletionStage<ProbeResult> running;

  AsyncSession(Probe.Async<? super T> check, T target, IoLoop loop, Reply reply) {
    this.check = check;
    this.target = target;
    this.loop = loop;
    this.reply = reply;
  }

  @Override
  public void start(long attempt, long timeoutNanos) {
    CompletionStage<ProbeResult> stage;
    try {
      stage = check.check(target, Duration.ofNanos(timeoutNanos));
      if (stage == null) {
        reply.result(attempt, ProbeResult.failed("the probe returned null"));
        return;
      }
      running = stage;
      stage.whenComplete(
          (result, thrown) -> loop.execute(() -> ended(stage, attempt, result, thrown)));
    } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
      reply.result(attempt, Failures.foreign(e));
    }
  }

  @Override
  public void expire(long attempt) {
    cancel();
    reply.result(attempt, ProbeResult.failed(Failure.TIMEOUT, "no answer in time"));
  }

  @Override
  public boolean retarget(T newTarget) {
    target = newTarget;
    return true;
  }

  @Override
  public void close() {
    cancel();
  }

  @SuppressWarnings("ReferenceEquality") // stages have no other identity
  private void ended(
      CompletionStage<ProbeResult> stage,
      long attempt,
      @Nullable ProbeResult result,
      @Nullable Throwable thrown) {
    // A stage that was given up tells of its cancellation too.
    if (stage == running) {
      running = null;
      reply.result(attempt, resultOf(result, thrown));
    }
  }

  static ProbeResult resultOf(@Nullable ProbeResult result, @Nullable Throwable thrown) {
    if (thrown != null) {
      return Failures.foreign(thrown);
    }
    return result != null ? result : ProbeResult.failed("the probe's result was null");
  }

  private void cancel() {
    CompletionStage<ProbeResult> stage = running;
    running = null;
    if (stage == null) {
      return;
    }
    try {
      CompletableFuture<ProbeResult> unused = stage.toCompletableFuture();
      unused.cancel(true);
    } catch (RuntimeException e) {
      // A stage need not be a future; then it cannot be cancelled, and its result is ignored.
    }
  }
}
