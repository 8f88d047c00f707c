package io.spinforge.cache;

import static java.util.Objects.requireNonNull;

import io.spinforge.cache.codec.Codec;
import io.spinforge.cache.memory.Ban;
import io.spinforge.cache.memory.Clock;
import io.spinforge.cache.redis.Control;
import io.spinforge.cache.redis.Execution;
import io.spinforge.cache.redis.RedisStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A group of caches over the same memory settings, the same Redis and the same policy, and the
 * threads they share. Thread-safe.
 *
 * <pre>{@code
 * CacheManager caches = CacheManager.builder()
 *     .name("catalog")
 *     .memory(m -> m.maximumBytes(256 << 20))
 *     .redis(RedisLayer.of(redisClient))
 *     .build();
 * }</pre>
 */
public final class CacheManager implements AutoCloseable {
  private static final Duration TICK = Duration.ofMillis(5);
  private static final Duration WATCH = Duration.ofMillis(100);
  private static final Duration PATIENCE_AT_START = Duration.ofSeconds(5);

  private final String name;
  private final Node node;
  private final Condition condition;
  private final MemoryLayer memory;
  private final CachePolicy policy;
  private final Duration lease;
  private final int partitions;
  private final Executor executor;
  private final @Nullable ExecutorService ownExecutor;
  private final ScheduledExecutorService scheduler;
  private final AtomicBoolean closed = new AtomicBoolean();

  private CacheManager(Builder builder) {
    RedisLayer layer = builder.redis.orNull();
    this.name = builder.name.or("default");
    this.memory = builder.memory;
    this.policy = builder.policy;
    this.ownExecutor = builder.executor.isSet() ? null : LoaderThreads.create();
    this.executor = ownExecutor == null ? builder.executor.or(Runnable::run) : ownExecutor;
    Surroundings surroundings = builder.surroundings;
    this.scheduler = surroundings.scheduler(name);
    this.lease = layer == null ? Duration.ZERO : layer.settings(name).leaseTimeToLive();
    this.partitions = layer == null ? 0 : layer.settings(name).partitions();
    boolean virtual = builder.ticker.isSet();
    LongSupplier ticker = builder.ticker.or(System::nanoTime);
    this.node =
        new Node(
            virtual ? Clock.exact(ticker) : Clock.coarse(ticker),
            builder.wall.or(InstantSource.system()),
            builder.random.or(() -> ThreadLocalRandom.current().nextDouble()),
            new Listeners(builder.listener.orNull()),
            layer != null && layer.servesStale(),
            partitions,
            surroundings);
    this.condition = new Condition(name, node, partitions);
    if (!virtual) {
      every(TICK, node.clock::tick);
    }
    if (layer != null) {
      Execution execution =
          new Execution(scheduler, surroundings::inThread, surroundings.waits(), ticker);
      attach(layer, ticker, virtual ? Duration.ZERO : TICK.multipliedBy(2), execution);
    }
  }

  /** Returns a builder. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Begins a cache of this manager.
   *
   * @param name tells it from the others, 1 to 64 of A-Z a-z 0-9 _ . -; the same on every node
   * @param type of its values
   */
  public <V> CacheBuilder.Unkeyed<V> cache(String name, Class<V> type) {
    node.requireOpen();
    if (requireNonNull(type, "type").isPrimitive()) {
      throw Rules.refusal("type", type, "not a primitive");
    }
    return new CacheBuilder.Unkeyed<>(this, Rules.name("cache", name), type, null);
  }

  /**
   * Begins a cache of this manager whose values are of the codec's type, which may be a generic
   * one.
   *
   * @param name tells it from the others, 1 to 64 of A-Z a-z 0-9 _ . -; the same on every node
   */
  @SuppressWarnings("unchecked") // the codec alone makes the values
  public <V> CacheBuilder.Unkeyed<V> cache(String name, Codec<V> codec) {
    node.requireOpen();
    requireNonNull(codec, "codec");
    Class<V> any = (Class<V>) Object.class;
    return new CacheBuilder.Unkeyed<>(this, Rules.name("cache", name), any, codec);
  }

  /** Returns the manager's name. */
  public String name() {
    return name;
  }

  /**
   * Invalidates every entry, of any cache of this manager, that its load gave one of the tags; the
   * tag {@code *} means every entry, tagged or not. One step, whatever the number of entries: each
   * is tested when it is next asked for.
   *
   * @return how far it came; its number of keys is 0, as nobody counts them
   * @throws IllegalArgumentException if there is no tag or more than 128, or one is not of 1 to 256
   *     characters
   * @throws IllegalStateException if the manager is closed
   */
  public Invalidation invalidateTag(String... tags) {
    return invalidateTags(List.of(tags));
  }

  /** Invalidates by tags as {@link #invalidateTag} does. */
  public Invalidation invalidateTags(Collection<String> tags) {
    if (tags.isEmpty() || tags.size() > Load.MOST_TAGS) {
      throw Rules.refusal("tags", tags.size() + " tags", "1 to " + Load.MOST_TAGS);
    }
    for (String tag : tags) {
      if (!tag.equals(Ban.Tagged.ALL)) {
        Rules.tag(tag);
      }
    }
    return node.control(new Control(Control.Kind.TAGS, tags.stream().distinct().sorted().toList()));
  }

  /** Adds a listener, which hears {@link CacheListener#onCache} of every cache right away. */
  public void addListener(CacheListener listener) {
    node.listeners.add(requireNonNull(listener, "listener"), node.caches.keySet());
  }

  /** Removes a listener that was added; does nothing if it was not. */
  public void removeListener(CacheListener listener) {
    node.listeners.remove(requireNonNull(listener, "listener"));
  }

  /** Returns a snapshot of the counters of all caches, and of Redis. Cheap: sums, no lock. */
  public ManagerStats stats() {
    Map<String, CacheStats> caches = new TreeMap<>();
    node.caches.forEach((cache, layered) -> caches.put(cache, layered.stats()));
    return new ManagerStats(name, Map.copyOf(caches), condition.redis(), node.bans.forgotten());
  }

  /** Returns how much of the promise can be kept now. Cheap. */
  public Health health() {
    return condition.health();
  }

  /**
   * Ends the threads and connections of this manager, within a few seconds; what the host passed in
   * stays open. Reads fail from then on. Invalidations that Redis never got are lost, and logged.
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    node.close();
    RedisStore redis = node.redis();
    if (redis != null) {
      redis.close();
    }
    scheduler.shutdown();
    if (ownExecutor != null) {
      // Loads that run are interrupted; those that wait to run learn here that it is closed.
      ownExecutor.shutdownNow().forEach(Runnable::run);
    }
  }

  Node node() {
    return node;
  }

  MemoryLayer memory() {
    return memory;
  }

  CachePolicy policy() {
    return policy;
  }

  Executor executor() {
    return executor;
  }

  ScheduledExecutorService scheduler() {
    return scheduler;
  }

  Duration lease() {
    return lease;
  }

  boolean hasRedis() {
    return partitions > 0;
  }

  <K, V> LayeredCache<K, V> register(LayeredCache<K, V> cache) {
    node.requireOpen();
    if (node.caches.putIfAbsent(cache.name(), cache) != null) {
      throw new IllegalStateException(
          "cache: " + cache.name() + " (expected: a name that this manager has not yet)");
    }
    node.listeners.built(cache.name());
    return cache;
  }

  private void attach(
      RedisLayer layer, LongSupplier ticker, Duration clockStep, Execution execution) {
    RedisStore redis =
        new RedisStore(layer.open(), layer.settings(name), ticker, clockStep, execution, node);
    node.use(redis, layer.settings(name).maxStaleness(), executor);
    try {
      redis.open(PATIENCE_AT_START);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    if (redis.isUp()) {
      node.awaitFirstProofs(PATIENCE_AT_START);
    }
    every(WATCH, this::watch);
  }

  private void watch() {
    if (!closed.get()) {
      condition.watch();
    }
  }

  private void every(Duration period, Runnable task) {
    ScheduledFuture<?> unused = // ends with the scheduler
        scheduler.scheduleAtFixedRate(
            task, period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Builds a manager. Not thread-safe. */
  public static final class Builder {
    private final Setting<String> name = new Setting<>("name");
    private final Setting<RedisLayer> redis = new Setting<>("redis");
    private final Setting<Executor> executor = new Setting<>("executor");
    private final Setting<CacheListener> listener = new Setting<>("listener");
    private final Setting<LongSupplier> ticker = new Setting<>("ticker");
    private final Setting<InstantSource> wall = new Setting<>("clock");
    private final Setting<DoubleSupplier> random = new Setting<>("random");
    private final MemoryLayer memory = new MemoryLayer();
    private final CachePolicy policy = new CachePolicy();
    private Surroundings surroundings = new Surroundings();

    private Builder() {}

    /** Sets what it runs on, for a simulation. */
    Builder surroundings(Surroundings surroundings) {
      this.surroundings = surroundings;
      return this;
    }

    /**
     * Sets the manager's name, the same on every node that shares its entries: 1 to 64 of A-Z a-z
     * 0-9 _ . -; default {@code default}.
     */
    public Builder name(String name) {
      this.name.set(Rules.name("name", name));
      return this;
    }

    /** Sets the bounds of each cache's memory; default 10,000 entries. */
    public Builder memory(Consumer<MemoryLayer> settings) {
      settings.accept(memory);
      return this;
    }

    /** Adds Redis below memory. Without it the caches are memory caches. */
    public Builder redis(RedisLayer layer) {
      this.redis.set(requireNonNull(layer, "redis"));
      return this;
    }

    /** Sets how long values are kept, where a cache does not say otherwise. */
    public Builder defaults(Consumer<CachePolicy> settings) {
      settings.accept(policy);
      return this;
    }

    /**
     * Sets what runs {@code getAsync}, refreshes, and loads that have a time limit; it stays the
     * host's. Default: virtual threads where the JVM has them, else a bounded pool of daemons.
     */
    public Builder executor(Executor executor) {
      this.executor.set(requireNonNull(executor, "executor"));
      return this;
    }

    /** Sets who hears what happens. */
    public Builder listener(CacheListener listener) {
      this.listener.set(requireNonNull(listener, "listener"));
      return this;
    }

    /** Sets the source of intervals in nanoseconds, for tests; read at each hit then. */
    public Builder ticker(LongSupplier nanos) {
      this.ticker.set(requireNonNull(nanos, "ticker"));
      return this;
    }

    /** Sets the source of wall time, which is told in entries and never compared; for tests. */
    public Builder clock(InstantSource clock) {
      this.wall.set(requireNonNull(clock, "clock"));
      return this;
    }

    /** Sets the source of jitter, numbers from 0 to below 1, thread-safe; for tests. */
    public Builder random(DoubleSupplier random) {
      this.random.set(requireNonNull(random, "random"));
      return this;
    }

    /**
     * Builds the manager and connects to Redis. A Redis that is away is no error: the manager
     * starts detached and tries again.
     *
     * @throws IllegalStateException that names every combination which cannot be; or if Redis is
     *     older than 6.2, or its keys were divided into another number of partitions
     */
    public CacheManager build() {
      if (memory.boundsTwice()) {
        throw new IllegalStateException(
            "memory: maximumBytes and maximumEntries (expected: one of them)");
      }
      return new CacheManager(this);
    }
  }
}
