package io.spinforge.health;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listener thread: brings transitions in order and the latest view to the host's code, and
 * writes the log. Whatever that code does, the I/O thread only adds to a queue.
 */
final class Delivery<T> {
  private static final Logger log = LoggerFactory.getLogger(HealthChecker.class);
  private static final int MOST_TRANSITIONS = 100_000;
  private static final int MOST_LOGGED = 20;
  private static final long SHORTEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final String name;
  private final Supplier<HealthView<T>> views;
  private final Thread thread;
  private final AtomicLong errors = new AtomicLong();
  private final List<Subscriber<List<T>>> changeSubscribers = new CopyOnWriteArrayList<>();
  private final List<Subscriber<Transition<T>>> transitionSubscribers =
      new CopyOnWriteArrayList<>();
  private final CompletableFuture<HealthView<T>> ready = new CompletableFuture<>();

  // Guards the four fields below; held for a few instructions only.
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition wanted = lock.newCondition();
  private final Deque<Transition<T>> queue = new ArrayDeque<>();
  private boolean signalled;
  private boolean stopping;
  private long dropped;

  // The listener thread's own.
  private final HealthView<T> initial;
  private boolean panicking;
  private long pauseNanos = SHORTEST_PAUSE_NANOS;

  Delivery(String name, Supplier<HealthView<T>> views) {
    this.name = name;
    this.views = views;
    this.initial = views.get();
    this.thread = new Thread(this::run, "spinforge-health-" + name + "-listener");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  void onChange(Consumer<? super List<T>> consumer) {
    changeSubscribers.add(new Subscriber<>("onChange", consumer, consumer));
    signal(List.of());
  }

  void onTransition(String what, Object owner, Consumer<? super Transition<T>> consumer) {
    transitionSubscribers.add(new Subscriber<>(what, owner, consumer));
  }

  /** Removes what was added for this owner; a call that has begun goes on. */
  @SuppressWarnings("ReferenceEquality") // who was added is removed, not who is equal
  void remove(Object owner) {
    transitionSubscribers.removeIf(known -> known.owner == owner);
  }

  /** Adds transitions to the queue and lets the thread look at the view. */
  void signal(List<Transition<T>> transitions) {
    lock.lock();
    try {
      for (Transition<T> transition : transitions) {
        if (queue.size() == MOST_TRANSITIONS) {
          queue.removeFirst();
          dropped++;
        }
        queue.addLast(transition);
      }
      signalled = true;
      wanted.signal();
    } finally {
      lock.unlock();
    }
  }

  CompletableFuture<HealthView<T>> ready() {
    return ready.copy();
  }

  /** Counts exceptions of the host's code, here and on the I/O thread. */
  AtomicLong errors() {
    return errors;
  }

  long dropped() {
    lock.lock();
    try {
      return dropped;
    } finally {
      lock.unlock();
    }
  }

  void stop(Duration wait) {
    lock.lock();
    try {
      stopping = true;
      wanted.signal();
    } finally {
      lock.unlock();
    }
    if (Thread.currentThread() == thread) {
      return;
    }
    try {
      thread.join(wait.toMillis() / 2);
      if (thread.isAlive()) {
        // A consumer that blocks is told that it is over.
        thread.interrupt();
        thread.join(wait.toMillis() / 2);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (true) {
        List<Transition<T>> transitions = await();
        if (transitions == null) {
          return;
        }
        for (int i = 0; i < transitions.size(); i++) {
          transition(transitions.get(i), i < MOST_LOGGED);
        }
        if (transitions.size() > MOST_LOGGED) {
          int more = transitions.size() - MOST_LOGGED;
          log.warn("Many targets have changed at once: checker={} more={}", name, more);
        }
        if (deliver(views.get())) {
          pause();
          pauseNanos =
              signalled()
                  ? Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS)
                  : Math.max(pauseNanos / 4, SHORTEST_PAUSE_NANOS);
        }
      }
    } finally {
      ready.completeExceptionally(new CancellationException("closed"));
    }
  }

  /** Waits for something to do; null: no more. */
  private @Nullable List<Transition<T>> await() {
    lock.lock();
    try {
      while (!signalled && !stopping) {
        wanted.awaitUninterruptibly();
      }
      signalled = false;
      List<Transition<T>> transitions = new ArrayList<>(queue);
      queue.clear();
      return stopping ? null : transitions;
    } finally {
      lock.unlock();
    }
  }

  private boolean signalled() {
    lock.lock();
    try {
      return signalled;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Lets changes gather, so that ten thousand flips are a few calls: the first is told at once, and
   * as long as there are more, each wait is twice as long as the one before.
   */
  private void pause() {
    lock.lock();
    try {
      long left = pauseNanos;
      while (left > 0 && !stopping) {
        left = wanted.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      // Only stop() interrupts; the next await() sees it.
    } finally {
      lock.unlock();
    }
  }

  private void transition(Transition<T> t, boolean logged) {
    if (logged && t.to() == Status.UNHEALTHY) {
      log.warn("Target is unhealthy: checker={} target={} reason={}", name, t.target(), t.reason());
    } else if (logged) {
      log.info(
          "Target is {}: checker={} target={} reason={}", t.to(), name, t.target(), t.reason());
    }
    for (Subscriber<Transition<T>> subscriber : transitionSubscribers) {
      subscriber.tell(t);
    }
  }

  @SuppressWarnings("ReferenceEquality") // an unchanged list is the same object, see Views
  private boolean deliver(HealthView<T> view) {
    if (view == initial) {
      return false;
    }
    if (view.panic() != panicking) {
      panicking = view.panic();
      int fit = view.healthy().size() + view.degraded().size();
      if (panicking) {
        log.warn(
            "Too few targets are fit, all are offered: checker={} fit={} targets={}",
            name,
            fit,
            view.size());
      } else {
        log.info(
            "Enough targets are fit again: checker={} fit={} targets={}", name, fit, view.size());
      }
    }
    boolean told = false;
    for (Subscriber<List<T>> subscriber : changeSubscribers) {
      if (subscriber.last != view.effective()) {
        told = true;
        subscriber.tell(view.effective());
      }
    }
    if (view.size() > 0 && new HashSet<>(view.suspended()).containsAll(view.unknown())) {
      ready.complete(view);
    }
    return told;
  }

  private final class Subscriber<E> {
    private final String what;
    private final Object owner;
    private final Consumer<? super E> consumer;
    private @Nullable E last;
    private boolean failing;

    Subscriber(String what, Object owner, Consumer<? super E> consumer) {
      this.what = what;
      this.owner = owner;
      this.consumer = consumer;
    }

    void tell(E event) {
      last = event;
      try {
        consumer.accept(event);
        failing = false;
      } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
        errors.incrementAndGet();
        if (!failing) {
          failing = true;
          log.warn("Listener failed: checker={} listener={}", name, what, e);
        }
      }
    }
  }
}
