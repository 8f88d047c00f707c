package io.spinforge.cache;

import static java.util.Objects.requireNonNull;

import io.spinforge.cache.Awaiting.Reached;
import io.spinforge.cache.load.SingleFlight;
import io.spinforge.cache.load.Waiters;
import io.spinforge.cache.memory.Bans;
import io.spinforge.cache.memory.Clock;
import io.spinforge.cache.memory.Partition;
import io.spinforge.cache.redis.Control;
import io.spinforge.cache.redis.LogSink;
import io.spinforge.cache.redis.RedisStore;
import io.spinforge.cache.wire.EntryHead;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the caches of a manager share, and where an invalidation meets memory: whether it was made
 * here or read from the log, its partition's stripe moves first, then the entry goes, then the
 * flight that may carry the old value is forgotten. Thread-safe.
 */
final class Node implements LogSink {
  final Clock clock;
  final InstantSource wall;
  final DoubleSupplier random;
  final Listeners listeners;
  final boolean servesStale;
  final SingleFlight<CachedEntry<?>> flights;
  final Waiters waiters;
  final Map<String, LayeredCache<?, ?>> caches = new ConcurrentHashMap<>();

  final Bans bans;
  final Controls controls;
  final Holds holds;

  private final Partition[] partitions;
  private final Proofs proofs;
  private final AtomicLong sequence = new AtomicLong(); // where there is no Redis to give them

  // Set once while the manager is built, before any other thread sees it.
  private @Nullable RedisStore redis;
  private @Nullable Awaiting awaiting;
  private long maxStalenessNanos;
  private volatile boolean closed;

  Node(
      Clock clock,
      InstantSource wall,
      DoubleSupplier random,
      Listeners listeners,
      boolean servesStale,
      int partitions,
      Surroundings surroundings) {
    this.clock = clock;
    this.wall = wall;
    this.random = random;
    this.listeners = listeners;
    this.servesStale = servesStale;
    this.partitions = new Partition[Math.max(1, partitions)];
    this.bans = surroundings.bans();
    this.controls = new Controls(this, bans);
    this.flights = new SingleFlight<>(surroundings.waits(), clock::exact);
    this.holds = new Holds(flights::forget, flights::forgetAll);
    this.waiters = new Waiters(surroundings.waits());
    long liveUntil = clock.exact() + (partitions == 0 ? Long.MAX_VALUE / 2 : 0);
    for (int i = 0; i < this.partitions.length; i++) {
      this.partitions[i] = surroundings.partition(liveUntil, bans);
    }
    this.proofs = new Proofs(this.partitions, liveUntil, surroundings.waits());
  }

  void use(RedisStore store, Duration maxStaleness, Executor executor) {
    this.redis = store;
    this.awaiting = new Awaiting(this, executor, maxStaleness);
    this.maxStalenessNanos = maxStaleness.toNanos();
  }

  /**
   * Lets a read that begins now not join a load from which it could get what was invalidated long
   * ago. An invalidation forgets the flight, if it is heard of: so where nothing proves that all
   * are heard, a load is joined only for as long as memory would be believed.
   */
  void leaveOldFlight(String fullKey) {
    long now = clock.exact();
    holds.beforeReading(fullKey, now);
    if (redis != null) {
      if (!partitionOf(fullKey).isLive(now)) {
        flights.forgetBefore(fullKey, now - maxStalenessNanos);
      }
    }
  }

  private Awaiting awaiting() {
    return requireNonNull(awaiting, "awaiting");
  }

  /** Returns the outcome of an invalidation whose records are in some logs. */
  Invalidation outcome(int keys, Reach reach, Collection<Integer> logs) {
    return redis == null
        ? new Invalidation(keys, new Reached(reach, List.of(), 0), new Awaiting(this))
        : new Invalidation(keys, new Reached(reach, List.copyOf(logs), clock.exact()), awaiting());
  }

  @Nullable RedisStore redis() {
    return redis;
  }

  Partition partitionOf(String fullKey) {
    RedisStore store = redis;
    return partitions[store == null ? 0 : store.partitionOf(fullKey)];
  }

  int livePartitions() {
    return redis == null ? 0 : proofs.live(clock.exact());
  }

  long lastSequence() {
    return sequence.get();
  }

  long nextSequence() {
    return sequence.incrementAndGet();
  }

  void awaitFirstProofs(Duration patience) {
    proofs.awaitFirst(patience);
  }

  /** Tells whether what Redis has can be tested against all that was invalidated otherwise. */
  boolean controlIsLive() {
    return proofs.isControlLive(clock.exact());
  }

  /** Invalidates otherwise than by key; see {@link Controls}. */
  Invalidation control(Control control) {
    requireOpen();
    return outcome(0, controls.invalidate(control), List.of(partitions.length));
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the cache manager is closed");
    }
  }

  void close() {
    closed = true;
    long past = clock.exact();
    for (Partition partition : partitions) {
      partition.liveUntil(past); // so that hits come to the check above
    }
    waiters.wakeAll();
  }

  /** Applies an invalidation that this node made; {@code seq} is 0 or -1 if it has none. */
  void invalidatedHere(List<String> fullKeys, long seq) {
    for (String fullKey : fullKeys) {
      if (seq > 0) {
        partitionOf(fullKey).invalidated(keyOf(fullKey), seq);
        remove(fullKey); // whatever its sequence: a failover may have put Redis' back
      } else {
        dropUnsequenced(fullKey);
      }
      flights.forget(fullKey);
      waiters.wake(fullKey);
    }
  }

  /** Holds keys: what is loaded for them is not kept for a while. */
  void hold(List<String> fullKeys, long millis) {
    long now = clock.exact();
    long end = now + TimeUnit.MILLISECONDS.toNanos(millis);
    fullKeys.forEach(fullKey -> holds.hold(fullKey, end, now));
  }

  @Override
  public void held(List<String> fullKeys, long millis) {
    hold(fullKeys, millis);
  }

  @Override
  public void heldSome(long millis) {
    if (millis > 0) {
      holds.holdSome(clock.exact() + TimeUnit.MILLISECONDS.toNanos(millis + 1));
    }
  }

  @Override
  public long heldMillis(String fullKey) {
    long nanos = holds.left(fullKey, clock.exact());
    return nanos == 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(nanos) + 1;
  }

  @Override
  public void replayed() {
    awaiting().replayed();
  }

  @Override
  public void invalidated(int partition, List<String> fullKeys, long seq, boolean own) {
    for (String fullKey : fullKeys) {
      drop(fullKey, seq);
      if (!own) { // an own one was applied in full when Redis answered it
        flights.forget(fullKey);
        LayeredCache<?, ?> cache = caches.get(cacheOf(fullKey));
        if (cache != null) {
          cache.counters().remoteInvalidations.increment();
          listeners.invalidated(cache.name(), Origin.REMOTE, 1);
        }
      }
    }
  }

  @Override
  public void controlled(long seq, Control control, boolean own, boolean news) {
    controls.applied(seq, control, own, news);
  }

  @Override
  public void replayed(int generation, long seq, Control control) {
    controls.replayed(generation, seq, control);
  }

  @Override
  public void replayed(List<String> fullKeys) {
    // Loads that began between the call and now read nothing old, but read before Redis committed.
    if (fullKeys.isEmpty()) {
      flights.forgetAll();
    } else {
      fullKeys.forEach(flights::forget);
    }
  }

  @Override
  public long lastBanned() {
    return controlIsLive() ? bans.lastBanned() : -1;
  }

  @Override
  public int condemned(String fullKey, byte[] start) {
    EntryHead head = EntryHead.read(fullKey, start);
    return head != null
            && bans.isBanned(head.controlSequence(), cacheOf(fullKey), keyOf(fullKey), head.tags())
        ? head.length()
        : 0;
  }

  @Override
  public int generation() {
    return bans.generation();
  }

  @Override
  public void controlReset() {
    bans.forget();
    proofs.prove(partitions.length, clock.exact());
    bannedAll();
    waiters.wakeAll();
  }

  @Override
  public void controlKnownAfter(long seq) {
    bans.knownAfter(seq);
    bannedAll();
  }

  @Override
  public void reset(int partition) {
    partitions[partition].reset();
    flights.forgetAll();
    waiters.wakeAll();
  }

  @Override
  public void liveUntil(int partition, long nanos) {
    if (closed) {
      return;
    }
    proofs.prove(partition, nanos);
    if (partition == partitions.length) {
      controls.proven(nanos - maxStalenessNanos);
    }
    proofs.noteFirst(partition);
  }

  @Override
  public void unproven(int partition) {
    proofs.prove(partition, clock.exact());
  }

  @Override
  public void woken(String fullKey) {
    waiters.wake(fullKey);
  }

  @Override
  public void lost() {
    waiters.wakeAll();
  }

  @Override
  public void lag(Duration lag) {
    listeners.lag(lag);
  }

  /** Has all entries tested against the bans anew. */
  void testAnew() {
    for (Partition partition : partitions) {
      partition.banned();
    }
  }

  private void bannedAll() {
    testAnew();
    flights.forgetAll();
  }

  private void drop(String fullKey, long seq) {
    String key = keyOf(fullKey);
    partitionOf(fullKey).invalidated(key, seq);
    LayeredCache<?, ?> cache = caches.get(cacheOf(fullKey));
    if (cache != null) {
      cache.memory().removeOlder(key, seq);
    }
  }

  private void dropUnsequenced(String fullKey) {
    partitionOf(fullKey).invalidatedHereOnly();
    remove(fullKey);
  }

  private void remove(String fullKey) {
    LayeredCache<?, ?> cache = caches.get(cacheOf(fullKey));
    if (cache != null) {
      cache.memory().remove(keyOf(fullKey));
    }
  }

  /** A full key is the cache's name, a colon (which no name has) and the key. */
  static String fullKey(String cache, String key) {
    return cache + ":" + key;
  }

  static String cacheOf(String fullKey) {
    return fullKey.substring(0, Math.max(0, fullKey.indexOf(':')));
  }

  static String keyOf(String fullKey) {
    return fullKey.substring(fullKey.indexOf(':') + 1);
  }
}
