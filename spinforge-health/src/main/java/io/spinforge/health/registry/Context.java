package io.spinforge.health.registry;

import io.spinforge.health.registry.store.LeaseStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.SplittableRandom;

/**
 * What the parts of one registry share.
 *
 * @param random used on the registry's thread only
 */
record Context(
    Settings settings,
    LeaseStore store,
    Scheduler scheduler,
    Counters counters,
    Notices notices,
    InstantSource clock,
    SplittableRandom random) {

  /** Returns a time between two factors of a duration, in nanoseconds. */
  long between(Duration duration, double low, double high) {
    return (long) (duration.toNanos() * random.nextDouble(low, high));
  }

  /**
   * Returns how long to wait so that many registries that hear the same news do not answer it in
   * the same instant: up to a quarter of a heartbeat, and at most half a second.
   */
  long spread() {
    long quarter = settings.heartbeat().toNanos() / 4;
    return random.nextLong(Math.min(quarter, 500_000_000L) + 1);
  }
}
