package io.spinforge.scaling;

import java.time.Duration;

/** Counters behind {@link ScalingStats}; guarded by the autoscaler's lock on ticks. */
final class Counts {
  private long ticks;
  private long ups;
  private long downs;
  private long holds;
  private long applied;
  private long conflicts;
  private long rejected;
  private long unknown;
  private long failures;

  void add(Decision decision) {
    ticks++;
    ups += decision.direction() > 0 ? 1 : 0;
    downs += decision.direction() < 0 ? 1 : 0;
    holds += decision.constraint().hazard() ? 1 : 0;
    ApplyResult result = decision.applied();
    applied += result instanceof ApplyResult.Applied ? 1 : 0;
    conflicts += result instanceof ApplyResult.Conflict ? 1 : 0;
    rejected += result instanceof ApplyResult.Rejected ? 1 : 0;
    unknown += result instanceof ApplyResult.Unknown ? 1 : 0;
    for (Proposal proposal : decision.proposals()) {
      failures += proposal.quality() == Quality.MISSING ? 1 : 0;
    }
  }

  long ticks() {
    return ticks;
  }

  /** Returns the stats before the first tick. */
  ScalingStats stats(Plan plan) {
    return stats(plan, -1, -1, -1, -1, Double.NaN, 0);
  }

  ScalingStats stats(Plan plan, Decision d, long nanos) {
    return stats(plan, d.current(), d.desired(), d.ready(), d.starting(), d.demand(), nanos);
  }

  private ScalingStats stats(
      Plan plan, int current, int desired, int ready, int starting, double demand, long nanos) {
    return new ScalingStats(
        ticks,
        ups,
        downs,
        holds,
        applied,
        conflicts,
        rejected,
        unknown,
        failures,
        current,
        desired,
        ready,
        starting,
        plan.min(),
        plan.max(),
        demand,
        Duration.ofNanos(nanos));
  }
}
