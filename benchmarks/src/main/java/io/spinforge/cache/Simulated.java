package io.spinforge.cache;

import io.spinforge.cache.memory.Bans;
import io.spinforge.cache.memory.Partition;
import io.spinforge.cache.redis.Link;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;

/**
 * The simulation's door to the cache's seams. It stands in this package because they are nobody's
 * API: the production classes themselves run, on threads, waits and a Redis that are simulated.
 */
public final class Simulated {
  private Simulated() {}

  /** Lets a manager run in {@code world}. */
  public static CacheManager.Builder in(World world, CacheManager.Builder builder) {
    return builder.surroundings(
        new Surroundings() {
          @Override
          ScheduledExecutorService scheduler(String name) {
            return world.scheduler();
          }

          @Override
          void inThread(Runnable task) {
            world.inThread(task);
          }

          @Override
          CompletableFuture<?> waits() {
            return world.waits();
          }

          @Override
          Bans bans() {
            return world.bans();
          }

          @Override
          Partition partition(long liveUntil, Bans bans) {
            return world.partition(liveUntil, bans);
          }
        });
  }

  /**
   * Returns a Redis layer over a simulated Redis, with the rest between two times of reclaiming.
   */
  public static RedisLayer layer(Link link, Duration rest) {
    return RedisLayer.over(link).reclaimRest(rest);
  }

  /** What a simulated node stands on. */
  public interface World {
    /** Returns the node's timer. */
    ScheduledExecutorService scheduler();

    /** Runs a task that may wait. */
    void inThread(Runnable task);

    /** Returns a future whose kind threads wait on. */
    CompletableFuture<?> waits();

    /** Returns the list of what is invalidated otherwise than by key. */
    Bans bans();

    /** Returns a partition of memory. */
    Partition partition(long liveUntil, Bans bans);
  }
}
