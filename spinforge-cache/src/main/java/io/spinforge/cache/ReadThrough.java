package io.spinforge.cache;

import io.spinforge.cache.load.Waiters.Waiter;
import io.spinforge.cache.memory.BanMark;
import io.spinforge.cache.memory.MemoryStore;
import io.spinforge.cache.memory.Partition;
import io.spinforge.cache.memory.Stamp;
import io.spinforge.cache.redis.Fill;
import io.spinforge.cache.redis.LeaseReply;
import io.spinforge.cache.redis.RedisStore;
import io.spinforge.cache.wire.EntryFormat;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a read does that memory could not answer: ask Redis, load under the lease it gives, store,
 * keep. Runs on the one thread that leads the key's flight.
 *
 * <p>A value enters memory only with a stamp taken before it was asked for. Under a lease the stamp
 * may be taken as late as before the fill: a fill that Redis accepts proves that nothing
 * invalidated the key since the lease. Where Redis did not answer there is no such proof, and the
 * stamp of the beginning stands.
 */
final class ReadThrough<V> {
  private final String cache;
  private final Node node;
  private final MemoryStore<CachedEntry<V>> memory;
  private final Entries<V> entries;
  private final Counters counters;

  ReadThrough(
      String cache,
      Node node,
      MemoryStore<CachedEntry<V>> memory,
      Entries<V> entries,
      Counters counters) {
    this.cache = cache;
    this.node = node;
    this.memory = memory;
    this.entries = entries;
    this.counters = counters;
  }

  /** Reads what memory does not have. */
  CachedEntry<V> read(String key, String fullKey, LoadFunction<V> loader) {
    node.requireOpen();
    node.clock.tick();
    CachedEntry<V> meanwhile = memory.get(key);
    if (meanwhile != null) {
      return meanwhile;
    }
    Request<V> request =
        new Request<>(key, fullKey, node.partitionOf(fullKey), loader, node.clock.exact());
    RedisStore redis = node.redis();
    if (redis == null) {
      return loadHere(request, request.partition.stamp(key), node.lastSequence());
    }
    return readRedis(redis, request);
  }

  /** Reads what memory does not have, without loading it; null if Redis does not have it either. */
  @Nullable CachedEntry<V> peek(String key, String fullKey) {
    RedisStore redis = node.redis();
    if (redis == null) {
      return null;
    }
    Partition partition = node.partitionOf(fullKey);
    Stamp stamp = partition.stamp(key);
    long asked = node.clock.exact();
    if (!(redis.peek(fullKey) instanceof LeaseReply.Hit hit) || !node.controlIsLive()) {
      return null;
    }
    CachedEntry<V> entry = entries.fromRedis(fullKey, partition, stamp, hit, asked);
    if (entry == null) {
      return null;
    }
    memory.put(key, entry, stamp);
    return entry.servedFrom(Source.REDIS);
  }

  private CachedEntry<V> readRedis(RedisStore redis, Request<V> request) {
    boolean replace = false;
    while (true) {
      Waiter waiter = node.waiters.enter(request.fullKey);
      try {
        Stamp stamp = request.partition.stamp(request.key);
        long asked = node.clock.exact();
        LeaseReply reply =
            replace ? redis.leaseToReplace(request.fullKey) : redis.lease(request.fullKey);
        if (reply instanceof LeaseReply.Hit hit) {
          if (!node.controlIsLive()) {
            return keepNowhere(request); // nobody can tell whether its tags were invalidated
          }
          CachedEntry<V> entry =
              entries.fromRedis(request.fullKey, request.partition, stamp, hit, asked);
          if (entry != null) {
            memory.put(request.key, entry, stamp);
            return entry.servedFrom(Source.REDIS);
          }
          replace = true;
        } else if (reply instanceof LeaseReply.Lease lease) {
          return loadUnderLease(redis, request, stamp, lease);
        } else if (reply instanceof LeaseReply.Away) {
          return detached(request, stamp);
        } else if (!(reply instanceof LeaseReply.Wait wait) || !await(request, waiter, wait)) {
          return keepNowhere(request);
        }
      } finally {
        node.waiters.leave(request.fullKey, waiter);
      }
    }
  }

  /** Waits for another node's load; false if that is no use (any more). */
  private boolean await(Request<V> request, Waiter waiter, LeaseReply.Wait wait) {
    long now = node.clock.exact();
    long patience = TimeUnit.MILLISECONDS.toNanos(wait.leftMillis() + 1);
    if (wait.leftMillis() < 0
        || now - request.started >= entries.leaseNanos()
        || !request.partition.isLive(now)) {
      return false;
    }
    try {
      waiter.await(patience);
      node.requireOpen();
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private CachedEntry<V> loadUnderLease(
      RedisStore redis, Request<V> request, Stamp before, LeaseReply.Lease lease) {
    boolean filled = false;
    try {
      Loaded<V> loaded = load(request);
      byte[] payload = loaded.cacheable() ? entries.encode(loaded.value()) : null;
      if (!loaded.cacheable() || (payload == null && loaded.value() != null)) {
        return entries.transientEntry(request.partition, loaded);
      }
      Stamp stamp = request.partition.stamp(request.key);
      byte[] bytes =
          EntryFormat.encode(request.fullKey, entries.wire(loaded, payload, lease.token()));
      filled = true;
      Fill fill = redis.fill(request.fullKey, lease, bytes, loaded.freshMillis());
      if (fill == Fill.REFUSED) {
        counters.refusedFills.increment();
        return entries.transientEntry(request.partition, loaded);
      }
      Stamp proof = fill == Fill.STORED ? stamp : before;
      return keep(
          request, entries.stored(request.partition, proof, lease.token(), loaded, payload), proof);
    } finally {
      if (!filled) {
        redis.release(request.fullKey, lease);
      }
    }
  }

  private CachedEntry<V> detached(Request<V> request, Stamp stamp) {
    if (node.servesStale) {
      CachedEntry<V> unproven = memory.getUnproven(request.key);
      if (unproven != null) {
        return unproven.servedUnproven();
      }
    }
    return loadHere(request, stamp, 0);
  }

  private CachedEntry<V> loadHere(Request<V> request, Stamp stamp, long sequence) {
    Loaded<V> loaded = load(request);
    byte[] payload = loaded.cacheable() ? entries.encodeToMeasure(loaded.value()) : null;
    if (!loaded.cacheable() || entries.isUnmeasured(loaded, payload)) {
      return entries.transientEntry(request.partition, loaded);
    }
    return keep(
        request, entries.stored(request.partition, stamp, sequence, loaded, payload), stamp);
  }

  private CachedEntry<V> keepNowhere(Request<V> request) {
    return entries.transientEntry(request.partition, load(request));
  }

  private CachedEntry<V> keep(Request<V> request, CachedEntry<V> entry, Stamp stamp) {
    memory.put(request.key, entry, stamp);
    return entry.servedFrom(Source.FRESH);
  }

  private Loaded<V> load(Request<V> request) {
    Load<V> load = new Load<>(entries.freshFor(), node.bans.mark());
    long started = node.clock.exact();
    Throwable failure = null;
    try {
      V value = request.loader.load(load);
      if (value == null && !load.isAbsent()) {
        failure =
            new NullPointerException(
                "loader returned null (expected: a value, or load.absent(ttl) for an absence)");
      }
      long cost = node.clock.exact() - started;
      if (failure == null) {
        return entries.loaded(value, load, cost);
      }
    } catch (Exception e) {
      failure = e;
    } finally {
      told(node.clock.exact() - started, failure);
    }
    throw new LoadFailedException(request.fullKey + ": " + failure.getMessage(), failure);
  }

  private void told(long nanos, @Nullable Throwable failure) {
    node.clock.tick();
    (failure == null ? counters.loads : counters.loadFailures).increment();
    counters.loadNanos.add(nanos);
    node.listeners.loaded(cache, Duration.ofNanos(nanos), failure);
  }

  /** One read on its way down. */
  private record Request<V>(
      String key, String fullKey, Partition partition, LoadFunction<V> loader, long started) {}

  /** What a loader returned, and how to keep it. */
  record Loaded<V>(
      @Nullable V value,
      boolean cacheable,
      long freshMillis,
      long endedNanos,
      long costNanos,
      BanMark mark,
      List<String> tags) {

    /** Returns the same with a sequence of the control log; with its own if that is -1. */
    Loaded<V> respecting(long control) {
      return control < 0
          ? this
          : new Loaded<>(
              value,
              cacheable,
              freshMillis,
              endedNanos,
              costNanos,
              new BanMark(control, mark.here(), mark.generation()),
              tags);
    }
  }
}
