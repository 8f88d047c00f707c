package io.spinforge.benchmarks.trials;

import io.spinforge.cache.CacheManager;
import io.spinforge.cache.CachePolicy;
import io.spinforge.cache.Health;
import io.spinforge.cache.LoadTimeout;
import io.spinforge.cache.RedisLayer;
import io.spinforge.cache.RefreshAhead;
import io.spinforge.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Plays seeded schedules on a real Redis, many at a time, each with keys and tags of its own: the
 * operations of the simulation, in real time. Groups of three managers read, put and invalidate by
 * key, tag, pattern and clear, in the foreground, together, ahead of the end and past their limits.
 *
 * <pre>
 * java -cp benchmarks/target/benchmarks.jar \
 *     io.spinforge.benchmarks.trials.RedisSchedules [schedules, default 10000] [seed]
 * </pre>
 */
public final class RedisSchedules implements AutoCloseable {
  static final Duration MAX_STALENESS = Duration.ofMillis(700);

  private static final int AT_ONCE = 150;
  private static final int NODES = 3;
  private static final List<Consumer<CachePolicy>> POLICIES =
      List.of(
          p -> p.freshFor(Duration.ofMinutes(10)),
          p ->
              p.freshFor(Duration.ofMillis(150))
                  .serveStaleFor(Duration.ofMillis(300))
                  .serveStaleOnError(Duration.ofSeconds(2), Duration.ofMillis(100)),
          p ->
              p.freshFor(Duration.ofMillis(200))
                  .refreshAhead(RefreshAhead.at(0.3))
                  .serveStaleOnError(Duration.ofSeconds(1), Duration.ofMillis(100)),
          p ->
              p.freshFor(Duration.ofMillis(100))
                  .serveStaleFor(Duration.ofMillis(100))
                  .serveStaleOnError(Duration.ofSeconds(1), Duration.ofMillis(100))
                  .loadTimeout(
                      LoadTimeout.soft(Duration.ofMillis(5)),
                      LoadTimeout.hard(Duration.ofMillis(15))));

  private final RedisServer redis = RedisServer.start();
  private final List<List<CacheManager>> groups = new ArrayList<>();
  private final List<List<RedisSchedule.Peer>> peers = new ArrayList<>();
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Seen seen = new Seen();

  private RedisSchedules() {
    for (int policy = 0; policy < POLICIES.size(); policy++) {
      List<CacheManager> managers = new ArrayList<>();
      List<RedisSchedule.Peer> group = new ArrayList<>();
      for (int node = 0; node < NODES; node++) {
        CacheManager manager = manager("group" + policy, POLICIES.get(policy));
        managers.add(manager);
        group.add(RedisSchedule.peer(node, manager));
      }
      groups.add(managers);
      peers.add(group);
    }
    groups.forEach(
        group ->
            group.forEach(
                manager ->
                    Patience.until(
                        "all are live", () -> manager.health().state() == Health.State.LIVE)));
  }

  /** Plays the schedules and prints what was seen; exits with 1 if one went wrong. */
  public static void main(String[] args) {
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off");
    int schedules = args.length > 0 ? Integer.parseInt(args[0]) : 10_000;
    long seed = args.length > 1 ? Long.parseLong(args[1]) : System.nanoTime();
    long started = System.nanoTime();
    Seen seen = run(schedules, seed);
    System.out.printf(
        "seed %d: %s in %d s%n",
        seed, seen, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - started));
    System.exit(seen.isKept(Duration.ZERO) ? 0 : 1);
  }

  /** Plays so many schedules and returns what was seen. */
  static Seen run(int schedules, long seed) {
    try (RedisSchedules trial = new RedisSchedules()) {
      trial.play(schedules, seed);
      return trial.seen;
    }
  }

  private void play(int schedules, long seed) {
    Semaphore room = new Semaphore(AT_ONCE);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < schedules; i++) {
      room.acquireUninterruptibly();
      RedisSchedule schedule =
          new RedisSchedule(i, peers.get(i % peers.size()), random.split(), seen);
      List<CompletableFuture<Void>> ends = new ArrayList<>();
      schedule
          .steps()
          .forEach(step -> ends.add(after(step.millis(), () -> seen.tried(step.work()))));
      var unused =
          CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new))
              .whenComplete(
                  (done, failure) -> {
                    seen.schedules.incrementAndGet();
                    room.release();
                  });
    }
    room.acquireUninterruptibly(AT_ONCE);
  }

  private CompletableFuture<Void> after(long millis, Runnable work) {
    CompletableFuture<Void> end = new CompletableFuture<>();
    var unused =
        clock.schedule(
            () ->
                threads.execute(
                    () -> {
                      work.run();
                      end.complete(null);
                    }),
            millis,
            TimeUnit.MILLISECONDS);
    return end;
  }

  private CacheManager manager(String name, Consumer<CachePolicy> policy) {
    return CacheManager.builder()
        .name(name)
        .memory(m -> m.maximumEntries(100_000).timeToLive(Duration.ofMinutes(10)))
        .redis(
            RedisLayer.of(Instance.uri(redis.port()))
                .partitions(4)
                .commandTimeout(Duration.ofSeconds(2))
                .maxStaleness(MAX_STALENESS))
        .defaults(policy.andThen(p -> p.jitter(0)))
        .build();
  }

  @Override
  public void close() {
    clock.shutdownNow();
    threads.shutdownNow();
    groups.forEach(group -> group.forEach(CacheManager::close));
    redis.close();
  }

  /** What was seen. Thread-safe. */
  static final class Seen {
    final AtomicLong schedules = new AtomicLong();
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong expired = new AtomicLong();
    private final AtomicLong stalestNanos = new AtomicLong();
    private final AtomicReference<Throwable> first = new AtomicReference<>();
    private final AtomicLong wrong = new AtomicLong();

    void read(Duration staleness, boolean expiredOne) {
      reads.incrementAndGet();
      if (expiredOne) {
        expired.incrementAndGet();
      }
      stalestNanos.accumulateAndGet(staleness.toNanos(), Math::max);
    }

    private void tried(Runnable step) {
      try {
        step.run();
      } catch (RuntimeException | AssertionError e) {
        wrong.incrementAndGet();
        first.compareAndSet(null, e);
      }
    }

    /** Tells whether nothing went wrong, and nothing was staler than the bound and this more. */
    boolean isKept(Duration more) {
      return wrong.get() == 0 && stalestNanos.get() <= MAX_STALENESS.plus(more).toNanos();
    }

    @Override
    public String toString() {
      return String.format(
          "%,d schedules, %,d reads, %,d of them expired values, %d wrong (%s), stalest %d ms",
          schedules.get(),
          reads.get(),
          expired.get(),
          wrong.get(),
          first.get(),
          TimeUnit.NANOSECONDS.toMillis(stalestNanos.get()));
    }
  }
}
