package io.spinforge.balance;

import static java.util.Objects.requireNonNull;

import io.spinforge.balance.pick.HotCold;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * How {@link Policy#hotCold} asks servers for their load. Immutable.
 *
 * @param <T> what is balanced
 */
public final class Probing<T> {
  private static final double PER_REQUEST = 3;
  private static final double HOT_ABOVE = 0.5;

  private final Function<? super T, ? extends CompletionStage<ServerLoad>> probe;
  final double perRequest;
  final double hotAbove;

  private Probing(
      Function<? super T, ? extends CompletionStage<ServerLoad>> probe,
      double perRequest,
      double hotAbove) {
    this.probe = requireNonNull(probe, "probe");
    this.perRequest = perRequest;
    this.hotAbove = hotAbove;
  }

  /**
   * Probes by this function. It is called on threads that choose a member and must not block; the
   * stage it returns may be completed by any thread. A probe that fails, or takes longer than a
   * second, is as if it had not been sent; while it is under way its server gets no other.
   */
  public static <T> Probing<T> of(
      Function<? super T, ? extends CompletionStage<ServerLoad>> probe) {
    return new Probing<>(probe, PER_REQUEST, HOT_ABOVE);
  }

  /** Sets how many probes a request sends on average, 0 to 10; default 3. */
  public Probing<T> perRequest(double probes) {
    if (!(probes >= 0 && probes <= 10)) {
      throw new IllegalArgumentException("probes: " + probes + " (expected: 0 to 10)");
    }
    return new Probing<>(probe, probes, hotAbove);
  }

  /**
   * Sets the quantile of requests in flight above which a server is hot, and chosen only if no
   * other is cold, 0 to 1: 0 looks at requests in flight alone, 1 at latency alone; default 0.5.
   */
  public Probing<T> hotAbove(double quantile) {
    if (!(quantile >= 0 && quantile <= 1)) {
      throw new IllegalArgumentException("quantile: " + quantile + " (expected: 0 to 1)");
    }
    return new Probing<>(probe, perRequest, quantile);
  }

  /** Sends a probe and hands on what is answered. */
  @SuppressWarnings("unchecked") // what is balanced is what is probed: Policy says so
  void send(Object value, HotCold.Answer answer) {
    CompletionStage<ServerLoad> stage = probe.apply((T) value);
    stage.whenComplete(
        (load, failure) -> {
          if (load == null) {
            answer.none();
          } else {
            answer.load(load.inFlight(), (double) load.latency().toNanos());
          }
        });
  }

  @Override
  public String toString() {
    return perRequest + " probes, hot above " + hotAbove;
  }
}
