package io.spinforge.cache;

import io.spinforge.cache.memory.BanMark;
import io.spinforge.cache.memory.Clock;
import io.spinforge.cache.memory.MemoryEntry;
import io.spinforge.cache.memory.Partition;
import io.spinforge.cache.memory.Stamp;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A value with what memory needs to judge it; served as it is stored. Immutable. */
final class CachedEntry<V> extends MemoryEntry implements Cached<V> {
  private final @Nullable V value;
  private final Source source;
  private final State state;
  private final Clock clock;
  private final Life life;
  private final @Nullable String etag;
  private final List<String> tags;

  CachedEntry(
      Partition partition,
      Stamp stamp,
      BanMark mark,
      long sequence,
      long hitUntil,
      int weight,
      Clock clock,
      Content<V> content) {
    super(partition, stamp, mark, sequence, hitUntil, weight);
    this.value = content.value;
    this.source = Source.MEMORY;
    this.state = content.value == null ? State.NEGATIVE : State.FRESH;
    this.clock = clock;
    this.life = content.life;
    this.etag = content.etag;
    this.tags = content.tags;
  }

  private CachedEntry(CachedEntry<V> stored, Source source, State state, long hitUntil) {
    super(stored, hitUntil);
    this.value = stored.value;
    this.source = source;
    this.state = state;
    this.clock = stored.clock;
    this.life = stored.life;
    this.etag = stored.etag;
    this.tags = stored.tags;
  }

  /** Returns the same value as it is served from elsewhere than memory. */
  CachedEntry<V> servedFrom(Source from) {
    return new CachedEntry<>(this, from, state, usableUntil());
  }

  /** Returns the same value as it is served past its freshness. */
  CachedEntry<V> servedAs(Source from, State as) {
    return new CachedEntry<>(this, from, as, usableUntil());
  }

  /** Returns the same value to be kept, and hit in memory until another time. */
  CachedEntry<V> hitUntil(long nanos, State as) {
    return new CachedEntry<>(this, Source.MEMORY, as, nanos);
  }

  /** Returns the same value as it is served while its validity cannot be proven. */
  CachedEntry<V> servedUnproven() {
    State marked = state == State.NEGATIVE ? state : State.STALE_PARTITIONED;
    return new CachedEntry<>(this, Source.MEMORY, marked, usableUntil());
  }

  Life life() {
    return life;
  }

  /** Tells whether both are one load's, as it is kept or served. */
  @SuppressWarnings("ReferenceEquality") // a life is one load's, whatever its numbers
  boolean isSame(@Nullable CachedEntry<?> other) {
    return other != null && life == other.life;
  }

  /** Tells whether memory's hit path serves it at {@code now}, were it proven. */
  boolean isHit(long now) {
    return now - usableUntil() < 0;
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
    return Duration.ofNanos(Math.max(0, clock.exact() - life.created()));
  }

  @Override
  public Duration freshFor() {
    return Duration.ofNanos(life.freshUntil() - life.created());
  }

  @Override
  public @Nullable String etag() {
    return etag;
  }

  @Override
  public List<String> tags() {
    return tags;
  }

  @Override
  protected List<String> itsTags() {
    return tags;
  }

  @Override
  public String toString() {
    return "Cached[" + value + ", " + source + ", " + state + "]";
  }

  /** What an entry holds, wherever it came from; a null value is a cached absence. */
  record Content<V>(@Nullable V value, Life life, @Nullable String etag, List<String> tags) {}
}
