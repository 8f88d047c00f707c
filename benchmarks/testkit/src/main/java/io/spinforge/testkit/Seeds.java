package io.spinforge.testkit;

import static java.util.Objects.requireNonNull;

import java.util.SplittableRandom;

/**
 * Runs a randomized test once per seed, so that a failure can be had again: its message carries the
 * seed, and {@code -Dspinforge.seed=N} runs that seed alone.
 */
public final class Seeds {

  private static final String ONLY = "spinforge.seed";

  private Seeds() {}

  /** A test body that draws all its randomness from what it is given. */
  @FunctionalInterface
  public interface SeededTest {

    /** Runs the test for one seed; {@code random} was made from it. */
    void run(long seed, SplittableRandom random) throws Exception;
  }

  /**
   * Runs {@code body} with the seeds 1 to {@code n}, or with the one that the system property
   * {@code spinforge.seed} names.
   *
   * @throws AssertionError at the first seed that fails, naming it, with the failure as its cause
   */
  public static void run(int n, SeededTest body) {
    requireNonNull(body, "body");
    if (n < 1) {
      throw new IllegalArgumentException("n: " + n + " (expected: >= 1)");
    }
    Long only = Long.getLong(ONLY);
    if (only != null) {
      runOne(only, body);
      return;
    }
    for (long seed = 1; seed <= n; seed++) {
      runOne(seed, body);
    }
  }

  private static void runOne(long seed, SeededTest body) {
    try {
      body.run(seed, new SplittableRandom(seed));
    } catch (Exception | AssertionError e) {
      throw new AssertionError("seed " + seed + " (again: -D" + ONLY + "=" + seed + "): " + e, e);
    }
  }
}
