package io.spinforge.benchmarks.sim.cache;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.spinforge.cache.Cached;
import io.spinforge.cache.Health;
import io.spinforge.cache.Invalidation;
import io.spinforge.cache.LoadFailedException;
import io.spinforge.cache.LoadTimeoutException;
import io.spinforge.cache.Reach;
import io.spinforge.cache.Source;
import io.spinforge.cache.State;
import io.spinforge.cache.WhenDetached;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One seeded schedule: nodes with clocks up to an hour apart read, put and invalidate a few keys
 * while messages are late, connections are cut or held up, nodes pause or die, and Redis is
 * flushed, restarted empty or fails over and forgets its last moments; in some it is a Cluster, and
 * one of its masters is away for a while. At every read the oracle is asked; in the end all is
 * healed and every node must have the newest values.
 */
final class Schedule {
  private static final List<String> KEYS = List.of("a", "b", "c", "d");
  private static final List<String> GLOBS = List.of("*", "a", "?", "[ab]", "*b", "c*");
  private static final long START = MILLISECONDS.toNanos(200);
  private static final long OPERATIONS_END = MILLISECONDS.toNanos(2500);
  private static final long QUIET = MILLISECONDS.toNanos(3500);
  private static final long LAST_READS = MILLISECONDS.toNanos(500);
  private static final Duration MAX_STALENESS = Duration.ofMillis(700);
  private static final Duration LONG_ENOUGH = MAX_STALENESS.plusMillis(20);

  private final SplittableRandom random;
  private final VirtualTime time;
  private final Oracle oracle;
  private final ObservedRedis redis;
  private final List<SimulatedPeer> peers = new ArrayList<>();
  private final Tally tally;
  private final List<String> fullKeys;
  private final long latency;
  private final boolean calm;
  private final boolean failsOver;
  private final boolean holds;
  private final long bound;
  private final SimulatedSource source;
  private final Policy policy;
  private int lastReads;

  Schedule(long seed, VirtualTime.Crew crew, Tally tally, @Nullable Mutant mutant) {
    this.random = new SplittableRandom(seed);
    this.time = new VirtualTime(crew);
    this.tally = tally;
    int nodes = 2 + random.nextInt(2);
    this.calm = random.nextInt(6) == 0;
    this.failsOver = random.nextInt(5) == 0;
    this.latency = MILLISECONDS.toNanos(1 + random.nextInt(calm ? 2 : 8));
    this.bound = calm ? 8 * latency : MAX_STALENESS.toNanos();
    this.oracle = new Oracle(time::mark, time::now, nodes);
    this.fullKeys = KEYS.stream().map(Schedule::full).toList();
    this.redis = new ObservedRedis(time, oracle, fullKeys, mutant);
    boolean trimmed = random.nextInt(4) == 0;
    if (trimmed) {
      redis.keepRecords(1 + random.nextInt(4));
    }
    if (random.nextInt(4) == 0) {
      redis.masters.divide(2 + random.nextInt(2));
    }
    this.holds = random.nextInt(3) != 0;
    this.source = new SimulatedSource(time, oracle, random.split(), latency);
    this.policy = Policy.of(random);
    SimulatedPeer.Settings settings =
        new SimulatedPeer.Settings(
            1 + random.nextInt(3),
            Duration.ofMillis(40 + random.nextInt(200)),
            MAX_STALENESS,
            Duration.ofMillis(100 + random.nextInt(900)),
            random.nextInt(4) == 0 ? 1 : 100,
            random.nextInt(8) == 0 ? WhenDetached.SERVE_STALE : WhenDetached.LOAD,
            policy,
            source::loadAll);
    for (int i = 0; i < nodes; i++) {
      SimulatedPeer peer = new SimulatedPeer(i, time, redis, random.split(), latency, mutant);
      peers.add(peer);
      time.start(peer, 0, () -> peer.open(settings));
    }
  }

  /** Plays the schedule; throws what the oracle or the nodes have to complain of. */
  void run() {
    try {
      time.run(START);
      plan();
      time.run(START + OPERATIONS_END + QUIET);
      askAll();
      time.run(START + OPERATIONS_END + QUIET + LAST_READS);
      if (lastReads > 0) {
        throw new AssertionError(lastReads + " reads do not end though all is healed");
      }
    } finally {
      time.kill();
    }
    tally.played(time.hash());
  }

  private void plan() {
    int moments = 2 + random.nextInt(4);
    for (int i = 0; i < moments; i++) {
      long at = random.nextLong(OPERATIONS_END);
      for (int n = 3 + random.nextInt(12); n > 0; n--) {
        long delay = at + random.nextLong(10 * latency);
        SimulatedPeer peer = anyone();
        time.start(peer, delay, operation(peer));
      }
      if (!calm && random.nextInt(3) != 0) {
        long offset = at + random.nextLong(-20 * latency, 20 * latency);
        time.post(null, Math.max(0, offset), this::fault);
      }
    }
    for (int n = random.nextInt(10); n > 0; n--) {
      SimulatedPeer peer = anyone();
      time.start(peer, random.nextLong(OPERATIONS_END), () -> get(peer, key(), false));
    }
  }

  private Runnable operation(SimulatedPeer peer) {
    String key = key();
    int kind = random.nextInt(failsOver ? 27 : 23);
    if (kind < 4 && policy.bulk()) {
      List<String> some = KEYS.subList(random.nextInt(2), 2 + random.nextInt(3));
      return () -> getAll(peer, some);
    }
    if (kind < 13) {
      return () -> get(peer, key, kind == 4);
    }
    if (kind < 14) {
      return () -> peek(peer, key);
    }
    if (kind == 17 && holds) {
      return () -> hold(peer, key);
    }
    if (kind < 18) {
      return () -> invalidate(peer, kind == 14 ? KEYS : List.of(key));
    }
    if (kind < 20) {
      return () -> put(peer, key);
    }
    int what = random.nextInt(8);
    if (what < 5) {
      String tag = SimulatedSource.TAGS.get(random.nextInt(SimulatedSource.TAGS.size()));
      return () -> control(peer, 'T', List.of(what == 0 ? "*" : tag));
    }
    String glob = what < 7 ? GLOBS.get(random.nextInt(GLOBS.size())) : "";
    return () -> control(peer, glob.isEmpty() ? 'A' : 'G', List.of("row", glob));
  }

  private void control(SimulatedPeer peer, char operation, List<String> arguments) {
    List<String> subjects = Subjects.of(operation, arguments, fullKeys);
    subjects.forEach(oracle::changes);
    long mark = time.mark();
    Invalidation invalidation =
        switch (operation) {
          case 'T' -> peer.manager().invalidateTags(arguments);
          case 'G' -> peer.cache().invalidateMatching(arguments.get(1));
          default -> peer.cache().clear();
        };
    subjects.forEach(subject -> oracle.floor(peer.index, subject, mark));
    time.trace("node %d has invalidated %s %s", peer.index, operation, arguments);
    await(invalidation, subjects, mark);
  }

  private void get(SimulatedPeer peer, String key, boolean async) {
    Oracle.Read read = begin(peer, key, bound);
    try {
      judge(
          read,
          async
              ? peer.cache().getAsync(key).toCompletableFuture().get()
              : peer.cache().get(key, load -> source.load(full(key), load)));
    } catch (LoadFailedException e) {
      excuse(e);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof LoadFailedException failed)) {
        throw new IllegalStateException(e);
      }
      excuse(failed);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void getAll(SimulatedPeer peer, List<String> keys) {
    Map<String, Oracle.Read> reads = new LinkedHashMap<>();
    keys.forEach(key -> reads.put(key, begin(peer, key, bound)));
    try {
      Map<String, Cached<String>> all = peer.cache().getAll(keys);
      if (!all.keySet().equals(reads.keySet())) {
        throw new AssertionError("asked for " + reads.keySet() + ", got " + all.keySet());
      }
      reads.forEach((key, read) -> judge(read, requireNonNull(all.get(key), key)));
      tally.bulk();
    } catch (LoadFailedException e) {
      excuse(e);
    }
  }

  /** Lets a read fail if its loader did, or took longer than its limit. */
  private void excuse(LoadFailedException e) {
    Throwable cause = e.getCause();
    boolean late = e instanceof LoadTimeoutException || cause instanceof LoadTimeoutException;
    if (!(cause instanceof SimulatedSource.Unlucky) && !(late && policy.isLimited())) {
      throw e;
    }
  }

  private void peek(SimulatedPeer peer, String key) {
    Oracle.Read read = begin(peer, key, bound);
    peer.cache().peek(key).ifPresent(cached -> judge(read, cached));
  }

  private void judge(Oracle.Read read, Cached<String> cached) {
    tally.count(cached.source());
    time.note(cached.toString().hashCode());
    time.trace("%s: %s", read, cached);
    String value = cached.value();
    if (value == null || cached.state() == State.STALE_PARTITIONED) {
      return; // the host would rather have it than none
    }
    if (cached.state() != State.FRESH) {
      tally.stale();
    }
    read.check(value, cached.source() == Source.FRESH, cached.source() + " " + cached.state());
    // A reader may wait long for what was read for it.
    long slack = time.now() - read.beganAt() + policy.slack();
    if (cached.source() != Source.FRESH
        && oracle.age(value) > policy.life(cached.state()) + slack) {
      throw new AssertionError(read + ": " + cached + " is older than " + policy + " allows");
    }
  }

  private void invalidate(SimulatedPeer peer, List<String> keys) {
    keys.forEach(key -> oracle.changes(full(key)));
    long mark = time.mark();
    Invalidation invalidation =
        keys.size() == 1 ? peer.cache().invalidate(keys.get(0)) : peer.cache().invalidateAll(keys);
    keys.forEach(key -> oracle.floor(peer.index, full(key), mark));
    time.trace("node %d has invalidated %s", peer.index, keys);
    await(invalidation, keys.stream().map(Schedule::full).toList(), mark);
  }

  private void put(SimulatedPeer peer, String key) {
    oracle.changes(full(key));
    long mark = time.mark();
    String value = oracle.value(List.of());
    peer.cache().put(key, value);
    oracle.hasPut(value);
    oracle.floor(peer.index, full(key), mark);
    time.trace("node %d has put %s", peer.index, key);
  }

  private void fault() {
    SimulatedPeer peer = anyone();
    long nanos = MILLISECONDS.toNanos(random.nextInt(4) == 0 ? 1500 : 1 + random.nextInt(400));
    int kind =
        failsOver && random.nextBoolean()
            ? 10
            : random.nextInt(redis.masters.count() > 1 ? 16 : 12);
    time.trace("fault %d at node %d for %d ms", kind, peer.index, nanos / 1_000_000);
    switch (kind) {
      case 0, 1 -> peer.network.cut(nanos);
      case 2, 3 -> peer.network.cutLogs(nanos);
      case 4 -> peer.network.breakAll(random.nextBoolean());
      case 5, 6 -> peer.network.hold(nanos);
      case 7 -> peer.pausedUntil = Math.max(peer.pausedUntil, time.now() + nanos);
      case 8 -> redis.flush();
      case 9 -> restart(nanos / 4);
      case 10 -> failOver();
      case 12, 13, 14, 15 -> leave(random.nextInt(redis.masters.count()), nanos);
      default -> die(peer);
    }
  }

  private void restart(long nanos) {
    redis.flush();
    redis.restarted();
    peers.forEach(peer -> peer.network.cut(nanos));
  }

  /** Takes one master of a Cluster away. */
  private void leave(int master, long nanos) {
    redis.masters.leave(master, nanos);
    peers.forEach(peer -> peer.network.breakLogs(master));
  }

  private void failOver() {
    Runnable replica = redis.replica();
    long mark = time.mark();
    time.post(
        null,
        random.nextLong(10 * latency),
        () -> {
          replica.run();
          redis.forgetHolds();
          redis.restarted();
          redis.skew(random.nextLong(-3_600_000_000L, 3_600_000_000L));
          oracle.lost(mark);
          long away = random.nextLong(20 * latency);
          peers.forEach(peer -> peer.network.cut(away));
        });
  }

  private void die(SimulatedPeer peer) {
    if (peers.stream().filter(p -> !p.dead).count() > 1) {
      peer.dead = true;
      peer.network.breakAll(false);
      peer.pausedUntil = Long.MAX_VALUE;
    }
  }

  /** Asks every node for every key, when nothing is wrong any more. */
  private void askAll() {
    for (SimulatedPeer peer : peers) {
      if (peer.dead) {
        continue;
      }
      for (String key : KEYS) {
        lastReads++;
        time.start(peer, 0, () -> askAtLast(peer, key));
      }
    }
  }

  private void askAtLast(SimulatedPeer peer, String key) {
    Oracle.Read read = begin(peer, key, 0);
    try {
      Cached<String> cached = peer.cache().get(key, load -> oracle.value(List.of()));
      if (cached.state() != State.FRESH && !policy.mayBeStale(cached.state())) {
        throw new AssertionError(cached + " though all is healed");
      }
      judge(read, cached);
    } catch (LoadFailedException e) {
      excuse(e); // round trips take longer than its limit
    }
    lastReads--;
  }

  private Oracle.Read begin(SimulatedPeer peer, String key, long within) {
    boolean live = peer.manager().health().state() == Health.State.LIVE;
    return oracle.begin(peer.index, full(key), within, live);
  }

  /** Waits, now and then, until all nodes have applied an invalidation. */
  private void await(Invalidation invalidation, List<String> subjects, long mark) {
    if (random.nextInt(3) != 0) {
      return;
    }
    Duration patience = Duration.ofMillis(1 + random.nextInt(900));
    boolean all = invalidation.await(Reach.ALL_NODES, patience);
    if (all) {
      tally.awaited();
    }
    time.trace("%s is %severywhere", invalidation, all ? "" : "not ");
    if (all) {
      subjects.forEach(subject -> oracle.everywhere(subject, mark));
    } else if (invalidation.reach() == Reach.REDIS && patience.compareTo(LONG_ENOUGH) > 0) {
      throw new AssertionError(invalidation + " is not everywhere after " + patience);
    }
  }

  private void hold(SimulatedPeer peer, String key) {
    long millis = 5 + random.nextLong(250);
    long mark = time.mark();
    time.post(
        null,
        random.nextLong(MILLISECONDS.toNanos(millis)),
        () -> oracle.changesWhileHeld(full(key)));
    peer.cache().holdFor(Duration.ofMillis(millis), key);
    oracle.floor(peer.index, full(key), mark);
    time.trace("node %d has held %s for %d ms", peer.index, key, millis);
  }

  private SimulatedPeer anyone() {
    return peers.get(random.nextInt(peers.size()));
  }

  private String key() {
    return KEYS.get(random.nextInt(random.nextBoolean() ? 1 : KEYS.size()));
  }

  static String full(String key) {
    return "row:" + key;
  }
}
