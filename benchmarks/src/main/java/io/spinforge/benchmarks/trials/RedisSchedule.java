package io.spinforge.benchmarks.trials;

import io.spinforge.cache.CacheManager;
import io.spinforge.cache.Cached;
import io.spinforge.cache.Invalidation;
import io.spinforge.cache.LayeredCache;
import io.spinforge.cache.LoadFailedException;
import io.spinforge.cache.Reach;
import io.spinforge.cache.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** One schedule on a real Redis: what happens to four keys and two tags in about a second. */
final class RedisSchedule {
  private static final int OPERATIONS_MILLIS = 500;
  private static final Map<String, Truth> TRUTHS = new ConcurrentHashMap<>(); // by prefix of a key

  private final String prefix;
  private final List<Peer> peers;
  private final SplittableRandom random;
  private final RedisSchedules.Seen seen;
  private final Truth truth = new Truth();

  RedisSchedule(int number, List<Peer> peers, SplittableRandom random, RedisSchedules.Seen seen) {
    this.prefix = "s" + number;
    this.peers = peers;
    this.random = random;
    this.seen = seen;
    TRUTHS.put(prefix, truth);
  }

  /** Makes a node's cache, whose loader is every schedule's source. */
  static Peer peer(int index, CacheManager manager) {
    LayeredCache<String, String> cache =
        manager
            .cache("row", String.class)
            .key((String key) -> key)
            .loaderWith((key, load) -> read(key, load::tag))
            .bulkLoaderWith(
                (keys, loads) -> {
                  Map<String, String> values = new HashMap<>();
                  for (String key : keys) {
                    values.put(key, read(key, loads.of(key)::tag));
                  }
                  return values;
                })
            .build();
    return new Peer(index, manager, cache);
  }

  /** Returns what happens, and when; the last reads come when the bound is over. */
  List<Step> steps() {
    List<Step> steps = new ArrayList<>();
    for (int n = 15 + random.nextInt(25); n > 0; n--) {
      Peer peer = peers.get(random.nextInt(peers.size()));
      int moment = random.nextInt(4) * 120 + random.nextInt(20); // near each other
      steps.add(new Step(moment, operation(peer)));
    }
    long last = OPERATIONS_MILLIS + RedisSchedules.MAX_STALENESS.toMillis();
    for (Peer peer : peers) {
      for (String key : keys()) {
        steps.add(new Step(last, () -> get(peer, key, false)));
      }
    }
    return steps;
  }

  private Runnable operation(Peer peer) {
    String key = keys().get(random.nextInt(random.nextBoolean() ? 1 : 4));
    int kind = random.nextInt(20);
    if (kind < 3) {
      return () -> getAll(peer, keys());
    }
    if (kind < 10) {
      return () -> get(peer, key, kind == 3);
    }
    if (kind < 14) {
      return () -> invalidate(peer, kind == 10 ? keys() : List.of(key));
    }
    if (kind < 16) {
      return () -> put(peer, key);
    }
    String tag = prefix + (random.nextBoolean() ? "t" : "u");
    if (kind < 18) {
      return () -> by(peer, List.of("#" + tag), () -> peer.manager.invalidateTag(tag));
    }
    if (kind < 19) {
      return () -> by(peer, keys(), () -> peer.cache.invalidateMatching(prefix + "-?"));
    }
    return () -> by(peer, keys(), peer.cache::clear);
  }

  private void get(Peer peer, String key, boolean async) {
    Truth.Read read = truth.begin(peer.index, key);
    try {
      judge(
          read, async ? peer.cache.getAsync(key).toCompletableFuture().get() : peer.cache.get(key));
    } catch (LoadFailedException e) {
      // bad luck, or a limit
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof LoadFailedException)) {
        throw new IllegalStateException(e);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void getAll(Peer peer, List<String> keys) {
    Map<String, Truth.Read> reads = new LinkedHashMap<>();
    keys.forEach(key -> reads.put(key, truth.begin(peer.index, key)));
    try {
      Map<String, Cached<String>> all = peer.cache.getAll(keys);
      reads.forEach((key, read) -> judge(read, Objects.requireNonNull(all.get(key), key)));
    } catch (LoadFailedException e) {
      // bad luck, or a limit
    }
  }

  private void judge(Truth.Read read, Cached<String> cached) {
    String value = cached.value();
    Duration staleness = value == null ? Duration.ZERO : read.staleness(value);
    seen.read(staleness, cached.state() != State.FRESH);
  }

  private void invalidate(Peer peer, List<String> keys) {
    by(
        peer,
        keys,
        () ->
            keys.size() == 1 ? peer.cache.invalidate(keys.get(0)) : peer.cache.invalidateAll(keys));
  }

  private void by(Peer peer, List<String> subjects, Supplier<Invalidation> call) {
    long mark = truth.mark();
    boolean inRedis = call.get().reach() == Reach.REDIS;
    subjects.forEach(subject -> truth.invalidated(peer.index, subject, mark, inRedis));
  }

  private void put(Peer peer, String key) {
    long mark = truth.mark();
    String value = truth.putting();
    peer.cache.put(key, value);
    truth.hasPut(value);
    truth.invalidated(peer.index, key, mark, true);
  }

  private List<String> keys() {
    return List.of(prefix + "-a", prefix + "-b", prefix + "-c", prefix + "-d");
  }

  /** The source: takes its time before and after it reads, gives tags, and fails now and then. */
  private static String read(String key, Consumer<String[]> tags) {
    String prefix = key.substring(0, key.indexOf('-'));
    Truth truth = Objects.requireNonNull(TRUTHS.get(prefix), prefix);
    ThreadLocalRandom chance = ThreadLocalRandom.current();
    pause(chance.nextInt(8));
    List<String> its = new ArrayList<>();
    for (String tag : List.of(prefix + "t", prefix + "u")) {
      if (chance.nextBoolean()) {
        its.add(tag);
      }
    }
    String value = truth.value(its);
    tags.accept(its.toArray(String[]::new));
    pause(chance.nextInt(25));
    if (chance.nextInt(12) == 0) {
      throw new IllegalStateException("bad luck");
    }
    return value;
  }

  private static void pause(int millis) {
    if (millis > 2) {
      Patience.pause(Duration.ofMillis(millis));
    }
  }

  /** One node. */
  record Peer(int index, CacheManager manager, LayeredCache<String, String> cache) {}

  /** Something, and how many milliseconds after the schedule's begin. */
  record Step(long millis, Runnable work) {}
}
