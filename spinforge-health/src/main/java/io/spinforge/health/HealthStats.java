package io.spinforge.health;

import java.time.Duration;

/**
 * Counters since the start and gauges of now. Immutable; taking it is cheap.
 *
 * @param targets gauge: listed targets, drained ones included
 * @param healthy gauge: healthy targets, as all statuses without drained ones
 * @param degraded gauge: degraded targets
 * @param unhealthy gauge: unhealthy targets
 * @param unknown gauge: targets without a first result
 * @param drained gauge: targets that are being drained
 * @param suspended gauge: targets that are not probed at present, whatever their status
 * @param effective gauge: targets in the effective list
 * @param panic gauge: whether unhealthy targets are offered because too few are fit
 * @param localHealth gauge: how unwell the checker itself is, 0 (well) to 7 (no failure counts)
 * @param inFlight gauge: probes that wait for their answer
 * @param connections gauge: open connections, idle ones included
 * @param stuckWorkers gauge: blocking checks that overran their timeout and have not returned
 * @param probes probes that were started
 * @param passed probes that ended healthy or degraded
 * @param failed probes that ended as failures, timeouts included
 * @param timeouts probes that ended without an answer in time
 * @param inconclusive probes that said nothing of their target
 * @param confirmations probes that were asked for by a closed idle connection or a reported failure
 * @param transitions changes of status
 * @param droppedRounds rounds that were skipped because the checker was late
 * @param stalls times at which the checker itself was late by more than 50 ms
 * @param stalled sum of all lateness of the checker
 * @param listenerErrors exceptions thrown by listeners
 * @param droppedTransitions transitions that no listener saw because listeners were too slow
 */
public record HealthStats(
    int targets,
    int healthy,
    int degraded,
    int unhealthy,
    int unknown,
    int drained,
    int suspended,
    int effective,
    boolean panic,
    int localHealth,
    int inFlight,
    int connections,
    int stuckWorkers,
    long probes,
    long passed,
    long failed,
    long timeouts,
    long inconclusive,
    long confirmations,
    long transitions,
    long droppedRounds,
    long stalls,
    Duration stalled,
    long listenerErrors,
    long droppedTransitions) {}
