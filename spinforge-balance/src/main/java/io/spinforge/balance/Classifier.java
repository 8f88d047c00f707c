package io.spinforge.balance;

import io.spinforge.balance.limit.LimitExceededException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Reads an {@link Outcome} from what a call came to. Must be thread-safe and quick. The default
 * takes every reply as a success; give one of your own to read status codes.
 */
@FunctionalInterface
public interface Classifier {
  /**
   * Returns the outcome of one attempt.
   *
   * @param reply what the call returned; null if it failed or returned null
   * @param failure what it threw, or its stage failed with, unwrapped; null if it did not
   */
  Outcome classify(@Nullable Object reply, @Nullable Throwable failure);

  /**
   * Returns the default: no failure is SUCCESS, a timeout of the JDK's is TIMEOUT, an interrupt or
   * cancellation is CANCELLED, a {@link LimitExceededException} (of a limiter behind this call) is
   * OVERLOADED, an {@link Error} is IGNORED (the fault is this JVM's), and any other exception is
   * FAILURE.
   */
  static Classifier byException() {
    return (reply, failure) -> {
      if (failure == null) {
        return Outcome.SUCCESS;
      }
      if (failure instanceof TimeoutException
          || failure instanceof java.net.SocketTimeoutException) {
        return Outcome.TIMEOUT;
      }
      // By name: java.net.http is a module that a host need not have.
      if (failure.getClass().getName().startsWith("java.net.http.Http")
          && failure.getClass().getName().endsWith("TimeoutException")) {
        return Outcome.TIMEOUT;
      }
      if (failure instanceof InterruptedException || failure instanceof CancellationException) {
        return Outcome.CANCELLED;
      }
      if (failure instanceof LimitExceededException) {
        return Outcome.OVERLOADED;
      }
      return failure instanceof Error ? Outcome.IGNORED : Outcome.FAILURE;
    };
  }
}
