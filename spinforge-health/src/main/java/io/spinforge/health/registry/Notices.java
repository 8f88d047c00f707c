package io.spinforge.health.registry;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands every event to the registry's listener, in order, one at a time. A listener that falls more
 * than 1,024 events behind loses the oldest. Thread-safe.
 */
final class Notices {
  private static final Logger log = LoggerFactory.getLogger(Notices.class);
  private static final int BOUND = 1024;

  private final @Nullable RegistryListener listener;
  private final Executor executor;
  private final LongAdder failures;
  private final ReentrantLock lock = new ReentrantLock(); // guards queue and running
  private final ArrayDeque<Consumer<RegistryListener>> queue = new ArrayDeque<>();
  private boolean running;
  private boolean failing; // by whoever runs

  Notices(@Nullable RegistryListener listener, Executor executor, LongAdder failures) {
    this.listener = listener;
    this.executor = executor;
    this.failures = failures;
  }

  void post(Consumer<RegistryListener> event) {
    if (listener == null) {
      return;
    }
    boolean start;
    lock.lock();
    try {
      if (queue.size() == BOUND) {
        queue.removeFirst();
        failures.increment();
      }
      queue.addLast(event);
      start = !running;
      running = true;
    } finally {
      lock.unlock();
    }
    if (start) {
      try {
        executor.execute(() -> run(listener));
      } catch (RejectedExecutionException e) {
        failures.increment();
        stop();
      }
    }
  }

  private void run(RegistryListener to) {
    for (Consumer<RegistryListener> event = next(); event != null; event = next()) {
      try {
        event.accept(to);
        failing = false;
      } catch (Exception | LinkageError | AssertionError e) {
        failures.increment();
        if (!failing) {
          failing = true;
          log.warn("the listener of the registry threw; events it throws on are dropped", e);
        }
      }
    }
  }

  private @Nullable Consumer<RegistryListener> next() {
    lock.lock();
    try {
      Consumer<RegistryListener> event = queue.pollFirst();
      running = event != null;
      return event;
    } finally {
      lock.unlock();
    }
  }

  private void stop() {
    lock.lock();
    try {
      running = false;
    } finally {
      lock.unlock();
    }
  }
}
