package io.spinforge.balance;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import io.spinforge.balance.limit.ConcurrencyLimiter;
import io.spinforge.balance.limit.Limit;
import io.spinforge.balance.limit.LimitExceededException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link LoadBalancer}. Everything is optional; setting a thing twice is an error. Not
 * thread-safe.
 *
 * @param <T> the type of the balanced values
 */
public final class LoadBalancerBuilder<T> {
  private static final LongSupplier NANO_TIME = System::nanoTime;

  @Nullable Policy policy;
  @Nullable ToDoubleFunction<? super T> weight;
  @Nullable Outlier outlier;
  @Nullable Double panicThreshold;
  @Nullable Retry retry;
  @Nullable Hedge hedge;
  @Nullable ScheduledExecutorService scheduler;
  @Nullable ConcurrencyLimiter limiter;
  @Nullable Classifier classifier;
  @Nullable LongSupplier ticker;
  @Nullable Supplier<RandomGenerator> random;

  LoadBalancerBuilder() {}

  /** Sets how a member is chosen; default {@link Policy#adaptive()}. */
  public LoadBalancerBuilder<T> policy(Policy policy) {
    once("policy", this.policy);
    this.policy = requireNonNull(policy, "policy");
    return this;
  }

  /**
   * Sets the share of traffic of a value, 0 (drain: no new requests) to 65,536; default 1 each.
   * Read at every update.
   */
  public LoadBalancerBuilder<T> weight(ToDoubleFunction<? super T> weight) {
    once("weight", this.weight);
    this.weight = requireNonNull(weight, "weight");
    return this;
  }

  /** Sets when members that fail are left out; default what the policy brings, or never. */
  public LoadBalancerBuilder<T> outlier(Outlier outlier) {
    once("outlier", this.outlier);
    this.outlier = requireNonNull(outlier, "outlier");
    return this;
  }

  /**
   * Sets the part of the members that must not be ejected, 0 to 1, below which all members are used
   * again; default 0, which means when all are ejected, and 0.5 for what adaptive brings.
   */
  public LoadBalancerBuilder<T> panicThreshold(double part) {
    once("panicThreshold", panicThreshold);
    if (!(part >= 0 && part <= 1)) {
      throw new IllegalArgumentException("panicThreshold: " + part + " (expected: 0 to 1)");
    }
    panicThreshold = part;
    return this;
  }

  /** Sets when a failed call is tried on another member; default never. */
  public LoadBalancerBuilder<T> retry(Retry retry) {
    once("retry", this.retry);
    this.retry = requireNonNull(retry, "retry");
    return this;
  }

  /** Sets when a second member is asked because the first one is late; default never. */
  public LoadBalancerBuilder<T> hedge(Hedge hedge) {
    once("hedge", this.hedge);
    this.hedge = requireNonNull(hedge, "hedge");
    return this;
  }

  /**
   * Sets who begins hedges, on whose thread the function of {@code callAsync} is called for them;
   * default one daemon thread, {@code spinforge-balance-timer}, that all balancers share and that
   * ends when it is idle. It is never closed by the balancer.
   */
  public LoadBalancerBuilder<T> scheduler(ScheduledExecutorService scheduler) {
    once("scheduler", this.scheduler);
    this.scheduler = requireNonNull(scheduler, "scheduler");
    return this;
  }

  /**
   * Sets how many calls may be under way at once, each with its retries and hedges counted as one;
   * those above it fail with {@link LimitExceededException} at once. It holds for {@code call} and
   * {@code callAsync}: whoever acquires or leases has a {@link ConcurrencyLimiter} beside the
   * balancer. Default no limit.
   */
  public LoadBalancerBuilder<T> limit(Limit limit) {
    requireNonNull(limit, "limit");
    LongSupplier later = () -> requireNonNullElse(ticker, NANO_TIME).getAsLong();
    return limit(ConcurrencyLimiter.builder(limit).ticker(later).build());
  }

  /** Does the same with a limiter that others may use too. */
  public LoadBalancerBuilder<T> limit(ConcurrencyLimiter limiter) {
    once("limit", this.limiter);
    this.limiter = requireNonNull(limiter, "limiter");
    return this;
  }

  /** Sets how calls are judged; default {@link Classifier#byException()}. */
  public LoadBalancerBuilder<T> classifier(Classifier classifier) {
    once("classifier", this.classifier);
    this.classifier = requireNonNull(classifier, "classifier");
    return this;
  }

  /** Sets the monotonic clock, in nanoseconds; default {@link System#nanoTime}. */
  public LoadBalancerBuilder<T> ticker(LongSupplier nanos) {
    once("ticker", ticker);
    ticker = requireNonNull(nanos, "ticker");
    return this;
  }

  /**
   * Sets where randomness comes from; default {@link ThreadLocalRandom}. It is asked on every
   * thread that chooses.
   */
  public LoadBalancerBuilder<T> random(Supplier<RandomGenerator> random) {
    once("random", this.random);
    this.random = requireNonNull(random, "random");
    return this;
  }

  /**
   * Builds a balancer without members: {@link LoadBalancer#update} brings them.
   *
   * @throws IllegalStateException if the settings contradict each other
   */
  public LoadBalancer<T> build() {
    if (panicThreshold != null && outlier == null && policyOrDefault().outlier == null) {
      throw new IllegalStateException(
          "panicThreshold: " + panicThreshold + " (expected: outlier set, nobody is ejected else)");
    }
    if (scheduler != null && hedge == null) {
      throw new IllegalStateException(
          "scheduler: set (expected: hedge set, nothing else needs it)");
    }
    return new Balancer<>(this);
  }

  Policy policyOrDefault() {
    return policy == null ? Policy.adaptive() : policy;
  }

  private static void once(String name, @Nullable Object old) {
    if (old != null) {
      throw new IllegalStateException(name + ": set twice (expected: once)");
    }
  }
}
