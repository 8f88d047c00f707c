package io.spinforge.health;

import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The threads of checkers, as a test sees and holds them. */
final class CheckerThreads {
  private CheckerThreads() {}

  /** Returns the names of those that a checker has, or its pool, by how its own name begins. */
  static Set<String> of(String checker) {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("spinforge-health-" + checker))
        .collect(Collectors.toSet());
  }

  /** Holds the calling thread, interrupted or not: as stubborn as real code can be. */
  static void hang(CountDownLatch release) {
    boolean released = false;
    while (!released) {
      try {
        released = release.await(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        // Not even then.
      }
    }
  }
}
