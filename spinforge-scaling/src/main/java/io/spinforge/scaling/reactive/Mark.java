package io.spinforge.scaling.reactive;

/**
 * A number that was true at a time: a recommendation, or instances added or removed.
 *
 * @param at nanoseconds on the decision's own time line
 * @param value the number
 */
public record Mark(long at, int value) {}
