package io.spinforge.benchmarks.trials;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits, for things that end and not for ever. */
final class Patience {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(5);

  private Patience() {}

  static void until(String what, BooleanSupplier condition) {
    until(what, condition, BETWEEN_LOOKS);
  }

  static void until(String what, BooleanSupplier condition, Duration betweenLooks) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > LIMIT.toNanos()) {
        throw new IllegalStateException("not within " + LIMIT + ": " + what);
      }
      pause(betweenLooks);
    }
  }

  static void pause(Duration duration) {
    try {
      TimeUnit.NANOSECONDS.sleep(duration.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
