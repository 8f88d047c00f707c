package io.spinforge.health.probe;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Describes how to check one target. Immutable, and may be shared by several checkers.
 *
 * <p>{@link HttpProbe}, {@link TcpProbe} and {@link RedisProbe} run on the checker's own thread,
 * {@link JdbcProbe} on a few others; a check with any other client is given to {@link #async} or
 * {@link #blocking}.
 *
 * @param <T> the type of the targets
 */
public sealed interface Probe<T>
    permits HttpProbe, TcpProbe, RedisProbe, JdbcProbe, AsyncProbe, BlockingProbe, CombinedProbe {

  /**
   * Returns a probe that calls asynchronous code.
   *
   * <p>The check is started on the checker's I/O thread and must not block there. If it throws,
   * returns null or completes exceptionally, the probe has failed; if it does not complete within
   * the checker's timeout, the probe has timed out, the stage is cancelled and a later completion
   * is ignored.
   */
  static <T> Probe<T> async(Async<T> check) {
    return new AsyncProbe<>(check);
  }

  /**
   * Returns a probe that calls blocking code on at most 8 threads of the checker.
   *
   * <p>A check that overruns the checker's timeout is interrupted and has failed. One that found no
   * free thread within the timeout is inconclusive: stuck checks of some targets say nothing of
   * others. While all 8 are stuck, every check is inconclusive at once.
   */
  static <T> Probe<T> blocking(Blocking<T> check) {
    return new BlockingProbe<>(check, null);
  }

  /**
   * Returns a probe that calls blocking code on an executor of the host, which the checker never
   * shuts down. A check that the executor rejects, or does not start within the timeout, is
   * inconclusive.
   */
  static <T> Probe<T> blocking(Blocking<T> check, Executor executor) {
    return new BlockingProbe<>(check, executor);
  }

  /** Returns a probe that passes if all of these pass; see {@link CombinedProbe}. */
  @SafeVarargs
  @SuppressWarnings("varargs") // the list is a copy
  static <T> Probe<T> allOf(Probe<? super T>... probes) {
    return new CombinedProbe<T>(Math.max(1, probes.length), List.of(probes));
  }

  /** Returns a probe that passes if one of these passes; see {@link CombinedProbe}. */
  @SafeVarargs
  @SuppressWarnings("varargs") // the list is a copy
  static <T> Probe<T> anyOf(Probe<? super T>... probes) {
    return new CombinedProbe<T>(1, List.of(probes));
  }

  /**
   * Returns a probe that passes if so many of these pass; see {@link CombinedProbe}.
   *
   * @param needed 1 to the number of probes
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // the list is a copy
  static <T> Probe<T> quorum(int needed, Probe<? super T>... probes) {
    return new CombinedProbe<T>(needed, List.of(probes));
  }

  /** An asynchronous check. */
  @FunctionalInterface
  interface Async<T> {
    /** Starts a check of the target, which has the given time to complete. */
    CompletionStage<ProbeResult> check(T target, Duration timeout);
  }

  /** A blocking check. */
  @FunctionalInterface
  interface Blocking<T> {
    /** Checks the target; an exception is a failure. */
    ProbeResult check(T target) throws Exception;
  }
}
