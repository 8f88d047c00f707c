package io.spinforge.cache;

import io.spinforge.cache.CachedEntry.Content;
import io.spinforge.cache.ReadThrough.Loaded;
import io.spinforge.cache.codec.Codec;
import io.spinforge.cache.memory.BanMark;
import io.spinforge.cache.memory.Partition;
import io.spinforge.cache.memory.Stamp;
import io.spinforge.cache.redis.LeaseReply;
import io.spinforge.cache.wire.EntryFormat;
import io.spinforge.cache.wire.WireEntry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Makes one cache's entries, from a load, a put or Redis, under its policy. Thread-safe. */
final class Entries<V> {
  /** What an entry weighs beside its key and value, about. */
  private static final int OVERHEAD = 150;

  private final Node node;
  private final Class<V> type;
  private final @Nullable Codec<V> codec;
  private final CachePolicy.Freshness freshness;
  private final MemoryLayer.Limits limits;
  private final long leaseNanos;
  private final Counters counters;

  Entries(
      Node node,
      Class<V> type,
      @Nullable Codec<V> codec,
      CachePolicy.Freshness freshness,
      MemoryLayer.Limits limits,
      Duration lease,
      Counters counters) {
    this.node = node;
    this.type = type;
    this.codec = codec;
    this.freshness = freshness;
    this.limits = limits;
    this.leaseNanos = lease.toNanos();
    this.counters = counters;
  }

  Duration freshFor() {
    return freshness.freshFor();
  }

  long leaseNanos() {
    return leaseNanos;
  }

  Loaded<V> loaded(@Nullable V value, Load<V> load, long costNanos) {
    return new Loaded<>(
        load.isAbsent() ? null : value,
        load.isCacheable(),
        jittered(load.freshFor()),
        node.clock.exact(),
        costNanos,
        load.mark(),
        load.tags());
  }

  Loaded<V> put(V value) {
    return new Loaded<>(
        value,
        true,
        jittered(freshness.freshFor()),
        node.clock.exact(),
        0,
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
        0,
        0,
        TimeUnit.NANOSECONDS.toMicros(loaded.costNanos()),
        codec == null ? 0 : codec.id(),
        payload == null,
        null,
        -1,
        loaded.tags(),
        0,
        payload);
  }

  /** Returns the entry to keep in memory. */
  CachedEntry<V> stored(
      Partition partition,
      Stamp stamp,
      long sequence,
      Loaded<V> loaded,
      byte @Nullable [] payload) {
    long fresh = TimeUnit.MILLISECONDS.toNanos(loaded.freshMillis());
    return new CachedEntry<>(
        partition,
        stamp,
        loaded.mark(),
        sequence,
        loaded.endedNanos() + Math.min(fresh, limits.timeToLiveNanos()),
        OVERHEAD + (payload == null ? 0 : payload.length),
        node.clock,
        new Content<>(loaded.value(), loaded.endedNanos(), loaded.freshMillis(), loaded.tags()));
  }

  /** Returns an entry that is handed out and kept nowhere. */
  CachedEntry<V> transientEntry(Partition partition, Loaded<V> loaded) {
    return stored(partition, Stamp.NONE, 0, loaded, null).servedFrom(Source.FRESH);
  }

  /** Returns the entry that Redis had, or null if it is none that can be served. */
  @Nullable CachedEntry<V> fromRedis(
      String fullKey, Partition partition, Stamp stamp, LeaseReply.Hit hit, long asked) {
    WireEntry wire = EntryFormat.decode(fullKey, hit.bytes());
    if (wire == null || hit.leftMillis() < 0) {
      counters.undecodable.increment();
      return null;
    }
    // The server's clock alone says how old it is: what is left of all it was kept for.
    long ageMillis = Math.max(0, wire.totalMillis() - hit.leftMillis());
    long leftMillis = wire.freshMillis() - ageMillis;
    if (leftMillis <= 0) {
      return null;
    }
    BanMark mark = node.bans.markOf(wire.controlSequence(), stamp.mark());
    if (node.condemns(fullKey, mark, wire.tags())) {
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
    long left = TimeUnit.MILLISECONDS.toNanos(leftMillis);
    return new CachedEntry<>(
        partition,
        stamp,
        mark,
        wire.sequence(),
        asked + Math.min(left, limits.timeToLiveNanos()),
        OVERHEAD + (payload == null ? 0 : payload.length),
        node.clock,
        new Content<>(
            value,
            asked - TimeUnit.MILLISECONDS.toNanos(ageMillis),
            wire.freshMillis(),
            wire.tags()));
  }

  private @Nullable V decode(WireEntry wire, byte[] payload) {
    if (codec == null || wire.codecId() != codec.id()) {
      return null;
    }
    try {
      Object value = codec.decode(payload);
      return type.isInstance(value) ? type.cast(value) : null;
    } catch (Exception e) {
      return null;
    }
  }

  private long jittered(Duration freshFor) {
    double share = freshness.jitter() * node.random.getAsDouble();
    return Math.max(1, (long) (freshFor.toMillis() * (1 - share)));
  }
}
