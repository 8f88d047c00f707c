package io.spinforge.health.registry;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands the latest of a series of values to a consumer, one call at a time. Thread-safe. */
final class Delivery<T> {
  private static final Logger log = LoggerFactory.getLogger(Delivery.class);

  private final Consumer<? super T> consumer;
  private final Executor executor;
  private final LongAdder failures;
  private final AtomicReference<@Nullable T> latest = new AtomicReference<>();
  private final AtomicBoolean running = new AtomicBoolean();
  private volatile boolean closed;
  private boolean failing; // by whoever holds running

  Delivery(Consumer<? super T> consumer, Executor executor, LongAdder failures) {
    this.consumer = consumer;
    this.executor = executor;
    this.failures = failures;
  }

  void offer(T value) {
    latest.set(value);
    start();
  }

  void close() {
    closed = true;
    latest.set(null);
  }

  private void start() {
    if (running.compareAndSet(false, true)) {
      try {
        executor.execute(this::run);
      } catch (RejectedExecutionException e) {
        failures.increment();
        running.set(false); // the value stays; the next offer tries again
      }
    }
  }

  private void run() {
    try {
      for (T value = latest.getAndSet(null); value != null; value = latest.getAndSet(null)) {
        deliver(value);
      }
    } finally {
      running.set(false);
    }
    if (latest.get() != null) { // offered between the last look and the release
      start();
    }
  }

  private void deliver(T value) {
    if (closed) {
      return;
    }
    try {
      consumer.accept(value);
      failing = false;
    } catch (Exception | LinkageError | AssertionError e) {
      failures.increment();
      if (!failing) {
        failing = true;
        log.warn("a listener of the registry threw; it is called again at the next change", e);
      }
    }
  }
}
