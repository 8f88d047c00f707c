package io.spinforge.benchmarks.sim.cache;

import io.spinforge.cache.BulkContextLoader;
import io.spinforge.cache.CacheManager;
import io.spinforge.cache.LayeredCache;
import io.spinforge.cache.RedisLayer;
import io.spinforge.cache.Simulated;
import io.spinforge.cache.WhenDetached;
import io.spinforge.cache.memory.Bans;
import io.spinforge.cache.memory.Partition;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** One node: a host with clocks of its own that runs the production code. */
final class SimulatedPeer extends VirtualTime.Host implements Simulated.World {
  private static final Duration REST = Duration.ofMillis(150);
  private static final long HOUR = 3_600_000_000_000L;

  final int index;
  final ModelNetwork network;
  @Nullable CacheManager manager;
  @Nullable LayeredCache<String, String> cache;
  boolean dead;

  private final VirtualTime time;
  private final VirtualScheduler scheduler;
  private final @Nullable Mutant mutant;
  private final long tickerSkew;
  private final long wallSkew;

  SimulatedPeer(
      int index,
      VirtualTime time,
      ModelRedis redis,
      SplittableRandom random,
      long latency,
      @Nullable Mutant mutant) {
    this.index = index;
    this.time = time;
    this.scheduler = new VirtualScheduler(time, this);
    this.network = new ModelNetwork(time, this, redis, random, latency);
    this.mutant = mutant;
    this.tickerSkew = random.nextLong(-HOUR, HOUR);
    this.wallSkew = random.nextLong(-HOUR, HOUR);
  }

  /** Starts the node; waits as the production code does. */
  void open(Settings settings) {
    RedisLayer layer =
        Simulated.layer(network, REST)
            .reclaimPerSecond(100_000)
            .partitions(settings.partitions)
            .commandTimeout(settings.commandTimeout)
            .maxStaleness(settings.maxStaleness)
            .leaseTimeToLive(settings.lease)
            .maximumQueued(settings.maximumQueued)
            .whenDetached(settings.whenDetached);
    CacheManager built =
        Simulated.in(
                this,
                CacheManager.builder()
                    .name("sim")
                    .redis(layer)
                    .executor(this::inThread)
                    .ticker(() -> time.now() + tickerSkew)
                    .clock(() -> Instant.ofEpochSecond(1_800_000_000L, time.now() + wallSkew))
                    .random(() -> 0.5)
                    .memory(m -> m.maximumEntries(1000).timeToLive(Duration.ofMinutes(10)))
                    .defaults(settings.policy::apply))
            .build();
    cache =
        built
            .cache("row", String.class)
            .key((String key) -> key)
            .bulkLoaderWith(settings.loader)
            .build();
    manager = built;
  }

  LayeredCache<String, String> cache() {
    if (cache == null) {
      throw new IllegalStateException("the node has not started");
    }
    return cache;
  }

  CacheManager manager() {
    if (manager == null) {
      throw new IllegalStateException("the node has not started");
    }
    return manager;
  }

  @Override
  public ScheduledExecutorService scheduler() {
    return scheduler;
  }

  @Override
  public void inThread(Runnable task) {
    time.start(this, 0, task);
  }

  @Override
  public CompletableFuture<?> waits() {
    return new VirtualFuture<>(time);
  }

  @Override
  public Bans bans() {
    return mutant == null ? new Bans() : mutant.bans();
  }

  @Override
  public Partition partition(long liveUntil, Bans bans) {
    return mutant == null ? new Partition(liveUntil, bans) : mutant.partition(liveUntil, bans);
  }

  /** What all nodes of a schedule were told. */
  record Settings(
      int partitions,
      Duration commandTimeout,
      Duration maxStaleness,
      Duration lease,
      int maximumQueued,
      WhenDetached whenDetached,
      Policy policy,
      BulkContextLoader<String, String> loader) {}
}
