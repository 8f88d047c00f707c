package io.spinforge.cache;

import static java.util.Objects.requireNonNull;

import io.spinforge.cache.memory.Glob;
import io.spinforge.cache.memory.MemoryStore;
import io.spinforge.cache.memory.Stamp;
import io.spinforge.cache.redis.Control;
import io.spinforge.cache.redis.RedisStore;
import io.spinforge.cache.wire.EntryFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One cache: memory before Redis before a loader. Thread-safe. Reads and invalidations may block
 * for a round trip to Redis, a read for the loader too: none of them belongs on a network event
 * loop.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class LayeredCache<K, V> {
  private static final int LONGEST_KEY = 1024;
  private static final Duration LONGEST_HOLD = Duration.ofMinutes(10);

  private final String name;
  private final Node node;
  private final Function<? super K, String> keyOf;
  private final @Nullable ContextLoader<? super K, V> loader;
  private final @Nullable BulkContextLoader<K, V> bulkLoader;
  private final MemoryStore<CachedEntry<V>> memory;
  private final Entries<V> entries;
  private final Counters counters;
  private final HitTimer hits;
  private final ReadThrough<V> below;
  private final Reads<V> reads;
  private final BulkReads<K, V> bulkReads;

  LayeredCache(CacheBuilder<K, V> builder, MemoryStore<CachedEntry<V>> memory, Entries<V> entries) {
    this.name = builder.name();
    this.node = builder.node();
    this.keyOf = builder.keyOf();
    this.loader = builder.loaderOrNull();
    this.bulkLoader = builder.bulkLoaderOrNull();
    this.memory = memory;
    this.entries = entries;
    this.counters = builder.counters();
    this.hits = new HitTimer(node.clock, counters);
    CachePolicy.Terms terms = entries.terms();
    LastValues<V> lastValues = new LastValues<>(name, node, memory, terms);
    Loads<V> loads = new Loads<>(name, node, entries, lastValues, counters);
    this.below = new ReadThrough<>(node, memory, entries, lastValues, loads, counters);
    this.reads =
        new Reads<>(
            node,
            memory,
            below,
            terms,
            builder.executor(),
            new TimedReads<>(
                node, lastValues, builder.executor(), builder.scheduler(), terms, counters),
            counters);
    this.bulkReads =
        new BulkReads<>(
            name,
            node,
            memory,
            reads,
            new BulkThrough<>(node, memory, entries, lastValues, loads, below, counters),
            bulkLoader,
            terms.limitsReads() ? builder.executor() : null,
            counters);
  }

  /** Returns the cache's name. */
  public String name() {
    return name;
  }

  /**
   * Returns the value of a key, from memory (no allocation beyond what the key function does), else
   * from Redis in one round trip, else from the cache's loader on this thread. One thread of the
   * node loads a key, and one node of those that share the Redis; the others wait.
   *
   * @throws LoadFailedException if it is not cached and the loader failed
   * @throws IllegalStateException if the cache has no loader, or the manager is closed
   */
  public Cached<V> get(K key) {
    String text = keyOf.apply(requireNonNull(key, "key"));
    CachedEntry<V> hit = hits.isDue() ? hits.get(memory, text) : memory.get(text);
    if (hit != null) {
      counters.memoryHits.increment();
      return hit;
    }
    return reads.read(text, fullKey(text), boundLoader(key));
  }

  /**
   * Returns the value of a key as {@link #get(Object)} does, with a loader for this call.
   *
   * @throws LoadFailedException if it is not cached and the loader failed
   * @throws IllegalStateException if the manager is closed
   */
  public Cached<V> get(K key, LoadFunction<V> load) {
    String text = keyOf.apply(requireNonNull(key, "key"));
    CachedEntry<V> hit = hits.isDue() ? hits.get(memory, text) : memory.get(text);
    if (hit != null) {
      counters.memoryHits.increment();
      return hit;
    }
    return reads.read(text, fullKey(text), requireNonNull(load, "load"));
  }

  /**
   * Returns the value of a key as {@link #get(Object)} does, asking Redis and the loader on the
   * manager's executor. The stage fails with {@link LoadFailedException} or {@link
   * IllegalStateException}.
   */
  public CompletionStage<Cached<V>> getAsync(K key) {
    String text = keyOf.apply(requireNonNull(key, "key"));
    CachedEntry<V> hit = hits.isDue() ? hits.get(memory, text) : memory.get(text);
    if (hit != null) {
      counters.memoryHits.increment();
      return CompletableFuture.completedFuture(hit);
    }
    return reads.readAsync(text, fullKey(text), boundLoader(key));
  }

  /**
   * Returns the values of keys, in the order in which these come first: from memory, else from
   * Redis in one round trip to each master, else from one call of the bulk loader; without a bulk
   * loader from the loader, key by key on this thread. Leases are taken key by key: what another
   * node loads is waited for and not loaded twice. A key for which the bulk loader returns nothing
   * is missing from the answer, a cached absence is not.
   *
   * @return a modifiable map of its own
   * @throws LoadFailedException if a value is not cached and could not be loaded; the others stay
   *     cached
   * @throws IllegalStateException if the cache has no loader, or the manager is closed
   */
  public Map<K, Cached<V>> getAll(Collection<? extends K> keys) {
    return bulkReads.readAll(keys, keyOf, this::boundLoader);
  }

  /** Returns the value of a key if memory or Redis has it; never loads, never waits for a load. */
  public Optional<Cached<V>> peek(K key) {
    String text = keyOf.apply(requireNonNull(key, "key"));
    CachedEntry<V> hit = memory.get(text);
    if (hit == null) {
      node.requireOpen();
      hit = below.peek(text, fullKey(text));
    }
    if (hit != null) {
      counters.answered(hit);
    }
    return Optional.ofNullable(hit);
  }

  /**
   * Sets the value of a key in memory and in Redis; the other nodes drop theirs. While Redis is
   * away the value is kept in memory and the key's invalidation queued, and a value that the codec
   * cannot write leaves the key invalidated.
   *
   * @throws IllegalStateException if the manager is closed
   */
  public void put(K key, V value) {
    node.requireOpen();
    String text = keyOf.apply(requireNonNull(key, "key"));
    String fullKey = fullKey(text);
    if (node.holds.isHeld(fullKey, node.clock.exact())) {
      invalidate(key);
      return;
    }
    ReadThrough.Loaded<V> put = entries.put(requireNonNull(value, "value"));
    RedisStore redis = node.redis();
    byte[] payload = redis == null ? entries.encodeToMeasure(value) : entries.encode(value);
    if (payload == null && (redis != null || entries.isUnmeasured(put, payload))) {
      invalidate(key);
      return;
    }
    long sequence;
    Stamp stamp = node.partitionOf(fullKey).stamp(text);
    if (redis == null) {
      sequence = node.nextSequence();
    } else {
      sequence =
          redis.put(
              fullKey,
              (seq, control) ->
                  EntryFormat.encode(fullKey, entries.wire(put.respecting(control), payload, seq)),
              put.keptMillis());
    }
    node.invalidatedHere(List.of(fullKey), sequence);
    if (sequence == RedisStore.HELD) {
      invalidated(1);
      return;
    }
    if (sequence <= 0) { // unsequenced, so the stamp must be younger than the line above
      stamp = node.partitionOf(fullKey).stamp(text);
    }
    long respected = Math.max(0, sequence);
    memory.put(
        text, entries.stored(node.partitionOf(fullKey), stamp, respected, put, payload), stamp);
    invalidated(1);
  }

  /**
   * Invalidates a key: when this returns with {@link Reach#REDIS}, no node fills it any more with
   * what was read before.
   *
   * @throws IllegalStateException if the manager is closed
   */
  public Invalidation invalidate(K key) {
    return invalidateAll(List.of(requireNonNull(key, "key")));
  }

  /**
   * Invalidates keys, those of one partition in one step; see {@link #invalidate}.
   *
   * @throws IllegalStateException if the manager is closed
   */
  public Invalidation invalidateAll(Collection<? extends K> keys) {
    return invalidateTexts(texts(keys), 0);
  }

  /**
   * Invalidates a key before what is to change is committed, and holds it: for {@code time} reads
   * load it and nobody keeps the value, for it may be that of before. To be longer than what is
   * left of the transaction; what is loaded afterwards is cached as ever. Costs what {@link
   * #invalidate} does, and a load for each read that no other one on the node is making just then.
   *
   * <p>While it is held, {@link #put} only invalidates. Another hold makes it longer, never
   * shorter; an invalidation leaves it as it is. Redis and every node that hears of it know the
   * hold; where both forget it (FLUSHALL, a failover that loses it), it ends early. While Redis is
   * away it holds on this node, and is sent with what is left of its time.
   *
   * @param time 1 ms to 10 min
   * @throws IllegalStateException if the manager is closed
   */
  public Invalidation holdFor(Duration time, K key) {
    return holdAllFor(time, List.of(requireNonNull(key, "key")));
  }

  /**
   * Invalidates and holds keys, those of one partition in one step; see {@link #holdFor}.
   *
   * @param time 1 ms to 10 min
   * @throws IllegalStateException if the manager is closed
   */
  public Invalidation holdAllFor(Duration time, Collection<? extends K> keys) {
    Rules.within("holdFor", time, Duration.ofMillis(1), LONGEST_HOLD);
    return invalidateTexts(texts(keys), time.toMillis());
  }

  private List<String> texts(Collection<? extends K> keys) {
    List<String> texts = new ArrayList<>(keys.size());
    for (K key : keys) {
      texts.add(keyOf.apply(requireNonNull(key, "key")));
    }
    return texts;
  }

  /**
   * Invalidates the keys that match a pattern, in one step whatever their number: each entry is
   * tested when it is next asked for. In {@code glob}, matched against the whole text of a key,
   * {@code *} stands for any characters, none included, {@code ?} for one, and a backslash makes
   * the character after it stand for itself.
   *
   * @param glob 1 to 1,024 characters
   * @return how far it came; its number of keys is 0, as nobody counts them
   * @throws IllegalArgumentException if it is too long, empty, or ends with a single backslash
   * @throws IllegalStateException if the manager is closed
   */
  public Invalidation invalidateMatching(String glob) {
    if (glob.isEmpty() || glob.length() > LONGEST_KEY) {
      throw Rules.refusal("glob", glob, "1 to " + LONGEST_KEY + " characters");
    }
    Glob.of(glob); // throws here what nobody could apply later
    return node.control(new Control(Control.Kind.MATCHING, List.of(name, glob)));
  }

  /**
   * Invalidates every entry of this cache, in one step.
   *
   * @return how far it came; its number of keys is 0, as nobody counts them
   * @throws IllegalStateException if the manager is closed
   */
  public Invalidation clear() {
    return node.control(new Control(Control.Kind.WHOLE, List.of(name)));
  }

  /** Returns the counters since the cache was built. Cheap: sums, no lock. */
  public CacheStats stats() {
    return counters.snapshot(memory);
  }

  Counters counters() {
    return counters;
  }

  MemoryStore<CachedEntry<V>> memory() {
    return memory;
  }

  private Invalidation invalidateTexts(List<String> texts, long holdMillis) {
    node.requireOpen();
    List<String> fullKeys = texts.stream().map(this::fullKey).distinct().toList();
    RedisStore redis = node.redis();
    Set<Integer> logs = new TreeSet<>();
    if (holdMillis > 0) { // first, so that no load begins between the invalidation and the hold
      node.hold(fullKeys, holdMillis);
    }
    boolean[] queued = {redis == null};
    if (redis == null) {
      node.invalidatedHere(fullKeys, node.nextSequence());
    } else {
      redis.invalidate(
          fullKeys,
          holdMillis,
          (partition, group, sequence) -> {
            logs.add(partition);
            node.invalidatedHere(group, sequence);
            queued[0] |= sequence < 0;
          });
    }
    if (!fullKeys.isEmpty()) {
      invalidated(fullKeys.size());
    }
    if (redis != null && holdMillis > 0) { // its time began when Redis had it, so no later than now
      node.hold(fullKeys, holdMillis);
    }
    return node.outcome(fullKeys.size(), queued[0] ? Reach.THIS_NODE : Reach.REDIS, logs);
  }

  private void invalidated(int keys) {
    counters.localInvalidations.add(keys);
    node.listeners.invalidated(name, Origin.LOCAL, keys);
  }

  private LoadFunction<V> boundLoader(K key) {
    ContextLoader<? super K, V> ours = loader;
    if (ours != null) {
      return load -> ours.load(key, load);
    }
    BulkContextLoader<K, V> many = bulkLoader;
    if (many == null) {
      throw new IllegalStateException(
          "loader: none for " + name + " (expected: one in the builder, or get(key, load -> …))");
    }
    return load -> {
      V value = many.loadAll(Set.of(key), new BulkLoad<>(Map.of(key, load))).get(key);
      if (value == null && !load.isAbsent()) {
        throw new NoValueException(Node.fullKey(name, keyOf.apply(key)));
      }
      return value;
    };
  }

  private String fullKey(String text) {
    requireShort(text);
    return Node.fullKey(name, text);
  }

  static void requireShort(String text) {
    if (text.length() > LONGEST_KEY) {
      throw new IllegalArgumentException(
          "key: " + text.length() + " characters (expected: at most " + LONGEST_KEY + ")");
    }
  }
}
