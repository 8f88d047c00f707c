package io.spinforge.health.registry;

import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** The last events of a service, for a person to read. Thread-safe. */
final class Events {
  private static final int KEPT = 32;

  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock(); // guards lines
  private final ArrayDeque<String> lines = new ArrayDeque<>(KEPT);

  Events(InstantSource clock) {
    this.clock = clock;
  }

  void add(String text) {
    String line = clock.instant().truncatedTo(ChronoUnit.MILLIS) + " " + text;
    lock.lock();
    try {
      if (lines.size() == KEPT) {
        lines.removeFirst();
      }
      lines.addLast(line);
    } finally {
      lock.unlock();
    }
  }

  List<String> list() {
    lock.lock();
    try {
      return List.copyOf(lines);
    } finally {
      lock.unlock();
    }
  }
}
