package io.spinforge.cache;

import io.spinforge.cache.load.Waiters.Waiter;
import io.spinforge.cache.redis.Barriers;
import io.spinforge.cache.redis.Barriers.Present;
import io.spinforge.cache.redis.RedisStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Waits until an invalidation has come as far as is asked for. Thread-safe; blocks the caller.
 *
 * <p>Every node has applied it when all that read the logs have answered a {@linkplain Barriers
 * barrier} that was placed after it; or when {@code maxStaleness} has passed since it was
 * committed: a node believes its memory for that long after a question to Redis, and the answer to
 * any question since the commit obliges it to apply the record first. So a node that is cut off,
 * paused or dead holds nobody up for longer, and needs no judge of whether it lives.
 */
final class Awaiting {
  private static final String REPLAYED = "replayed"; // no key of a cache is without a colon

  private final Node node;
  private final Executor executor;
  private final long maxStalenessNanos;

  /** Creates one for a node without Redis, which is all there are. */
  Awaiting(Node node) {
    this(node, Runnable::run, Duration.ZERO);
  }

  Awaiting(Node node, Executor executor, Duration maxStaleness) {
    this.node = node;
    this.executor = executor;
    this.maxStalenessNanos = maxStaleness.toNanos();
  }

  /** Wakes those who wait for Redis to have what this node had queued. */
  void replayed() {
    node.waiters.wake(REPLAYED);
  }

  CompletionStage<Boolean> await(Reached reached, Reach wanted, Duration timeout, boolean async) {
    if (!async) {
      return CompletableFuture.completedFuture(await(reached, wanted, timeout));
    }
    return CompletableFuture.supplyAsync(() -> await(reached, wanted, timeout), executor);
  }

  /** Waits; tells whether it has come that far. */
  private boolean await(Reached reached, Reach wanted, Duration timeout) {
    RedisStore store = node.redis();
    if (store == null || wanted.compareTo(reached.reach) <= 0) {
      return true;
    }
    long patience = timeout.compareTo(Duration.ofDays(365)) > 0 ? Long.MAX_VALUE / 4 : -1;
    long end = node.clock.exact() + (patience < 0 ? timeout.toNanos() : patience);
    try {
      long committed = reached.at;
      if (reached.reach == Reach.THIS_NODE) {
        if (!awaitReplay(store, end)) {
          return false;
        }
        committed = node.clock.exact();
      }
      return wanted == Reach.REDIS || awaitAll(store.barriers(), reached.logs, committed, end);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private boolean awaitReplay(RedisStore store, long end) throws InterruptedException {
    while (true) {
      Waiter waiter = node.waiters.enter(REPLAYED);
      try {
        node.requireOpen();
        if (store.isUp()) { // which it is only when nothing is queued
          return true;
        }
        long left = end - node.clock.exact();
        if (left <= 0) {
          return false;
        }
        waiter.await(left);
      } finally {
        node.waiters.leave(REPLAYED, waiter);
      }
    }
  }

  private boolean awaitAll(Barriers barriers, List<Integer> logs, long committed, long end)
      throws InterruptedException {
    long asked = node.clock.exact();
    Present present = barriers.present();
    if (present == null) {
      return sleep(committed + maxStalenessNanos, end);
    }
    long longest = TimeUnit.MILLISECONDS.toNanos(present.longestMillis() + 1);
    long disbelieved = committed + longest;
    if (!present.members().isEmpty()) {
      String barrier = barriers.place(logs, present, Math.max(0, end - asked));
      if (barrier == null) {
        return sleep(disbelieved, end);
      }
      if (!awaitAnswers(barriers, barrier, logs, disbelieved, end)) {
        return false;
      }
    }
    long complete = asked + TimeUnit.MILLISECONDS.toNanos(present.completeMillis() + 1);
    boolean known = present.completeMillis() >= 0 && complete - disbelieved < 0;
    if (present.completeMillis() == 0) {
      return true;
    }
    return sleep(known ? complete : disbelieved, end);
  }

  private boolean awaitAnswers(
      Barriers barriers, String barrier, List<Integer> logs, long disbelieved, long end)
      throws InterruptedException {
    List<Integer> left = logs;
    while (true) {
      Waiter waiter = node.waiters.enter(barrier); // first, so that no wake-up is lost
      try {
        node.requireOpen();
        left = barriers.left(barrier, left);
        long now = node.clock.exact();
        if (left.isEmpty() || now - disbelieved >= 0) {
          return true;
        }
        if (now - end >= 0) {
          return false;
        }
        waiter.await(Math.min(disbelieved - now, end - now));
      } finally {
        node.waiters.leave(barrier, waiter);
      }
    }
  }

  /** Sleeps until a moment, or the end if that comes first; tells whether the moment came. */
  private boolean sleep(long moment, long end) throws InterruptedException {
    String nobody = "nobody";
    while (true) {
      Waiter waiter = node.waiters.enter(nobody);
      try {
        node.requireOpen();
        long now = node.clock.exact();
        if (now - moment >= 0) {
          return true;
        }
        if (now - end >= 0) {
          return false;
        }
        waiter.await(Math.min(moment - now, end - now));
      } finally {
        node.waiters.leave(nobody, waiter);
      }
    }
  }

  /**
   * How far an invalidation had come when its call returned.
   *
   * @param logs those that have its records
   * @param at when Redis had it at the latest
   */
  record Reached(Reach reach, List<Integer> logs, long at) {}
}
