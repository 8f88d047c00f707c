package io.spinforge.balance;

import io.spinforge.balance.guard.LatencyQuantile;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When {@link LoadBalancer#call} and {@link LoadBalancer#callAsync} ask a second member while the
 * first is still at work. The first answer that is not {@link Outcome#failed() a failure} is
 * returned, the other attempt is cancelled and reported as {@link Outcome#CANCELLED}. Immutable.
 *
 * <p>At most one hedge a request, never on a member that was tried, and only while the budget of
 * {@link Retry} has something left (without one: a fifth of the requests and 10 a second, Finagle's
 * values): retries and hedges spend the same money, so that help never becomes load. Hedge only
 * what may be done twice.
 *
 * <p>{@code callAsync} cancels the future that the function returned, so return the one that stops
 * the work. {@code call} makes its first attempt on the caller's own thread and interrupts it when
 * the hedge has answered: it can only be as quick as the call reacts to interrupts. The hedge of a
 * {@code call} runs on another thread, without the caller's thread-locals. A reply that came too
 * late is closed if it is {@link AutoCloseable}, and dropped.
 *
 * <p>The idea is from Dean and Barroso, "The Tail at Scale" (2013); the measured delay as in
 * Finagle's backup requests.
 */
public final class Hedge {
  private static final double SMALLEST = 0.5;
  private static final double GREATEST = 0.999;

  private final double quantile;
  private final @Nullable Duration delay;

  private Hedge(double quantile, @Nullable Duration delay) {
    this.quantile = quantile;
    this.delay = delay;
  }

  /**
   * Hedges when this part of first attempts would have been over, by the latencies of the last 15
   * to 30 s (known to 7 %; at least 1 ms). Nothing is hedged until enough is known: 100 requests
   * for 0.95. A request that was cancelled counts with the time until then.
   *
   * @param quantile 0.5 to 0.999; 0.95 makes about one request in twenty a hedged one
   */
  public static Hedge after(double quantile) {
    if (!(quantile >= SMALLEST && quantile <= GREATEST)) {
      throw new IllegalArgumentException(
          "quantile: " + quantile + " (expected: " + SMALLEST + " to " + GREATEST + ")");
    }
    return new Hedge(quantile, null);
  }

  /**
   * Hedges after a fixed time.
   *
   * @param delay above 0
   */
  public static Hedge after(Duration delay) {
    Durations.nanos("delay", delay);
    return new Hedge(0, delay);
  }

  /** Returns the state that one balancer keeps. */
  Delay start(long now) {
    if (delay != null) {
      long nanos = delay.toNanos();
      return new Delay(null, nanos);
    }
    return new Delay(new LatencyQuantile(quantile, now), 0);
  }

  @Override
  public String toString() {
    return "after(" + (delay == null ? quantile : delay) + ")";
  }

  /** How long to wait for a first attempt, of one balancer. */
  static final class Delay {
    private final @Nullable LatencyQuantile observed;
    private final long fixed;

    private Delay(@Nullable LatencyQuantile observed, long fixed) {
      this.observed = observed;
      this.fixed = fixed;
    }

    /** Returns nanoseconds; negative while nothing is known. */
    long nanos(long now) {
      return observed == null ? fixed : observed.nanos(now);
    }

    /** Learns how long a first attempt took. */
    void observe(long nanos, long now) {
      if (observed != null) {
        observed.record(nanos, now);
      }
    }
  }
}
