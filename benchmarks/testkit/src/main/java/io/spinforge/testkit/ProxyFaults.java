package io.spinforge.testkit;

import io.spinforge.testkit.FaultProxy.Direction;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** What a {@link FaultProxy} does wrong at the moment, shared by its connections. Thread-safe. */
final class ProxyFaults {

  /** Guards all fields; {@code changed} wakes the connections that are held. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Condition changed = lock.newCondition();
  private final Map<Direction, Long> delays = new EnumMap<>(Direction.class);
  private final Set<Direction> held = EnumSet.noneOf(Direction.class);
  private boolean refusing;
  private long allowance = Long.MAX_VALUE;

  void delay(Direction direction, long nanos) {
    change(() -> delays.put(direction, nanos));
  }

  void hold(Direction direction) {
    change(() -> held.add(direction));
  }

  void refuse() {
    change(() -> refusing = true);
  }

  void cutAfter(long bytes) {
    change(() -> allowance = bytes);
  }

  void heal() {
    change(
        () -> {
          delays.clear();
          held.clear();
          refusing = false;
          allowance = Long.MAX_VALUE;
        });
  }

  boolean isRefusing() {
    lock.lock();
    try {
      return refusing;
    } finally {
      lock.unlock();
    }
  }

  /** Returns by how many nanoseconds bytes that arrive now are late. */
  long delayOf(Direction direction) {
    lock.lock();
    try {
      return delays.getOrDefault(direction, 0L);
    } finally {
      lock.unlock();
    }
  }

  /** Returns how many bytes of answers a new connection may forward. */
  long allowance() {
    lock.lock();
    try {
      return allowance;
    } finally {
      lock.unlock();
    }
  }

  /** Wakes who waits for a change, because a connection ended. */
  void wake() {
    change(() -> {});
  }

  /** Waits while the direction is held and the connection is open. */
  void awaitPassage(Direction direction, BooleanSupplier isOpen) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (held.contains(direction) && isOpen.getAsBoolean()) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
