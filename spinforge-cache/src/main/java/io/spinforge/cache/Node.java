package io.spinforge.cache;

import io.spinforge.cache.load.SingleFlight;
import io.spinforge.cache.load.Waiters;
import io.spinforge.cache.memory.Ban;
import io.spinforge.cache.memory.BanMark;
import io.spinforge.cache.memory.Bans;
import io.spinforge.cache.memory.Clock;
import io.spinforge.cache.memory.Glob;
import io.spinforge.cache.memory.Partition;
import io.spinforge.cache.redis.Control;
import io.spinforge.cache.redis.LogSink;
import io.spinforge.cache.redis.RedisStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the caches of a manager share, and where an invalidation meets memory: whether it was made
 * here or read from the log, its partition's stripe moves first, then the entry goes, then the
 * flight that may carry the old value is forgotten. Thread-safe.
 */
final class Node implements LogSink {
  private static final long ASKED_FOR = TimeUnit.MILLISECONDS.toNanos(100);

  final Clock clock;
  final InstantSource wall;
  final DoubleSupplier random;
  final Listeners listeners;
  final boolean servesStale;
  final SingleFlight<CachedEntry<?>> flights;
  final Waiters waiters;
  final Map<String, LayeredCache<?, ?>> caches = new ConcurrentHashMap<>();

  final Bans bans;

  private final Partition[] partitions;
  private final long[] provenUntil; // of the log's thread: each partition's, and the control log's
  private final CompletableFuture<Void> firstProofs;
  private int unproven; // of the log's thread
  private final boolean[] proven; // of the log's thread
  private final AtomicLong sequence = new AtomicLong(); // where there is no Redis to give them

  // Set once while the manager is built, before any other thread sees it.
  private @Nullable RedisStore redis;
  private long maxStalenessNanos;
  private volatile boolean closed;

  // When Redis last had a ban whose place in the log is not known: written by who made it, read by
  // the log's thread.
  private volatile long uncertainSince;

  // What Redis answered last; volatile, and a race costs a round trip.
  private volatile @Nullable ControlAsked controlAsked;

  // Written by the log's thread; volatile for the readers of what Redis has.
  private volatile long controlUntil;

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
    this.proven = new boolean[partitions + 1];
    this.provenUntil = new long[this.partitions.length + 1];
    this.firstProofs = surroundings.waits().newIncompleteFuture();
    this.unproven = partitions + 1;
    this.bans = surroundings.bans();
    this.flights = new SingleFlight<>(surroundings.waits(), clock::exact);
    this.waiters = new Waiters(surroundings.waits());
    long liveUntil = clock.exact() + (partitions == 0 ? Long.MAX_VALUE / 2 : 0);
    for (int i = 0; i < this.partitions.length; i++) {
      provenUntil[i] = liveUntil;
      this.partitions[i] = surroundings.partition(liveUntil, bans);
    }
  }

  void use(RedisStore store, Duration maxStaleness) {
    this.redis = store;
    this.maxStalenessNanos = maxStaleness.toNanos();
  }

  /**
   * Lets a read that begins now not join a load from which it could get what was invalidated long
   * ago. An invalidation forgets the flight, if it is heard of: so where nothing proves that all
   * are heard, a load is joined only for as long as memory would be believed.
   */
  void leaveOldFlight(String fullKey) {
    if (redis != null) {
      long now = clock.exact();
      if (!partitionOf(fullKey).isLive(now)) {
        flights.forgetBefore(fullKey, now - maxStalenessNanos);
      }
    }
  }

  @Nullable RedisStore redis() {
    return redis;
  }

  Partition partitionOf(String fullKey) {
    RedisStore store = redis;
    return partitions[store == null ? 0 : store.partitionOf(fullKey)];
  }

  int livePartitions() {
    if (redis == null) {
      return 0;
    }
    long now = clock.exact();
    int live = 0;
    for (Partition partition : partitions) {
      if (partition.isLive(now)) {
        live++;
      }
    }
    return live;
  }

  long lastSequence() {
    return sequence.get();
  }

  long nextSequence() {
    return sequence.incrementAndGet();
  }

  void awaitFirstProofs(Duration patience) {
    try {
      firstProofs.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      return; // memory is passed over until they come
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Tells whether what Redis has can be tested against all that was invalidated otherwise. */
  boolean controlIsLive() {
    return clock.exact() - controlUntil < 0;
  }

  /**
   * Tells whether an entry from Redis is condemned by what was invalidated otherwise than by key.
   */
  boolean condemns(String fullKey, BanMark mark, List<String> tags) {
    String cache = cacheOf(fullKey);
    String key = keyOf(fullKey);
    RedisStore store = redis;
    if (store != null && bans.isForeign(mark.sequence()) && isNewest(store, mark.sequence())) {
      // This node has not heard yet that the log began anew, and the entry is younger than all in
      // it.
      return bans.condemnsHere(mark, cache, key, tags);
    }
    return bans.condemns(mark, cache, key, tags);
  }

  /**
   * Tells whether a sequence is the control log's newest. Asks Redis, except where the answer was
   * another one a moment ago: what is left in Redis from before the log began anew is read key by
   * key, and is not worth a round trip each.
   */
  private boolean isNewest(RedisStore store, long sequence) {
    long now = clock.exact();
    ControlAsked last = controlAsked;
    if (last != null && now - last.at < ASKED_FOR && last.sequence != sequence) {
      return false;
    }
    long newest = store.controlSequence();
    controlAsked = new ControlAsked(newest, now);
    return newest == sequence;
  }

  /** Invalidates otherwise than by key; see {@link Bans}. */
  Invalidation control(Control control) {
    requireOpen();
    RedisStore store = redis;
    Reach reach = Reach.THIS_NODE;
    if (store == null) {
      bans.here(ban(control), false);
    } else {
      int generation = bans.generation();
      long seq = store.control(control);
      reach = seq < 0 ? Reach.THIS_NODE : Reach.REDIS;
      if (seq > 0) {
        bans.own(generation, seq, ban(control));
      } else {
        hereOnly(control, seq == 0);
      }
    }
    banned();
    tell(control, Origin.LOCAL);
    return new Invalidation(0, reach);
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
  public void controlled(long seq, Control control, boolean own) {
    bans.applied(seq, ban(control));
    if (!own) { // an own one was applied in full when Redis answered it
      banned();
      tell(control, Origin.REMOTE);
    }
  }

  @Override
  public void replayed(int generation, long seq, Control control) {
    if (seq > 0) {
      bans.own(generation, seq, ban(control));
    } else {
      hereOnly(control, true);
    }
    banned();
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

  private void hereOnly(Control control, boolean committed) {
    if (committed) {
      uncertainSince = clock.exact();
    }
    bans.here(ban(control), committed);
  }

  @Override
  public int generation() {
    return bans.generation();
  }

  @Override
  public void controlReset() {
    bans.forget();
    prove(partitions.length, clock.exact());
    banned();
    waiters.wakeAll();
  }

  @Override
  public void controlKnownAfter(long seq) {
    bans.knownAfter(seq);
    banned();
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
    prove(partition, nanos);
    if (partition == partitions.length
        && bans.isUncertain()
        && nanos - maxStalenessNanos - uncertainSince >= 0) {
      bans.certain(); // all that was committed before that moment was applied
    }
    if (!proven[partition]) {
      proven[partition] = true;
      if (--unproven == 0) {
        firstProofs.complete(null);
      }
    }
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

  /** Notes how long a log is believed: a partition, no longer than the control log. */
  private void prove(int log, long nanos) {
    provenUntil[log] = nanos;
    int control = partitions.length;
    if (log == control) {
      controlUntil = nanos;
      for (int p = 0; p < control; p++) {
        partitions[p].liveUntil(sooner(provenUntil[p], nanos));
      }
    } else {
      partitions[log].liveUntil(sooner(nanos, provenUntil[control]));
    }
  }

  private static long sooner(long a, long b) {
    return a - b < 0 ? a : b;
  }

  /** Has all entries tested anew, and reads that begin now begin loads of their own. */
  private void banned() {
    for (Partition partition : partitions) {
      partition.banned();
    }
    flights.forgetAll();
  }

  private static Ban ban(Control control) {
    List<String> arguments = control.arguments();
    return switch (control.kind()) {
      case TAGS -> new Ban.Tagged(Set.copyOf(arguments));
      case MATCHING -> new Ban.Matching(arguments.get(0), Glob.of(arguments.get(1)));
      case WHOLE -> new Ban.Whole(arguments.get(0));
    };
  }

  private void tell(Control control, Origin origin) {
    boolean all = control.kind() == Control.Kind.TAGS;
    for (LayeredCache<?, ?> cache : caches.values()) {
      if (all || cache.name().equals(control.arguments().get(0))) {
        Counters counters = cache.counters();
        (origin == Origin.LOCAL ? counters.localInvalidations : counters.remoteInvalidations)
            .increment();
        listeners.invalidated(cache.name(), origin, 0);
      }
    }
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

  private static String cacheOf(String fullKey) {
    return fullKey.substring(0, Math.max(0, fullKey.indexOf(':')));
  }

  private static String keyOf(String fullKey) {
    return fullKey.substring(fullKey.indexOf(':') + 1);
  }

  /** The control log's sequence at a moment. */
  private record ControlAsked(long sequence, long at) {}
}
