package io.spinforge.benchmarks.sim.health;

import io.spinforge.health.RandomHistory;

/**
 * Plays random histories of a checker and ends with an exception that names the seed if the
 * effective list was ever empty while a target was listed that was not drained.
 */
public final class RandomHistories {
  private static final int EVENTS = 60;

  private RandomHistories() {}

  /** Takes the number of histories and the first seed; by default 1,000,000 and 1. */
  public static void main(String[] args) {
    long histories = args.length > 0 ? Long.parseLong(args[0]) : 1_000_000;
    long first = args.length > 1 ? Long.parseLong(args[1]) : 1;
    long start = System.nanoTime();
    run(histories, first);
    System.out.printf(
        "%,d histories of %d events, none with an empty list (%d s)%n",
        histories, EVENTS, (System.nanoTime() - start) / 1_000_000_000);
  }

  /** Plays so many histories. */
  public static void run(long histories, long firstSeed) {
    for (long seed = firstSeed; seed < firstSeed + histories; seed++) {
      RandomHistory.play(seed, EVENTS);
    }
  }
}
