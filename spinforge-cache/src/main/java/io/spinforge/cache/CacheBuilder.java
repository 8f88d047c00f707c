package io.spinforge.cache;

import static java.util.Objects.requireNonNull;

import io.spinforge.cache.codec.Codec;
import io.spinforge.cache.memory.MemoryStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Builds one cache of a manager. Not thread-safe.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class CacheBuilder<K, V> {
  private final CacheManager manager;
  private final String name;
  private final Class<V> type;
  private final Function<? super K, String> keyOf;
  private final Setting<Codec<V>> codec = new Setting<>("codec");
  private final Setting<ContextLoader<? super K, V>> loader = new Setting<>("loader");
  private final Setting<BulkContextLoader<K, V>> bulkLoader = new Setting<>("bulkLoader");
  private final Setting<Boolean> sessions = new Setting<>("sessions");
  private final MemoryLayer memory = new MemoryLayer();
  private final CachePolicy policy = new CachePolicy();
  private final Counters counters = new Counters();

  CacheBuilder(
      CacheManager manager, String name, Class<V> type, Function<? super K, String> keyOf) {
    this.manager = manager;
    this.name = name;
    this.type = type;
    this.keyOf = keyOf;
  }

  /** A cache whose keys are still to be told. */
  public static final class Unkeyed<V> {
    private final CacheManager manager;
    private final String name;
    private final Class<V> type;

    private final @Nullable Codec<V> codec;

    Unkeyed(CacheManager manager, String name, Class<V> type, @Nullable Codec<V> codec) {
      this.manager = manager;
      this.name = name;
      this.type = type;
      this.codec = codec;
    }

    /**
     * Sets how a key reads as text, at most 1,024 characters. It is called at each read: a hit
     * allocates what this allocates.
     */
    public <K> CacheBuilder<K, V> key(Function<? super K, String> text) {
      CacheBuilder<K, V> builder =
          new CacheBuilder<>(manager, name, type, requireNonNull(text, "key"));
      return codec == null ? builder : builder.codec(codec);
    }
  }

  /**
   * Sets how values become bytes. Needed with a Redis layer, and where memory is bounded by bytes;
   * default for strings UTF-8, for byte arrays as they are. A cache of a generic type is built with
   * {@link CacheManager#cache(String, Codec)} instead.
   */
  public CacheBuilder<K, V> codec(Codec<V> codec) {
    this.codec.set(requireNonNull(codec, "codec"));
    return this;
  }

  /** Sets what loads a value that is not cached. */
  public CacheBuilder<K, V> loader(Loader<? super K, ? extends V> loader) {
    requireNonNull(loader, "loader");
    this.loader.set((key, load) -> loader.load(key));
    return this;
  }

  /** Sets what loads a value that is not cached and says how to keep it. */
  public CacheBuilder<K, V> loaderWith(ContextLoader<? super K, V> loader) {
    this.loader.set(requireNonNull(loader, "loader"));
    return this;
  }

  /**
   * Sets what loads many values at once, for {@link LayeredCache#getAll}, and single ones if there
   * is no other loader.
   */
  public CacheBuilder<K, V> bulkLoader(BulkLoader<K, V> loader) {
    requireNonNull(loader, "bulkLoader");
    this.bulkLoader.set((keys, loads) -> loader.loadAll(keys));
    return this;
  }

  /** Sets what loads many values at once and says how to keep them. */
  public CacheBuilder<K, V> bulkLoaderWith(BulkContextLoader<K, V> loader) {
    this.bulkLoader.set(requireNonNull(loader, "bulkLoader"));
    return this;
  }

  /** Sets this cache's memory where it is to differ from the manager's. */
  public CacheBuilder<K, V> memory(Consumer<MemoryLayer> settings) {
    settings.accept(memory);
    return this;
  }

  /** Sets this cache's policy where it is to differ from the manager's. */
  public CacheBuilder<K, V> policy(Consumer<CachePolicy> settings) {
    settings.accept(policy);
    return this;
  }

  /**
   * Makes this a store of sessions: Redis first, nothing in memory, so that every node sees what
   * the last one wrote; each read starts the freshness anew (in steps of a second), 1 h unless
   * {@link CachePolicy#freshFor} of this cache says otherwise, without jitter or stale lifetimes.
   * {@link LayeredCache#put} writes through, {@link LayeredCache#peek} reads, {@link
   * LayeredCache#invalidate} ends a session. Needs a Redis layer.
   */
  public CacheBuilder<K, V> sessions() {
    this.sessions.set(true);
    return this;
  }

  /**
   * Builds the cache.
   *
   * @throws IllegalStateException that names every combination which cannot be
   */
  public LayeredCache<K, V> build() {
    Codec<V> given = codec.orNull();
    Codec<V> chosen = given == null ? defaultCodec() : given.forType(type);
    MemoryLayer.Limits limits = limits();
    List<String> problems = new ArrayList<>();
    if (sessions.isSet() && !manager.hasRedis()) {
      problems.add("sessions: no Redis layer (expected: one, since they are kept nowhere else)");
    }
    if (sessions.isSet() && memory.bounds()) {
      problems.add("sessions: memory is bounded (expected: no setting, it keeps none)");
    }
    if (memory.boundsTwice()) {
      problems.add("memory: maximumBytes and maximumEntries (expected: one of them)");
    }
    if (chosen == null && manager.hasRedis()) {
      problems.add("codec: none (expected: one, for the Redis layer)");
    }
    if (chosen == null && limits.byBytes()) {
      problems.add("codec: none (expected: one, to measure maximumBytes)");
    }
    if (!problems.isEmpty()) {
      throw new IllegalStateException("cache " + name + ": " + String.join("; ", problems));
    }
    Entries<V> entries =
        new Entries<>(
            name,
            node(),
            type,
            chosen,
            sessions.isSet() ? policy.forSessions(manager.policy()) : policy.over(manager.policy()),
            limits,
            manager.lease().plus(Duration.ofMillis(1)),
            counters);
    MemoryStore<CachedEntry<V>> store =
        limits.byBytes()
            ? MemoryStore.ofBytes(name, limits.bytes(), node().clock)
            : MemoryStore.ofEntries(name, limits.entries(), node().clock);
    return manager.register(new LayeredCache<>(this, store, entries));
  }

  String name() {
    return name;
  }

  Node node() {
    return manager.node();
  }

  Executor executor() {
    return manager.executor();
  }

  ScheduledExecutorService scheduler() {
    return manager.scheduler();
  }

  Function<? super K, String> keyOf() {
    return keyOf;
  }

  @Nullable ContextLoader<? super K, V> loaderOrNull() {
    return loader.orNull();
  }

  @Nullable BulkContextLoader<K, V> bulkLoaderOrNull() {
    return bulkLoader.orNull();
  }

  Counters counters() {
    return counters;
  }

  private MemoryLayer.Limits limits() {
    MemoryLayer.Limits limits = memory.over(manager.memory(), manager.hasRedis());
    return sessions.isSet() ? new MemoryLayer.Limits(-1, 0, limits.timeToLiveNanos()) : limits;
  }

  @SuppressWarnings("unchecked") // compared with the type itself
  private @Nullable Codec<V> defaultCodec() {
    if (type == String.class) {
      return (Codec<V>) Codec.utf8();
    }
    return type == byte[].class ? (Codec<V>) Codec.bytes() : null;
  }
}
