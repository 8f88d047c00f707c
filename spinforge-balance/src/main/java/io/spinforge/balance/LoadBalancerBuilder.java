package io.spinforge.balance;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import io.spinforge.balance.guard.SlowStart;
import io.spinforge.balance.limit.ConcurrencyLimiter;
import io.spinforge.balance.limit.Limit;
import io.spinforge.balance.limit.LimitExceededException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
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
  @Nullable ToIntFunction<? super T> priority;
  @Nullable Double overprovisioning;
  @Nullable ZoneRule<T> zones;
  @Nullable Integer zoneMinimum;
  @Nullable Function<? super T, String> name;
  @Nullable SlowStart slowStart;
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
   * Sets the share of traffic of a value: 0 (drain: no new requests), or 1e-9 to 65,536; default 1
   * each. Read at every update.
   */
  public LoadBalancerBuilder<T> weight(ToDoubleFunction<? super T> weight) {
    once("weight", this.weight);
    this.weight = requireNonNull(weight, "weight");
    return this;
  }

  /**
   * Sets who is used first, 0 to 127; default 0 for all. The members of a priority get no requests
   * while at least 72 % of those of the ones before it are not ejected; below that the next one
   * gets the more, the fewer are left. The formulas are Envoy's. Read at every update.
   */
  public LoadBalancerBuilder<T> priority(ToIntFunction<? super T> priority) {
    once("priority", this.priority);
    this.priority = requireNonNull(priority, "priority");
    return this;
  }

  /**
   * Sets how many times the load of a priority its members could bear; default Envoy's 1.4, from
   * which the 72 % of {@link #priority} come.
   *
   * @param factor 1 (each member that is ejected moves its part of the requests) or more; {@link
   *     Double#POSITIVE_INFINITY}: the next priority gets nothing while one member is left, as with
   *     nginx' {@code backup}
   */
  public LoadBalancerBuilder<T> overprovisioning(double factor) {
    once("overprovisioning", overprovisioning);
    if (!(factor >= 1)) {
      throw new IllegalArgumentException("overprovisioning: " + factor + " (expected: >= 1)");
    }
    overprovisioning = factor;
    return this;
  }

  /**
   * Keeps requests in the caller's zone as far as every member everywhere then still gets about the
   * same, if each zone has as many callers. It applies to the first priority, not in panic, and not
   * below {@link #zoneMinimum}. The formulas are Envoy's. Read at every update.
   *
   * @param zoneOf the zone of a value
   * @param local the zone that this process is in
   */
  public LoadBalancerBuilder<T> zone(Function<? super T, String> zoneOf, String local) {
    return zone(new ZoneRule<>(requireNonNull(zoneOf, "zoneOf"), local, null));
  }

  /**
   * Does the same for zones with different numbers of callers.
   *
   * @param callersIn how many processes call from a zone; asked for each zone that has members,
   *     whenever they or their health change
   */
  public LoadBalancerBuilder<T> zone(
      Function<? super T, String> zoneOf, String local, ToIntFunction<String> callersIn) {
    requireNonNull(callersIn, "callersIn");
    return zone(new ZoneRule<>(requireNonNull(zoneOf, "zoneOf"), local, callersIn));
  }

  private LoadBalancerBuilder<T> zone(ZoneRule<T> rule) {
    once("zone", zones);
    requireNonNull(rule.local(), "local");
    zones = rule;
    return this;
  }

  /** Sets how many members it takes for zones to count, 1 or more; default 6. */
  public LoadBalancerBuilder<T> zoneMinimum(int members) {
    once("zoneMinimum", zoneMinimum);
    if (members < 1) {
      throw new IllegalArgumentException("zoneMinimum: " + members + " (expected: >= 1)");
    }
    zoneMinimum = members;
    return this;
  }

  /**
   * Sets what the keys of {@code ring}, {@code maglev} and {@code rendezvous} hang on; default
   * {@code String.valueOf}. A name must differ from all others and be the same in every process.
   * Read at every update.
   */
  public LoadBalancerBuilder<T> name(Function<? super T, String> name) {
    once("name", this.name);
    this.name = requireNonNull(name, "name");
    return this;
  }

  /**
   * Starts members slowly: one that joins others, or comes back after an ejection, has a tenth of
   * its weight at first, and all of it after this time. Default not.
   *
   * @param time above 0
   */
  public LoadBalancerBuilder<T> slowStart(Duration time) {
    return slowStart(time, 1);
  }

  /**
   * Does the same by the formula weight × max(0.1, (t / time)^(1 / aggression)), Envoy's.
   *
   * @param aggression 1 is linear, more is faster at first; above 0, at most 100
   */
  public LoadBalancerBuilder<T> slowStart(Duration time, double aggression) {
    once("slowStart", slowStart);
    if (!(aggression > 0 && aggression <= 100)) {
      throw new IllegalArgumentException("aggression: " + aggression + " (expected: > 0, <= 100)");
    }
    slowStart = new SlowStart(Durations.nanos("slowStart", time), aggression);
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
   * again; default 0, which means when all are ejected, and 0.5 for what adaptive brings. With
   * several priorities it counts for each by itself, and only while all together are short.
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
    List<String> wrong = contradictions(policyOrDefault());
    if (!wrong.isEmpty()) {
      throw new IllegalStateException(String.join("; ", wrong));
    }
    return new Balancer<>(this);
  }

  private List<String> contradictions(Policy policy) {
    List<String> wrong = new ArrayList<>();
    if (panicThreshold != null && outlier == null && policy.outlier == null) {
      wrong.add(
          "panicThreshold: " + panicThreshold + " (expected: outlier set, nobody is ejected else)");
    }
    if (scheduler != null && hedge == null) {
      wrong.add("scheduler: set (expected: hedge set, nothing else needs it)");
    }
    boolean keyed = policy.kind == Policy.Kind.KEYED;
    if (name != null && !keyed) {
      wrong.add("name: set (expected: ring, maglev or rendezvous, " + policy + " has no keys)");
    }
    if (zones != null && keyed) {
      wrong.add(
          "zone: set (expected: another policy, with " + policy + " keys have their members)");
    }
    if (zoneMinimum != null && zones == null) {
      wrong.add("zoneMinimum: " + zoneMinimum + " (expected: zone set)");
    }
    if (overprovisioning != null && priority == null) {
      wrong.add("overprovisioning: " + overprovisioning + " (expected: priority set)");
    }
    if (slowStart != null && policy.kind != Policy.Kind.WEIGHTED) {
      wrong.add(
          "slowStart: set (expected: another policy, "
              + (keyed ? "keys would move with " + policy : policy + " has no weights")
              + ")");
    }
    return wrong;
  }

  Rules<T> rules(double panic) {
    return new Rules<>(
        panic,
        requireNonNullElse(overprovisioning, 1.4),
        zones,
        requireNonNullElse(zoneMinimum, 6),
        slowStart);
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
