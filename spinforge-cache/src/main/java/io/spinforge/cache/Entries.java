package io.spinforge.cache;

import io.spinforge.cache.CachedEntry.Content;
import io.spinforge.cache.ReadThrough.Loaded;
import io.spinforge.cache.codec.Codec;
import io.spinforge.cache.memory.BanMark;
import io.spinforge.cache.memory.Partition;
import io.spinforge.cache.memory.Stamp;
import io.spinforge.cache.redis.LeaseReply;
import io.spinforge.cache.redis.RedisStore;
import io.spinforge.cache.wire.EntryFormat;
import io.spinforge.cache.wire.WireEntry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes one cache's entries, from a load, a put or Redis, under its policy. Thread-safe. */
final class Entries<V> {
  /** What an entry weighs beside its key and value, about. */
  private static final int OVERHEAD = 150;

  private static final long SLIDING_STEP = TimeUnit.SECONDS.toNanos(1);

  private static final Logger LOG = LoggerFactory.getLogger(LayeredCache.class);

  private final String cache;
  private final Node node;
  private final Class<V> type;
  private final @Nullable Codec<V> codec;
  private final CachePolicy.Terms terms;
  private final MemoryLayer.Limits limits;
  private final long leaseNanos;
  private final Counters counters;
  private final AtomicBoolean complainedOfWriting = new AtomicBoolean();
  private final AtomicBoolean complainedOfReading = new AtomicBoolean();

  Entries(
      String cache,
      Node node,
      Class<V> type,
      @Nullable Codec<V> codec,
      CachePolicy.Terms terms,
      MemoryLayer.Limits limits,
      Duration lease,
      Counters counters) {
    this.cache = cache;
    this.node = node;
    this.type = type;
    this.codec = codec;
    this.terms = terms;
    this.limits = limits;
    this.leaseNanos = lease.toNanos();
    this.counters = counters;
  }

  Duration freshFor() {
    return terms.freshFor();
  }

  CachePolicy.Terms terms() {
    return terms;
  }

  long leaseNanos() {
    return leaseNanos;
  }

  Loaded<V> loaded(@Nullable V value, Load<V> load, long costNanos) {
    V kept = load.isAbsent() ? null : value;
    return new Loaded<>(
        kept,
        load.isCacheable(),
        jittered(load.freshFor()),
        kept == null ? 0 : terms.staleMillis(),
        kept == null ? 0 : terms.onErrorMillis(),
        node.clock.exact(),
        costNanos,
        load.etag(),
        load.mark(),
        load.tags());
  }

  Loaded<V> put(V value) {
    return new Loaded<>(
        value,
        true,
        jittered(terms.freshFor()),
        terms.staleMillis(),
        terms.onErrorMillis(),
        node.clock.exact(),
        0,
        null,
        node.bans.mark(),
        List.of());
  }

  /** Returns the value's bytes; null for an absence, and for a value the codec cannot write. */
  byte @Nullable [] encode(@Nullable V value) {
    if (value == null || codec == null) {
      return null;
    }
    try {
      return codec.encode(value);
    } catch (Exception e) {
      counters.codecFailures.increment();
      if (complainedOfWriting.compareAndSet(false, true)) {
        LOG.warn("codec cannot write a value, further ones are only counted cache={}", cache, e);
      }
      return null;
    }
  }

  /** Returns the value's bytes where memory is bounded by them, else null. */
  byte @Nullable [] encodeToMeasure(@Nullable V value) {
    return limits.byBytes() ? encode(value) : null;
  }

  boolean isUnmeasured(Loaded<V> loaded, byte @Nullable [] payload) {
    return limits.byBytes() && loaded.value() != null && payload == null;
  }

  WireEntry wire(Loaded<V> loaded, byte @Nullable [] payload, long sequence) {
    return new WireEntry(
        sequence,
        loaded.mark().sequence(),
        node.wall.millis(),
        loaded.freshMillis(),
        loaded.staleMillis(),
        loaded.onErrorMillis(),
        TimeUnit.NANOSECONDS.toMicros(loaded.costNanos()),
        codec == null ? 0 : codec.id(),
        payload == null,
        loaded.etag(),
        -1,
        loaded.tags(),
        codec == null ? 0 : codec.schema(),
        payload);
  }

  /** Returns the entry to keep in memory. */
  CachedEntry<V> stored(
      Partition partition,
      Stamp stamp,
      long sequence,
      Loaded<V> loaded,
      byte @Nullable [] payload) {
    long created = loaded.endedNanos();
    long fresh = TimeUnit.MILLISECONDS.toNanos(loaded.freshMillis());
    Life life =
        life(
            created,
            created + Math.min(fresh, limits.timeToLiveNanos()),
            created + fresh,
            loaded.staleMillis(),
            loaded.onErrorMillis(),
            loaded.costNanos());
    Content<V> content = new Content<>(loaded.value(), life, loaded.etag(), loaded.tags());
    return entry(partition, stamp, loaded.mark(), sequence, content, payload);
  }

  /** Returns an entry that is handed out and kept nowhere. */
  CachedEntry<V> transientEntry(Partition partition, Loaded<V> loaded) {
    return stored(partition, Stamp.NONE, 0, loaded, null).servedFrom(Source.FRESH);
  }

  /** Lets a read start the freshness of what Redis had anew, where it slides; once a second. */
  void slide(RedisStore redis, String fullKey, CachedEntry<V> entry, long now) {
    Life life = entry.life();
    if (terms.slides() && life.isFresh(now) && now - life.created() >= SLIDING_STEP) {
      long millis = TimeUnit.NANOSECONDS.toMillis(life.lastUntil() - life.created());
      redis.touch(fullKey, entry.sequence(), millis);
    }
  }

  /** Returns the entry that Redis had, fresh or not; null if it cannot be read or is condemned. */
  @Nullable CachedEntry<V> fromRedis(
      String fullKey, Partition partition, Stamp stamp, LeaseReply.Hit hit, long asked) {
    WireEntry wire = EntryFormat.decode(fullKey, hit.bytes());
    if (wire == null || hit.leftMillis() < 0) {
      counters.undecodable.increment();
      return null;
    }
    // The server's clock alone says how old it is: what is left of all it was kept for.
    long ageMillis = Math.max(0, wire.totalMillis() - hit.leftMillis());
    BanMark mark = node.bans.markOf(wire.controlSequence(), stamp.mark());
    if (node.controls.condemns(fullKey, mark, wire.tags())) {
      return null;
    }
    V value = null;
    byte[] payload = wire.payload();
    if (payload != null) {
      value = decode(wire, payload);
      if (value == null) {
        counters.undecodable.increment();
        return null;
      }
    }
    long created = asked - TimeUnit.MILLISECONDS.toNanos(ageMillis);
    long freshUntil = created + TimeUnit.MILLISECONDS.toNanos(wire.freshMillis());
    Life life =
        life(
            created,
            asked + Math.min(freshUntil - asked, limits.timeToLiveNanos()),
            freshUntil,
            wire.staleMillis(),
            wire.staleOnErrorMillis(),
            TimeUnit.MICROSECONDS.toNanos(wire.loadCostMicros()));
    Content<V> content = new Content<>(value, life, wire.etag(), wire.tags());
    return entry(partition, stamp, mark, wire.sequence(), content, payload);
  }

  private static Life life(
      long created,
      long memoryUntil,
      long freshUntil,
      long staleMillis,
      long onErrorMillis,
      long costNanos) {
    long staleUntil = freshUntil + TimeUnit.MILLISECONDS.toNanos(staleMillis);
    return new Life(
        created,
        memoryUntil,
        freshUntil,
        staleUntil,
        staleUntil + TimeUnit.MILLISECONDS.toNanos(onErrorMillis),
        costNanos);
  }

  private CachedEntry<V> entry(
      Partition partition,
      Stamp stamp,
      BanMark mark,
      long sequence,
      Content<V> content,
      byte @Nullable [] payload) {
    Life life = content.life();
    long ahead = terms.refreshAhead().from(life);
    return new CachedEntry<>(
        partition,
        stamp,
        mark,
        sequence,
        ahead - life.memoryUntil() < 0 ? ahead : life.memoryUntil(),
        OVERHEAD + (payload == null ? 0 : payload.length),
        node.clock,
        content);
  }

  private @Nullable V decode(WireEntry wire, byte[] payload) {
    if (codec == null || wire.codecId() != codec.id() || wire.schema() != codec.schema()) {
      return null;
    }
    try {
      Object value = codec.decode(payload);
      return type.isInstance(value) ? type.cast(value) : null;
    } catch (Exception e) {
      if (complainedOfReading.compareAndSet(false, true)) {
        LOG.warn("codec cannot read an entry, further ones are only counted cache={}", cache, e);
      }
      return null;
    }
  }

  private long jittered(Duration freshFor) {
    double share = terms.jitter() * node.random.getAsDouble();
    return Math.max(1, (long) (freshFor.toMillis() * (1 - share)));
  }
}
