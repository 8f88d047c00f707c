package io.spinforge.benchmarks.peers;

import io.spinforge.testkit.FaultProxy;
import io.spinforge.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Plays the two races with one contender: node {@code near} is the one to whom it happens. */
final class Race {

  /** No more than Redisson has threads for loads that wait. */
  private static final int KEYS = 10;

  private static final Duration CUT = Duration.ofMillis(500);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(20);

  private final Contender contender;
  private final RedisServer redis;
  private final FaultProxy proxy;
  private final Duration watch;

  /**
   * Prepares the races of a contender.
   *
   * @param watch for how long both nodes are read after an invalidation
   */
  Race(Contender contender, RedisServer redis, FaultProxy proxy, Duration watch) {
    this.contender = contender;
    this.redis = redis;
    this.proxy = proxy;
    this.watch = watch;
  }

  /** The old value is read before the invalidation and comes back after it. */
  Staleness invalidateDuringLoad() {
    Source source = new Source();
    List<String> keys = keys("load");
    ExecutorService readers = readers();
    try (Contender.Node near = contender.node(redis.port(), source::load);
        Contender.Node far = contender.node(redis.port(), source::load)) {
      source.hold();
      List<Future<String>> loads = new ArrayList<>();
      keys.forEach(key -> loads.add(readers.submit(() -> near.get(key))));
      await("all loads have read the source", () -> source.held() == KEYS);
      long invalidated = changeAndInvalidate(far, source, keys);
      source.release();
      await("all loads have returned", () -> loads.stream().allMatch(Future::isDone));
      return watch(List.of(near, far), source, keys, invalidated);
    } finally {
      readers.shutdownNow();
    }
  }

  /** The invalidation happens while the node cannot hear it. */
  Staleness subscriberCut() {
    Source source = new Source();
    List<String> keys = keys("cut");
    try (Contender.Node near = contender.node(proxy.port(), source::load);
        Contender.Node far = contender.node(redis.port(), source::load)) {
      keys.forEach(near::get);
      keys.forEach(far::get);
      proxy.refuse();
      proxy.cut();
      long invalidated = changeAndInvalidate(far, source, keys);
      pause(CUT);
      proxy.heal();
      return watch(List.of(near, far), source, keys, invalidated);
    } finally {
      proxy.heal();
    }
  }

  private long changeAndInvalidate(Contender.Node node, Source source, List<String> keys) {
    keys.forEach(source::change);
    keys.forEach(node::invalidate);
    return System.nanoTime();
  }

  private Staleness watch(
      List<Contender.Node> nodes, Source source, List<String> keys, long invalidated) {
    Duration longest = Duration.ZERO;
    Set<String> old = new HashSet<>();
    do {
      old.clear();
      for (Contender.Node node : nodes) {
        for (String key : keys) {
          long asked = System.nanoTime();
          if (answersOld(node, source, key)) {
            old.add(key);
            longest = Duration.ofNanos(asked - invalidated);
          }
        }
      }
      pause(PAUSE);
    } while (since(invalidated).compareTo(watch) < 0);
    return new Staleness(keys.size(), old.size(), longest);
  }

  /** A read that fails, because its connection is not back yet, is not an old answer. */
  private static boolean answersOld(Contender.Node node, Source source, String key) {
    try {
      return !source.isCurrent(key, node.get(key));
    } catch (RuntimeException e) {
      return false;
    }
  }

  private List<String> keys(String race) {
    String[] names = new String[KEYS];
    Arrays.setAll(names, i -> contender.title() + ":" + race + ":" + i);
    return List.of(names);
  }

  private static ExecutorService readers() {
    return Executors.newFixedThreadPool(
        KEYS,
        task -> {
          Thread thread = new Thread(task, "race-reader");
          thread.setDaemon(true);
          return thread;
        });
  }

  private static void await(String what, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (since(start).compareTo(PATIENCE) > 0) {
        throw new IllegalStateException("not within " + PATIENCE + ": " + what);
      }
      pause(PAUSE);
    }
  }

  private static Duration since(long nanoTime) {
    return Duration.ofNanos(System.nanoTime() - nanoTime);
  }

  private static void pause(Duration duration) {
    try {
      TimeUnit.NANOSECONDS.sleep(duration.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
