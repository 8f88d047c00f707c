package io.spinforge.balance;

import io.spinforge.balance.guard.SlowStart;
import org.jspecify.annotations.Nullable;

/**
 * What decides who may be chosen, apart from the policy.
 *
 * @param panicThreshold the part of a priority's members that must not be ejected
 * @param overprovisioning what a priority's members are worth, in terms of {@link
 *     io.spinforge.balance.guard.Priorities}
 * @param zones null without zone-aware routing
 * @param zoneMinimum how many members it takes for zones to count
 * @param slowStart null if members start at their full weight
 */
record Rules<T>(
    double panicThreshold,
    double overprovisioning,
    @Nullable ZoneRule<T> zones,
    int zoneMinimum,
    @Nullable SlowStart slowStart) {}
