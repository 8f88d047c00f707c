package io.spinforge.cache.memory;

/**
 * What a partition had seen when a value was asked for: taken before the question goes out,
 * compared after the answer was put in memory.
 *
 * @param resets how often records of the partition may have been missed
 * @param moves invalidations applied to the key's stripe
 * @param unsequenced invalidations applied to the partition without a sequence
 * @param mark what was invalidated by tag, pattern or clear
 */
public record Stamp(long resets, long moves, long unsequenced, BanMark mark) {
  /** That of a value which is kept nowhere. */
  public static final Stamp NONE = new Stamp(-1, 0, 0, new BanMark(0, 0, 0));
}
