package io.spinforge.balance;

import io.spinforge.balance.guard.Health;
import io.spinforge.balance.guard.SlowStart;
import io.spinforge.balance.pick.Node;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * One backend of a balancer, with everything learned about it. Lives for as long as an equal value
 * is listed, through all updates; keeps accepting {@link #end} after its removal; and is the same
 * one again, counters and all, when an equal value comes back soon. Thread-safe.
 *
 * @param <T> the type of the balanced value
 */
public final class Member<T> {
  private static final Outcome[] OUTCOMES = Outcome.values();

  final Node node;
  final @Nullable Health health;

  private final Balancer<T> balancer;

  /** Ended requests by outcome, but for the successes, which the node counts. */
  private final AtomicLongArray ended = new AtomicLongArray(OUTCOMES.length);

  /** Written by updates only, one at a time. */
  private volatile T value;

  private volatile Traits traits;

  /** What the policy is told of its weight: less while it starts slowly. */
  private volatile double effectiveWeight;

  /** Since when it has been starting slowly; guarded by the roster's lock. */
  private long warmingSince;

  private boolean warming;

  /** Whether the last refresh found it ejected; guarded by the roster's lock for writing. */
  private volatile boolean ejected;

  Member(Balancer<T> balancer, T value, Traits traits, Node node, @Nullable Health health) {
    this.balancer = balancer;
    this.value = value;
    this.traits = traits;
    this.effectiveWeight = traits.weight();
    this.node = node;
    this.health = health;
  }

  /** Returns the balanced value. */
  public T value() {
    return value;
  }

  /** Returns the share of traffic, summed over duplicates; 0 is draining. */
  public double weight() {
    return traits.weight();
  }

  int priority() {
    return traits.priority();
  }

  String zone() {
    return traits.zone();
  }

  double effectiveWeight() {
    return effectiveWeight;
  }

  /** Returns the number of requests in flight, never negative. */
  public int inFlight() {
    return node.inFlight();
  }

  /** Returns whether the member is left out for its failures. */
  public boolean ejected() {
    return ejected;
  }

  /**
   * Starts the clock for a request on a member that {@link LoadBalancer#acquire()} returned. Reads
   * the time once, allocates nothing.
   *
   * @return a token to hand to {@link #end} as it is: about the time, not exactly
   */
  public long begin() {
    return balancer.begin(this);
  }

  /**
   * Ends a request: it is no longer in flight, and the balancer learns from it. Call it once for
   * each {@link LoadBalancer#acquire()}. An end without a request in flight changes nothing and is
   * counted as surplus. Allocates nothing.
   *
   * @param start what {@link #begin()} returned
   * @param outcome how the request ended
   */
  public void end(long start, Outcome outcome) {
    balancer.end(this, start, outcome);
  }

  /**
   * Takes what the member's server says of its own load, as it may do with each answer. {@link
   * Policy#hotCold} uses it like the answer to a probe, with inFlight / qps as the latency
   * (Little's law), and takes a server of full utilization for hot; the other policies ignore it.
   *
   * @param utilization the part of its capacity that is in use, 0 or more; 1 is full
   * @param qps requests it answers a second, 0 or more
   * @param inFlight requests it is working on, from all callers, 0 or more
   */
  public void report(double utilization, double qps, int inFlight) {
    requireAtLeastZero("utilization", utilization);
    requireAtLeastZero("qps", qps);
    requireAtLeastZero("inFlight", inFlight);
    balancer.report(this, utilization, qps, inFlight);
  }

  private static void requireAtLeastZero(String name, double value) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= 0, finite)");
    }
  }

  /** Takes what an update says of it; true if it has another name now. */
  boolean relist(T latest, Traits latestTraits) {
    boolean renamed = !traits.name().equals(latestTraits.name());
    value = latest;
    traits = latestTraits;
    if (renamed) {
      node.rename(latestTraits.name());
    }
    return renamed;
  }

  /** Starts slowly from now on. */
  void warmFrom(long now) {
    warming = true;
    warmingSince = now;
  }

  /** Sets the effective weight; returns after what time to call again, 0 for never. */
  long warm(@Nullable SlowStart slowStart, long now) {
    long elapsed = Math.max(0, now - warmingSince);
    warming &= slowStart != null && elapsed < slowStart.nanos();
    if (!warming || slowStart == null) {
      effectiveWeight = traits.weight();
      return 0;
    }
    effectiveWeight = traits.weight() * slowStart.step(elapsed);
    return warmingSince + slowStart.nextStep(elapsed) - now;
  }

  /** Counts of ended requests that the guard judges by. */
  long successes() {
    return node.successes();
  }

  long failures() {
    long failures = 0;
    for (Outcome outcome : OUTCOMES) {
      failures += outcome.failed() ? count(outcome) : 0;
    }
    return failures;
  }

  void ejected(boolean now) {
    ejected = now;
  }

  /** Counts a request as no longer in flight, and by its outcome; false if there was none. */
  boolean release(Outcome outcome) {
    boolean success = outcome == Outcome.SUCCESS;
    boolean released = node.release(success);
    if (released && !success) {
      ended.getAndIncrement(outcome.index);
    }
    return released;
  }

  private long count(Outcome outcome) {
    return outcome == Outcome.SUCCESS ? node.successes() : ended.get(outcome.index);
  }

  /** Adds this member's counts of ended requests to an array indexed by outcome. */
  void addCounts(long[] sums) {
    for (Outcome outcome : OUTCOMES) {
      sums[outcome.index] += count(outcome);
    }
  }

  Snapshot.MemberSnapshot<T> snapshot(long now) {
    long requests = 0;
    long failures = 0;
    for (Outcome outcome : OUTCOMES) {
      long count = count(outcome);
      requests += count;
      failures += outcome.failed() ? count : 0;
    }
    return new Snapshot.MemberSnapshot<>(
        value,
        weight(),
        effectiveWeight,
        inFlight(),
        node.latency(now),
        ejected,
        requests,
        failures);
  }

  @Override
  public String toString() {
    return String.valueOf(value);
  }
}
