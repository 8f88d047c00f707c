package io.spinforge.benchmarks.trials;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.spinforge.cache.RedisLayer;
import io.spinforge.testkit.FaultProxy;
import io.spinforge.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Many threads of many instances ask for one cold key at once: how often it is loaded, and what
 * that costs Redis. Then the instance that holds the lease dies: when the next one loads.
 *
 * <pre>
 * java -cp benchmarks/target/benchmarks.jar \
 *     io.spinforge.benchmarks.trials.ColdKey [instances, default 50] [threads each, default 20]
 * </pre>
 */
public final class ColdKey implements AutoCloseable {

  private static final int ROUNDS = 20;
  private static final Duration LOAD = Duration.ofMillis(50);
  private static final Duration LEASE = Duration.ofSeconds(2);

  private final RedisServer redis = RedisServer.start();
  private final RedisClient client = RedisClient.create(Instance.uri(redis.port()));
  private final List<Instance> instances = new ArrayList<>();
  private final Map<String, AtomicInteger> loads = new ConcurrentHashMap<>();
  private final ExecutorService threads;
  private final int threadsEach;

  private ColdKey(int instances, int threadsEach) {
    this.threadsEach = threadsEach;
    for (int i = 0; i < instances; i++) {
      this.instances.add(Instance.start(RedisLayer.of(client).leaseTimeToLive(LEASE), this::load));
    }
    threads =
        Executors.newFixedThreadPool(
            instances * threadsEach,
            task -> {
              Thread thread = new Thread(task, "trial-reader");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * What was seen.
   *
   * @param mostLoads how often the key was loaded in the worst round
   * @param commandsEach commands to Redis for each round and instance, log reading left out
   * @param takeover from the grant of the lease whose holder died to the next load
   */
  record Seen(int mostLoads, double commandsEach, Duration takeover) {}

  /** Runs the trial; exits with 1 if a key was loaded twice or the next load came late. */
  public static void main(String[] args) {
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off");
    int instances = args.length > 0 ? Integer.parseInt(args[0]) : 50;
    int threadsEach = args.length > 1 ? Integer.parseInt(args[1]) : 20;
    Seen seen = run(instances, threadsEach);
    System.out.println("loads of a cold key, worst of " + ROUNDS + ": " + seen.mostLoads);
    System.out.println("commands for each instance and round: " + seen.commandsEach);
    System.out.println(
        "next load after the holder died: "
            + seen.takeover.toMillis()
            + " ms after the grant of a lease of "
            + LEASE.toMillis()
            + " ms");
    boolean kept = seen.takeover.compareTo(LEASE.plusMillis(50)) <= 0;
    System.exit(seen.mostLoads == 1 && kept ? 0 : 1);
  }

  static Seen run(int instances, int threadsEach) {
    try (ColdKey trial = new ColdKey(instances, threadsEach)) {
      Patience.until("all are live", () -> trial.instances.stream().allMatch(Instance::isLive));
      long before = trial.commands();
      int most = 0;
      for (int round = 0; round < ROUNDS; round++) {
        most = Math.max(most, trial.stampede("cold" + round));
      }
      double commands = (double) (trial.commands() - before) / ROUNDS / instances;
      return new Seen(most, commands, trial.takeover("orphan"));
    }
  }

  private int stampede(String key) {
    CountDownLatch start = new CountDownLatch(1);
    List<Future<?>> reads = new ArrayList<>();
    for (Instance instance : instances) {
      for (int i = 0; i < threadsEach; i++) {
        reads.add(
            threads.submit(
                () -> {
                  start.await();
                  return instance.get(key);
                }));
      }
    }
    start.countDown();
    Patience.until("all have read", () -> reads.stream().allMatch(Future::isDone));
    return loadsOf(key).get();
  }

  private AtomicInteger loadsOf(String key) {
    return loads.computeIfAbsent(key, any -> new AtomicInteger());
  }

  private String load(String key) {
    loadsOf(key).incrementAndGet();
    Patience.pause(LOAD);
    return "value";
  }

  /** An instance takes the lease, and then nothing is heard of it any more, as of a killed one. */
  private Duration takeover(String key) {
    AtomicLong granted = new AtomicLong();
    AtomicLong next = new AtomicLong();
    CountDownLatch never = new CountDownLatch(1);
    try (FaultProxy proxy = FaultProxy.to(redis.port());
        Instance holder =
            Instance.start(
                RedisLayer.of(Instance.uri(proxy.port())).leaseTimeToLive(LEASE),
                any -> {
                  granted.set(System.nanoTime());
                  awaitQuietly(never);
                  return "too late";
                });
        Instance heir =
            Instance.start(
                RedisLayer.of(client).leaseTimeToLive(LEASE),
                any -> {
                  next.set(System.nanoTime());
                  return "value";
                })) {
      Patience.until("both are live", () -> holder.isLive() && heir.isLive());
      Future<?> lost = threads.submit(() -> holder.get(key));
      Patience.until("the lease is granted", () -> granted.get() != 0);
      proxy.halfOpen();
      heir.get(key);
      never.countDown();
      Patience.until("the lost holder has read", lost::isDone);
      return Duration.ofNanos(next.get() - granted.get());
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns how many scripts Redis has run for clients: all that a cache sends but log reads. */
  private long commands() {
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      return connection
          .sync()
          .info("commandstats")
          .lines()
          .filter(line -> line.startsWith("cmdstat_eval"))
          .mapToLong(
              line -> Long.parseLong(line.replaceAll("cmdstat_[a-z]+:calls=([0-9]+),.*", "$1")))
          .sum();
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    instances.forEach(Instance::close);
    client.shutdown();
    redis.close();
  }
}
