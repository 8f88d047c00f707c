package io.spinforge.testkit;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits for servers to agree. */
final class Await {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(20);

  private Await() {}

  /** A look at a server; a failed one counts as "not yet". */
  @FunctionalInterface
  interface Condition {
    boolean holds() throws IOException;
  }

  /** Returns when the condition holds; fails, naming {@code what}, when it never does. */
  static void until(String what, Condition condition) {
    IOException last = null;
    long start = System.nanoTime();
    do {
      try {
        if (condition.holds()) {
          return;
        }
      } catch (IOException e) {
        last = e;
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    } while (System.nanoTime() - start < PATIENCE.toNanos());
    throw new IllegalStateException("not within " + PATIENCE + ": " + what, last);
  }
}
