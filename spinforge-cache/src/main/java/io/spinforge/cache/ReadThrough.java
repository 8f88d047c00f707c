package io.spinforge.cache;

import io.spinforge.cache.LastValues.Seen;
import io.spinforge.cache.load.Waiters.Waiter;
import io.spinforge.cache.memory.BanMark;
import io.spinforge.cache.memory.MemoryStore;
import io.spinforge.cache.memory.Partition;
import io.spinforge.cache.memory.Stamp;
import io.spinforge.cache.redis.Fill;
import io.spinforge.cache.redis.LeaseReply;
import io.spinforge.cache.redis.RedisStore;
import io.spinforge.cache.wire.EntryFormat;
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
 *
 * <p>A refresh is the same, except that the entry which is to be refreshed counts as missing: Redis
 * keeps it readable while one node holds the lease, and whoever finds that another one does keeps
 * what it has for the time being.
 */
final class ReadThrough<V> {
  private final Node node;
  private final MemoryStore<CachedEntry<V>> memory;
  private final Entries<V> entries;
  private final LastValues<V> lastValues;
  private final Loads<V> loads;
  private final Counters counters;

  ReadThrough(
      Node node,
      MemoryStore<CachedEntry<V>> memory,
      Entries<V> entries,
      LastValues<V> lastValues,
      Loads<V> loads,
      Counters counters) {
    this.node = node;
    this.memory = memory;
    this.entries = entries;
    this.lastValues = lastValues;
    this.loads = loads;
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
    return read(request(key, fullKey, loader, false, null));
  }

  /** Loads what memory has anew, unless that has happened already. */
  CachedEntry<V> refresh(String key, String fullKey, LoadFunction<V> loader) {
    node.requireOpen();
    node.clock.tick();
    CachedEntry<V> old = memory.getValid(key);
    if (old != null && old.isHit(node.clock.exact())) {
      return old;
    }
    return read(request(key, fullKey, loader, true, old));
  }

  private Request<V> request(
      String key,
      String fullKey,
      LoadFunction<V> loader,
      boolean refresh,
      @Nullable CachedEntry<V> old) {
    Partition partition = node.partitionOf(fullKey);
    return new Request<>(key, fullKey, partition, loader, refresh, old, node.clock.exact());
  }

  private CachedEntry<V> read(Request<V> request) {
    RedisStore redis = node.redis();
    try {
      return redis == null
          ? loadHere(request, request.partition.stamp(request.key), node.lastSequence())
          : readRedis(redis, request);
    } catch (NoValueException e) { // that is no failure
      throw e;
    } catch (LoadFailedException e) {
      CachedEntry<V> last = lastValues.afterFailure(request.key, request.seen, e);
      if (last == null) {
        throw e;
      }
      return last;
    }
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
    if (entry == null || !entry.life().isFresh(asked)) {
      return null;
    }
    memory.put(key, entry, stamp);
    entries.slide(redis, fullKey, entry, asked);
    return entry.servedFrom(Source.REDIS);
  }

  private CachedEntry<V> readRedis(RedisStore redis, Request<V> request) {
    while (true) {
      Waiter waiter = node.waiters.enter(request.fullKey);
      try {
        Stamp stamp = request.partition.stamp(request.key);
        long asked = node.clock.exact();
        LeaseReply reply = ask(redis, request);
        CachedEntry<V> answer = null;
        if (reply instanceof LeaseReply.Hit hit) {
          answer = hit(redis, request, stamp, hit, asked);
        } else if (reply instanceof LeaseReply.Lease lease) {
          answer = loadUnderLease(redis, request, stamp, lease);
        } else if (reply instanceof LeaseReply.Away) {
          answer = detached(request, stamp);
        } else if (reply instanceof LeaseReply.Wait wait) {
          CachedEntry<V> known = request.known();
          if (request.refresh && known != null) {
            answer = lastValues.pause(request.key, known, request.seen);
          }
          if (answer == null && !await(request, waiter, wait)) {
            answer = keepNowhere(request);
          }
        } else {
          answer = keepNowhere(request);
        }
        if (answer != null) {
          return answer;
        }
      } finally {
        node.waiters.leave(request.fullKey, waiter);
      }
    }
  }

  private LeaseReply ask(RedisStore redis, Request<V> request) {
    if (request.replace) {
      return redis.leaseToReplace(request.fullKey);
    }
    CachedEntry<V> known = request.known();
    return known == null
        ? redis.lease(request.fullKey)
        : redis.leaseToRefresh(request.fullKey, known.sequence());
  }

  /** Keeps what Redis had and returns what may be served; null to ask for the lease. */
  private @Nullable CachedEntry<V> hit(
      RedisStore redis, Request<V> request, Stamp stamp, LeaseReply.Hit hit, long asked) {
    if (!node.controlIsLive()) {
      return keepNowhere(request); // nobody can tell whether its tags were invalidated
    }
    CachedEntry<V> entry = entries.fromRedis(request.fullKey, request.partition, stamp, hit, asked);
    if (entry == null) {
      request.replace = true;
      return null;
    }
    memory.put(request.key, entry, stamp);
    if (entry.life().isFresh(asked)) {
      entries.slide(redis, request.fullKey, entry, asked);
      return entry.servedFrom(Source.REDIS);
    }
    if (!request.refresh && entry.life().isStale(asked)) {
      return entry.servedAs(Source.REDIS, State.STALE_REVALIDATING);
    }
    request.seen = new Seen<>(entry, stamp);
    return null;
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
      Fill fill = redis.fill(request.fullKey, lease, bytes, loaded.keptMillis());
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
    return node.holds.mayBeHeld(node.clock.exact())
        ? keepNowhere(request)
        : loadHere(request, stamp, 0);
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
    BanMark mark = node.bans.mark(); // before the look at what was there, which it may condemn
    CachedEntry<V> previous = lastValues.previous(request.key, request.seen);
    return loads.load(request.fullKey, request.loader, mark, previous);
  }

  /** One read on its way down, on one thread. */
  private static final class Request<V> {
    final String key;
    final String fullKey;
    final Partition partition;
    final LoadFunction<V> loader;
    final boolean refresh;
    final @Nullable CachedEntry<V> old; // what a refresh is about, as memory has it
    final long started;
    @Nullable Seen<V> seen; // what Redis had, if that has expired
    boolean replace; // what Redis had cannot be read

    Request(
        String key,
        String fullKey,
        Partition partition,
        LoadFunction<V> loader,
        boolean refresh,
        @Nullable CachedEntry<V> old,
        long started) {
      this.key = key;
      this.fullKey = fullKey;
      this.partition = partition;
      this.loader = loader;
      this.refresh = refresh;
      this.old = old;
      this.started = started;
    }

    @Nullable CachedEntry<V> known() {
      Seen<V> read = seen;
      return read == null ? old : read.entry();
    }
  }

  /** What a loader returned, and how to keep it. */
  record Loaded<V>(
      @Nullable V value,
      boolean cacheable,
      long freshMillis,
      long staleMillis,
      long onErrorMillis,
      long endedNanos,
      long costNanos,
      @Nullable String etag,
      BanMark mark,
      List<String> tags) {

    /** Returns how long Redis keeps it: all its lifetimes. */
    long keptMillis() {
      return freshMillis + staleMillis + onErrorMillis;
    }

    /** Returns the same with a sequence of the control log; with its own if that is -1. */
    Loaded<V> respecting(long control) {
      return control < 0
          ? this
          : new Loaded<>(
              value,
              cacheable,
              freshMillis,
              staleMillis,
              onErrorMillis,
              endedNanos,
              costNanos,
              etag,
              new BanMark(control, mark.here(), mark.generation()),
              tags);
    }
  }
}
