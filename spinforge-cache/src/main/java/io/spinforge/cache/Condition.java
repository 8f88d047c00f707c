package io.spinforge.cache;

import io.spinforge.cache.redis.RedisStore;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a manager is: what its health and the statistics of its Redis layer tell. Thread-safe. */
final class Condition {
  private static final Logger LOG = LoggerFactory.getLogger(CacheManager.class);

  private final String name;
  private final Node node;
  private final int partitions;
  private Health.State lastState = Health.State.LIVE; // of the scheduler's thread

  Condition(String name, Node node, int partitions) {
    this.name = name;
    this.node = node;
    this.partitions = partitions;
  }

  Health health() {
    RedisStore redis = node.redis();
    if (redis == null) {
      return new Health(Health.State.LIVE, Health.Breaker.CLOSED, 0, 0, 0);
    }
    RedisStore.Snapshot snapshot = redis.snapshot();
    Health.Breaker breaker = Health.Breaker.valueOf(snapshot.breaker());
    int live = node.livePartitions();
    Health.State state = Health.State.DETACHED;
    if (snapshot.up()) {
      boolean all = breaker == Health.Breaker.CLOSED && live == partitions;
      state = all ? Health.State.LIVE : Health.State.SUSPECT;
    }
    return new Health(state, breaker, live, partitions, snapshot.queued());
  }

  Optional<RedisStats> redis() {
    RedisStore redis = node.redis();
    if (redis == null) {
      return Optional.empty();
    }
    RedisStore.Snapshot s = redis.snapshot();
    Health.Breaker breaker = Health.Breaker.valueOf(s.breaker());
    return Optional.of(
        new RedisStats(
            breaker == Health.Breaker.CLOSED,
            breaker,
            s.requests(),
            s.failures(),
            s.rejected(),
            s.breakerOpened(),
            s.queued(),
            s.replayed(),
            s.logRecords(),
            s.logResets(),
            s.lag(),
            node.livePartitions(),
            partitions));
  }

  /** Says when the state has changed. Called by one thread. */
  void watch() {
    Health.State state = health().state();
    if (state != lastState) {
      Health.State before = lastState;
      lastState = state;
      LOG.info("cache state changed manager={} from={} to={}", name, before, state);
      node.listeners.health(before, state);
    }
  }
}
