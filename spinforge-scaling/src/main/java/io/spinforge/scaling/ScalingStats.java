package io.spinforge.scaling;

import java.time.Duration;

/**
 * Counters since the autoscaler was built, and gauges of its last tick. Immutable.
 *
 * @param ticks decisions made
 * @param ups decisions that asked for more
 * @param downs decisions that asked for less
 * @param holds decisions that a hazard held
 * @param applied numbers that the target took
 * @param conflicts numbers that met a target that had changed
 * @param rejected numbers that the target refused
 * @param unknown numbers whose fate is not known
 * @param signalFailures readings of a signal with nothing usable
 * @param current number the target had before the last tick; −1 before the first or if unknown
 * @param desired number decided in the last tick; −1 before the first or if unknown
 * @param ready ready instances in the last tick; −1 before the first or if unknown
 * @param starting starting instances in the last tick; −1 before the first or if unknown
 * @param min lower limit
 * @param max upper limit
 * @param demand demand of the first signal in the last tick; NaN if unknown
 * @param lastTick how long the last tick took, sources and target included
 */
public record ScalingStats(
    long ticks,
    long ups,
    long downs,
    long holds,
    long applied,
    long conflicts,
    long rejected,
    long unknown,
    long signalFailures,
    int current,
    int desired,
    int ready,
    int starting,
    int min,
    int max,
    double demand,
    Duration lastTick) {}
