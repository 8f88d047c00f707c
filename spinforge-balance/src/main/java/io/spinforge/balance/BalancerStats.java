package io.spinforge.balance;

import java.util.Optional;

/**
 * Counters since the balancer was built, and gauges of this moment.
 *
 * @param successes requests that ended as {@link Outcome#SUCCESS}
 * @param failures requests that ended as {@link Outcome#FAILURE}
 * @param timeouts requests that ended as {@link Outcome#TIMEOUT}
 * @param overloaded requests that ended as {@link Outcome#OVERLOADED}
 * @param cancelled requests that ended as {@link Outcome#CANCELLED}
 * @param ignored requests that ended as {@link Outcome#IGNORED}
 * @param retries extra attempts made
 * @param retriesSuppressed extra attempts that the budget did not allow
 * @param hedges attempts made beside a late one
 * @param hedgesSuppressed hedges that the budget, or a lack of threads, did not allow
 * @param limited calls that the limit did not admit
 * @param ejections times that a member was left out for its failures
 * @param outlier why members are left out; empty: they never are
 * @param panicPicks choices made among all members because too many were ejected
 * @param noMembers choices that found nobody
 * @param surplusEnds ends of requests that were not in flight: a fault of the caller's
 * @param abandonedLeases leases collected by the garbage collector before they were closed
 * @param updates accepted updates
 * @param members members listed now
 * @param ejected members left out now for their failures
 * @param draining members of weight 0 now
 * @param inFlight requests in flight now, on members listed
 * @param panic whether all members are used because too many are ejected
 */
public record BalancerStats(
    long successes,
    long failures,
    long timeouts,
    long overloaded,
    long cancelled,
    long ignored,
    long retries,
    long retriesSuppressed,
    long hedges,
    long hedgesSuppressed,
    long limited,
    long ejections,
    Optional<Outlier.Rule> outlier,
    long panicPicks,
    long noMembers,
    long surplusEnds,
    long abandonedLeases,
    long updates,
    int members,
    int ejected,
    int draining,
    long inFlight,
    boolean panic) {

  /** Returns the number of requests that ended. */
  public long requests() {
    return successes + failures + timeouts + overloaded + cancelled + ignored;
  }
}
