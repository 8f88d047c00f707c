package io.spinforge.scaling.reactive;

/**
 * A rate policy: at most so many instances, or so many percent of them, in a period.
 *
 * @param percent whether {@code amount} is a percentage
 * @param amount instances or percent, from 1
 * @param period nanoseconds, from 1
 */
public record Rate(boolean percent, int amount, long period) {}
