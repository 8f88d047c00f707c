package io.spinforge.cache;

import io.spinforge.cache.LastValues.Seen;
import io.spinforge.cache.ReadThrough.Loaded;
import io.spinforge.cache.load.SingleFlight.Flight;
import io.spinforge.cache.memory.BanMark;
import io.spinforge.cache.memory.MemoryStore;
import io.spinforge.cache.memory.Partition;
import io.spinforge.cache.memory.Stamp;
import io.spinforge.cache.redis.BulkStore;
import io.spinforge.cache.redis.Fill;
import io.spinforge.cache.redis.LeaseReply;
import io.spinforge.cache.redis.RedisStore;
import io.spinforge.cache.wire.EntryFormat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a read of many keys does with those that memory could not answer: as {@link ReadThrough},
 * key by key the same stamps, leases and proofs, but with one question to Redis for all, one call
 * of the bulk loader and one answer back. Keys that another node is loading come last, one by one,
 * so that nobody waits while it holds a lease. Runs on the one thread that leads the flights of all
 * its keys.
 */
final class BulkThrough<K, V> {
  private final Node node;
  private final MemoryStore<CachedEntry<V>> memory;
  private final Entries<V> entries;
  private final LastValues<V> lastValues;
  private final Loads<V> loads;
  private final ReadThrough<V> single;
  private final Counters counters;

  BulkThrough(
      Node node,
      MemoryStore<CachedEntry<V>> memory,
      Entries<V> entries,
      LastValues<V> lastValues,
      Loads<V> loads,
      ReadThrough<V> single,
      Counters counters) {
    this.node = node;
    this.memory = memory;
    this.entries = entries;
    this.lastValues = lastValues;
    this.loads = loads;
    this.single = single;
    this.counters = counters;
  }

  /** Reads the keys and ends the flight of each. */
  void read(List<Wanted<K, V>> all, @Nullable BulkContextLoader<K, V> bulk) {
    node.requireOpen();
    node.clock.tick();
    RedisStore redis = node.redis();
    List<Wanted<K, V>> rest = new ArrayList<>(all);
    for (Wanted<K, V> wanted : all) {
      wanted.stamp = wanted.partition.stamp(wanted.key);
    }
    long sequence = node.lastSequence(); // after the stamps and before the load
    if (redis != null) {
      rest.removeIf(ask(redis, rest));
      List<Wanted<K, V>> again = rest.stream().filter(w -> w.wish != BulkStore.READ).toList();
      if (!again.isEmpty()) {
        rest.removeIf(ask(redis, again));
      }
    }
    List<Wanted<K, V>> alone = rest.stream().filter(w -> w.alone).toList();
    rest.removeIf(w -> w.alone);
    if (!rest.isEmpty()) {
      load(redis, sequence, rest, bulk);
    }
    for (Wanted<K, V> wanted : alone) {
      end(wanted, () -> single.read(wanted.key, wanted.fullKey, wanted.loader));
    }
  }

  /** Asks Redis for entries or leases; returns which of the keys have their answer. */
  private Predicate<Wanted<K, V>> ask(RedisStore redis, List<Wanted<K, V>> asked) {
    Map<String, Long> keys = new LinkedHashMap<>();
    asked.forEach(wanted -> keys.put(wanted.fullKey, wanted.wish));
    long now = node.clock.exact();
    Map<String, LeaseReply> replies = redis.bulk().leases(keys);
    return wanted -> {
      LeaseReply reply = replies.get(wanted.fullKey);
      if (reply instanceof LeaseReply.Hit hit) {
        return isHit(redis, wanted, hit, now);
      }
      if (reply instanceof LeaseReply.Lease lease) {
        wanted.lease = lease;
      } else if (reply instanceof LeaseReply.Wait) {
        wanted.alone = true;
      } else if (reply instanceof LeaseReply.Bypass) {
        wanted.keep = false;
      } else if (reply instanceof LeaseReply.Away) {
        wanted.keep = !node.holds.mayBeHeld(node.clock.exact());
        CachedEntry<V> unproven = node.servesStale ? memory.getUnproven(wanted.key) : null;
        if (unproven != null) {
          node.flights.succeed(wanted.flight, unproven.servedUnproven());
          return true;
        }
      }
      return false;
    };
  }

  private boolean isHit(RedisStore redis, Wanted<K, V> wanted, LeaseReply.Hit hit, long asked) {
    if (!node.controlIsLive()) {
      wanted.keep = false; // nobody can tell whether its tags were invalidated
      return false;
    }
    Stamp stamp = wanted.stamp;
    CachedEntry<V> entry = entries.fromRedis(wanted.fullKey, wanted.partition, stamp, hit, asked);
    if (entry == null) {
      wanted.alone =
          wanted.wish != BulkStore.READ; // twice: the single read asks as often as need be
      wanted.wish = BulkStore.REPLACE;
      return false;
    }
    memory.put(wanted.key, entry, stamp);
    CachedEntry<V> served = null;
    if (entry.life().isFresh(asked)) {
      served = entry.servedFrom(Source.REDIS);
      entries.slide(redis, wanted.fullKey, entry, asked);
    } else if (entry.life().isStale(asked)) {
      served = entry.servedAs(Source.REDIS, State.STALE_REVALIDATING);
    } else if (wanted.wish != BulkStore.READ) {
      wanted.alone = true; // expired, and not the one that was to be replaced
    } else {
      wanted.seen = new Seen<>(entry, stamp);
      wanted.wish = entry.sequence();
    }
    if (served != null) {
      node.flights.succeed(wanted.flight, served);
    }
    return served != null;
  }

  private void load(
      @Nullable RedisStore redis,
      long sequence,
      List<Wanted<K, V>> rest,
      @Nullable BulkContextLoader<K, V> bulk) {
    List<Wanted<K, V>> loaded;
    try {
      loaded = bulk == null ? loadEach(rest) : loadTogether(rest, bulk);
      if (redis == null) {
        loaded.forEach(w -> end(w, () -> keep(w, w.stamp, sequence)));
      } else {
        fill(redis, loaded);
      }
    } finally {
      if (redis != null) {
        rest.forEach(w -> release(redis, w));
      }
    }
  }

  private static void release(RedisStore redis, Wanted<?, ?> wanted) {
    LeaseReply.Lease lease = wanted.lease;
    if (lease != null) {
      redis.release(wanted.fullKey, lease);
    }
  }

  private List<Wanted<K, V>> loadTogether(List<Wanted<K, V>> rest, BulkContextLoader<K, V> bulk) {
    BanMark mark = node.bans.mark(); // before the look at what was there, as in ReadThrough
    Map<K, String> fullKeys = new LinkedHashMap<>();
    Map<K, @Nullable CachedEntry<V>> previous = new HashMap<>();
    for (Wanted<K, V> wanted : rest) {
      fullKeys.put(wanted.id, wanted.fullKey);
      previous.put(wanted.id, previous(wanted));
    }
    List<Wanted<K, V>> loaded = new ArrayList<>();
    try {
      Map<K, Loaded<V>> values = loads.loadAll(bulk, mark, fullKeys, previous);
      for (Wanted<K, V> wanted : rest) {
        wanted.loaded = values.get(wanted.id);
        if (wanted.loaded == null) {
          node.flights.fail(wanted.flight, new NoValueException(wanted.fullKey));
        } else {
          loaded.add(wanted);
        }
      }
    } catch (LoadFailedException e) {
      rest.forEach(w -> failed(w, e));
    }
    return loaded;
  }

  private List<Wanted<K, V>> loadEach(List<Wanted<K, V>> rest) {
    List<Wanted<K, V>> loaded = new ArrayList<>();
    for (Wanted<K, V> wanted : rest) {
      try {
        BanMark mark = node.bans.mark();
        wanted.loaded = loads.load(wanted.fullKey, wanted.loader, mark, previous(wanted));
        loaded.add(wanted);
      } catch (LoadFailedException e) {
        failed(wanted, e);
      }
    }
    return loaded;
  }

  private void failed(Wanted<K, V> wanted, LoadFailedException failure) {
    CachedEntry<V> last = lastValues.afterFailure(wanted.key, wanted.seen, failure);
    if (last == null) {
      node.flights.fail(wanted.flight, failure);
    } else {
      node.flights.succeed(wanted.flight, last);
    }
  }

  private void fill(RedisStore redis, List<Wanted<K, V>> loaded) {
    List<BulkStore.Filling> fillings = new ArrayList<>();
    for (Wanted<K, V> w : loaded) {
      Loaded<V> value = w.value();
      w.payload = value.cacheable() ? entries.encode(value.value()) : null;
      if (!value.cacheable() || (w.payload == null && value.value() != null)) {
        w.keep = false;
      }
      LeaseReply.Lease lease = w.lease;
      if (lease != null && w.keep) {
        w.proof = w.partition.stamp(w.key); // as in ReadThrough: a fill that is taken proves it
        byte[] bytes = EntryFormat.encode(w.fullKey, entries.wire(value, w.payload, lease.token()));
        fillings.add(new BulkStore.Filling(w.fullKey, lease, bytes, value.keptMillis()));
      }
    }
    Map<String, Fill> fills = fillings.isEmpty() ? Map.of() : redis.bulk().fills(fillings);
    for (Wanted<K, V> w : loaded) {
      Fill fill = fills.get(w.fullKey);
      LeaseReply.Lease lease = w.lease;
      long sequence = fill == null || lease == null ? 0 : lease.token();
      if (fill != null) {
        w.lease = null; // nothing to give back
      }
      if (fill == Fill.REFUSED) {
        counters.refusedFills.increment();
        w.keep = false;
      }
      Stamp proof = w.proof;
      Stamp stamp = fill == Fill.STORED && proof != null ? proof : w.stamp;
      end(w, () -> keep(w, stamp, sequence));
    }
  }

  private CachedEntry<V> keep(Wanted<K, V> wanted, Stamp stamp, long sequence) {
    Loaded<V> value = wanted.value();
    byte[] payload = wanted.payload;
    if (payload == null && wanted.keep && value.cacheable()) {
      payload = entries.encodeToMeasure(value.value());
    }
    if (!wanted.keep || !value.cacheable() || entries.isUnmeasured(value, payload)) {
      return entries.transientEntry(wanted.partition, value);
    }
    CachedEntry<V> entry = entries.stored(wanted.partition, stamp, sequence, value, payload);
    memory.put(wanted.key, entry, stamp);
    return entry.servedFrom(Source.FRESH);
  }

  private @Nullable CachedEntry<V> previous(Wanted<K, V> wanted) {
    return lastValues.previous(wanted.key, wanted.seen);
  }

  private void end(Wanted<K, V> wanted, java.util.function.Supplier<CachedEntry<V>> work) {
    try {
      node.flights.succeed(wanted.flight, work.get());
    } catch (RuntimeException e) {
      node.flights.fail(wanted.flight, e);
    }
  }

  /** One key on its way down, on one thread. */
  static final class Wanted<K, V> {
    final K id;
    final String key;
    final String fullKey;
    final LoadFunction<V> loader;
    final Partition partition;
    final Flight<CachedEntry<?>> flight;
    Stamp stamp = Stamp.NONE;
    @Nullable Stamp proof; // taken before the fill
    @Nullable Seen<V> seen; // what Redis had, if that has expired
    @Nullable Loaded<V> loaded;
    byte @Nullable [] payload;
    LeaseReply.@Nullable Lease lease;
    long wish = BulkStore.READ; // what Redis is asked for
    boolean keep = true;
    boolean alone; // another node loads it, or it needs more than one question

    Wanted(
        K id,
        String key,
        String fullKey,
        LoadFunction<V> loader,
        Partition partition,
        Flight<CachedEntry<?>> flight) {
      this.id = id;
      this.key = key;
      this.fullKey = fullKey;
      this.loader = loader;
      this.partition = partition;
      this.flight = flight;
    }

    Loaded<V> value() {
      Loaded<V> value = loaded;
      if (value == null) {
        throw new IllegalStateException(fullKey + ": not loaded");
      }
      return value;
    }
  }
}
