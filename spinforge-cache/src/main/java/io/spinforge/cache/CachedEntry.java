package io.spinforge.cache;

import io.spinforge.cache.memory.Clock;
import io.spinforge.cache.memory.MemoryEntry;
import io.spinforge.cache.memory.Partition;
import io.spinforge.cache.memory.Stamp;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A value with what memory needs to judge it; served as it is stored. Immutable. */
final class CachedEntry<V> extends MemoryEntry implements Cached<V> {
  private final @Nullable V value;
  private final Source source;
  private final State state;
  private final Clock clock;
  private final long createdNanos;
  private final Duration freshFor;

  CachedEntry(
      Partition partition,
      Stamp stamp,
      long sequence,
      long usableUntil,
      int weight,
      Clock clock,
      Content<V> content) {
    super(partition, stamp, sequence, usableUntil, weight);
    this.value = content.value;
    this.source = Source.MEMORY;
    this.state = content.value == null ? State.NEGATIVE : State.FRESH;
    this.clock = clock;
    this.createdNanos = content.createdNanos;
    this.freshFor = Duration.ofMillis(content.freshMillis);
  }

  private CachedEntry(CachedEntry<V> stored, Source source, State state) {
    super(stored, stored.usableUntil());
    this.value = stored.value;
    this.source = source;
    this.state = state;
    this.clock = stored.clock;
    this.createdNanos = stored.createdNanos;
    this.freshFor = stored.freshFor;
  }

  /** Returns the same value as it is served from elsewhere than memory. */
  CachedEntry<V> servedFrom(Source from) {
    return new CachedEntry<>(this, from, state);
  }

  /** Returns the same value as it is served while its validity cannot be proven. */
  CachedEntry<V> servedUnproven() {
    State marked = state == State.FRESH ? State.STALE_PARTITIONED : state;
    return new CachedEntry<>(this, Source.MEMORY, marked);
  }

  @Override
  public @Nullable V value() {
    return value;
  }

  @Override
  public Source source() {
    return source;
  }

  @Override
  public State state() {
    return state;
  }

  @Override
  public Duration age() {
    return Duration.ofNanos(Math.max(0, clock.exact() - createdNanos));
  }

  @Override
  public Duration freshFor() {
    return freshFor;
  }

  @Override
  public String toString() {
    return "Cached[" + value + ", " + source + ", " + state + "]";
  }

  /** What an entry holds, wherever it came from; a null value is a cached absence. */
  record Content<V>(@Nullable V value, long createdNanos, long freshMillis) {}
}
