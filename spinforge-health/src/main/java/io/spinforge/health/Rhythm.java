package io.spinforge.health;

import java.util.SplittableRandom;

/**
 * When a target has its rounds.
 *
 * <p>Each target has a phase within the interval, a hash of itself and the checker's seed, for
 * life: rounds of many targets spread evenly without any of them knowing the others, and stay so
 * when others come and go. Each round may lie a little before or after its phase (jitter), so that
 * several checkers of one target do not stay in step.
 */
final class Rhythm {
  /** New targets are first probed at most at this rate, and within one interval. */
  private static final long FIRST_ROUND_SPACING_NANOS = 5_000_000;

  private final long interval;
  private final double jitterNanos;
  private final long seed;
  private final SplittableRandom random;

  Rhythm(long intervalNanos, double jitter, long seed) {
    this.interval = intervalNanos;
    this.jitterNanos = jitter * intervalNanos;
    this.seed = seed;
    this.random = new SplittableRandom(seed);
  }

  /** Returns the first probe of one of so many new targets. */
  long first(int hash, int newTargets, long now) {
    long spread = Math.min(interval, newTargets * FIRST_ROUND_SPACING_NANOS);
    return now + (long) (fraction(hash) * spread);
  }

  /** Returns the round that follows a probe which began at the given time; never before now. */
  long next(int hash, long startedAt, long now) {
    // At least half an interval after the last probe, and no round that lies in the past.
    long from = Math.max(startedAt, now - interval / 2) + interval / 2;
    long phase = (long) (fraction(hash) * interval);
    long into = Math.floorMod(from - phase, interval);
    long round = into == 0 ? from : from + interval - into;
    long moved = round + (long) (jitterNanos * (2 * random.nextDouble() - 1));
    return moved - now < 0 ? now : moved;
  }

  /** Returns the target's share of the interval, from 0 to 1; the finalizer is SplitMix64's. */
  private double fraction(int hash) {
    long z = seed ^ (hash * 0x9e3779b97f4a7c15L);
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    z ^= z >>> 31;
    return (z >>> 11) * 0x1.0p-53;
  }
}
