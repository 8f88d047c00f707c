package io.spinforge.cache.memory;

/**
 * What a partition had seen when a value was asked for: taken before the question goes out,
 * compared after the answer was put in memory.
 *
 * @param epoch the partition's epoch
 * @param moves invalidations applied to the key's stripe
 * @param unsequenced invalidations applied to the partition without a sequence
 */
public record Stamp(long epoch, long moves, long unsequenced) {}
