package io.spinforge.cache.memory;

/**
 * Up to where a value respects what was invalidated by tag, pattern or clear.
 *
 * @param sequence the control log's sequence: every record up to it is respected
 * @param here the number of the last ban that this node made while Redis was away
 * @param generation within which the sequence can be compared
 */
public record BanMark(long sequence, long here, int generation) {}
