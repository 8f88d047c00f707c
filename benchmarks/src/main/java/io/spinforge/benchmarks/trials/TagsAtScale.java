package io.spinforge.benchmarks.trials;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.api.StatefulRedisConnection;
import io.spinforge.cache.CacheListener;
import io.spinforge.cache.CacheManager;
import io.spinforge.cache.Health;
import io.spinforge.cache.Invalidation;
import io.spinforge.cache.LayeredCache;
import io.spinforge.cache.Origin;
import io.spinforge.cache.Reach;
import io.spinforge.cache.RedisLayer;
import io.spinforge.testkit.RedisServer;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Fills a Redis with tagged entries: what lies there beside them. Then invalidates by tag, pattern
 * and clear: how long a call takes, when another node has heard of it, and what another client's
 * PING takes meanwhile. Last, as many different tags as are kept: what that costs in memory, and a
 * node that starts then.
 *
 * <pre>
 * java -cp benchmarks/target/benchmarks.jar \
 *     io.spinforge.benchmarks.trials.TagsAtScale [entries, default 1000000] [calls of each, 1000]
 * </pre>
 */
public final class TagsAtScale implements AutoCloseable {
  private static final int AT_ONCE = 1000;
  private static final int TAGS_KEPT = 100_000;

  private final RedisServer redis = RedisServer.start();
  private final RedisClient client = RedisClient.create(Instance.uri(redis.port()));
  private final StatefulRedisConnection<String, String> admin = client.connect();
  private final LinkedBlockingQueue<Long> heard = new LinkedBlockingQueue<>();
  private final CacheManager near = manager(null);
  private final CacheManager far = manager(new Hearing());
  private final LayeredCache<String, String> cache = cache(near);

  private interface Deed {
    void run() throws InterruptedException;
  }

  private TagsAtScale() {
    cache(far);
  }

  /**
   * What was seen.
   *
   * @param keysBeside keys in Redis that are no entries, in all
   * @param bytesBeside what these take
   * @param call the 99th percentile of a call, in µs
   * @param everywhere the longest from a call's begin until the other node had applied it, in µs
   * @param ping the longest PING of another client, in µs
   * @param pingAlone the longest PING in as long a time in which nothing else happens, in µs: the
   *     machine's part of it
   * @param command the longest command in Redis, in µs
   * @param awaited the median of an invalidation that is awaited on all nodes, in µs
   */
  record Seen(
      long entries,
      long keysBeside,
      long bytesBeside,
      long call,
      long everywhere,
      long ping,
      long pingAlone,
      long command,
      long awaited) {
    boolean isKept() {
      return keysBeside < 60 && call < 1000 && everywhere <= 20_000 && ping <= 5000;
    }
  }

  /** Runs the trial; exits with 1 if a goal was missed. */
  public static void main(String[] args) throws InterruptedException {
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off");
    int entries = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
    int calls = args.length > 1 ? Integer.parseInt(args[1]) : 1000;
    try (TagsAtScale trial = new TagsAtScale()) {
      Seen seen = trial.run(entries, calls);
      System.out.printf(
          "%,d tagged entries; beside them %d keys of %,d bytes, whatever the number of entries%n",
          seen.entries, seen.keysBeside, seen.bytesBeside);
      System.out.printf(
          "a call, 99th percentile: %,d us; heard elsewhere after at most %,d us; another client's"
              + " PING at most %,d us (without any call %,d us); the longest command in Redis %,d"
              + " us; awaited on all nodes, median: %,d us%n",
          seen.call, seen.everywhere, seen.ping, seen.pingAlone, seen.command, seen.awaited);
      trial.costOfTags();
      System.exit(seen.isKept() ? 0 : 1);
    }
  }

  static Seen see(int entries, int calls) throws InterruptedException {
    try (TagsAtScale trial = new TagsAtScale()) {
      return trial.run(entries, calls);
    }
  }

  private Seen run(int entries, int calls) throws InterruptedException {
    Patience.until("both are live", () -> isLive(near) && isLive(far));
    fill(entries);
    Patience.until("lost leases have ended", () -> keysWith("}:l:") == 0);
    long[] beside = beside();
    int warm = calls / 5;
    pingsDuring(() -> invalidate(warm, new long[warm], new long[warm]));
    admin.sync().configSet("slowlog-log-slower-than", "0");
    admin.sync().configSet("slowlog-max-len", Integer.toString(20 * calls));
    admin.sync().slowlogReset();
    long[] took = new long[3 * calls];
    long[] late = new long[3 * calls];
    long began = System.nanoTime();
    long ping = pingsDuring(() -> invalidate(3 * calls, took, late));
    Duration duration = Duration.ofNanos(since(began));
    long command = longestCommand(20 * calls);
    long pingAlone = pingsDuring(() -> Patience.pause(duration));
    long[] awaited = new long[50];
    for (int i = 0; i < awaited.length; i++) {
      long asked = System.nanoTime();
      Invalidation done = near.invalidateTag("awaited");
      if (!done.await(Reach.ALL_NODES, Duration.ofSeconds(10))) {
        throw new IllegalStateException("not everywhere within 10 s");
      }
      awaited[i] = since(asked);
    }
    Arrays.sort(took);
    Arrays.sort(late);
    Arrays.sort(awaited);
    return new Seen(
        entries,
        beside[0],
        beside[1],
        micros(took[took.length * 99 / 100]),
        micros(late[late.length - 1]),
        micros(ping),
        micros(pingAlone),
        command,
        micros(awaited[awaited.length / 2]));
  }

  private void fill(int entries) {
    for (int i = 0; i < entries; i += AT_ONCE) {
      cache.getAll(
          IntStream.range(i, Math.min(entries, i + AT_ONCE)).mapToObj(n -> "key:" + n).toList());
    }
  }

  private void invalidate(int calls, long[] took, long[] late) throws InterruptedException {
    for (int i = 0; i < calls; i++) {
      long began = System.nanoTime();
      switch (i % 3) {
        case 0 -> near.invalidateTag("tag:" + i % 100);
        case 1 -> cache.invalidateMatching("key:" + i % 100 + "*");
        default -> cache.clear();
      }
      took[i] = System.nanoTime() - began;
      Long at = heard.poll(10, TimeUnit.SECONDS);
      if (at == null) {
        throw new IllegalStateException("the other node does not hear");
      }
      late[i] = at - began;
    }
  }

  /** Does something while another client pings, and returns the longest PING in nanoseconds. */
  private long pingsDuring(Deed deed) throws InterruptedException {
    AtomicBoolean ended = new AtomicBoolean();
    AtomicLong longest = new AtomicLong();
    Thread pings = new Thread(() -> ping(ended, longest), "trial-ping");
    pings.setDaemon(true);
    pings.start();
    deed.run();
    ended.set(true);
    pings.join();
    return longest.get();
  }

  private void ping(AtomicBoolean ended, AtomicLong longest) {
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      connection.sync().ping();
      while (!ended.get()) {
        long began = System.nanoTime();
        connection.sync().ping();
        longest.accumulateAndGet(System.nanoTime() - began, Math::max);
        Patience.pause(Duration.ofMillis(1));
      }
    }
  }

  /** Returns what the longest command took in Redis, in µs. */
  private long longestCommand(int most) {
    return admin.sync().slowlogGet(most).stream()
        .mapToLong(command -> (long) ((List<?>) command).get(2))
        .max()
        .orElse(0);
  }

  private long keysWith(String part) {
    return ScanIterator.scan(admin.sync(), ScanArgs.Builder.limit(10_000)).stream()
        .filter(key -> key.contains(part))
        .count();
  }

  /** Returns how many keys are no entries, and what they take. */
  private long[] beside() {
    long[] beside = new long[2];
    ScanIterator.scan(admin.sync(), ScanArgs.Builder.limit(10_000))
        .forEachRemaining(
            key -> {
              if (!key.contains("}:v:")) {
                beside[0]++;
                beside[1] += admin.sync().memoryUsage(key);
              }
            });
    return beside;
  }

  private void costOfTags() {
    long before = used();
    for (int i = 0; i < TAGS_KEPT; i++) {
      near.invalidateTag("a tag of a usual length " + i);
    }
    Patience.until("both have heard", () -> lag() == 0);
    heard.clear();
    long heap = used() - before;
    System.out.printf(
        "%,d tags kept: about %,d bytes of heap each and node, %,d in Redis%n",
        TAGS_KEPT,
        heap / 2 / TAGS_KEPT, // both nodes are in this process
        admin.sync().memoryUsage("{sf:scale}:ctl") / TAGS_KEPT);
    long began = System.nanoTime();
    try (CacheManager late = manager(null)) {
      Patience.until("it is live", () -> isLive(late), Duration.ofMillis(1));
      System.out.printf("a node that starts then is live after %,d us%n", micros(since(began)));
    }
  }

  private long lag() {
    long nearRecords = near.stats().redis().orElseThrow().logRecords();
    return nearRecords - far.stats().redis().orElseThrow().logRecords();
  }

  private static long used() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static long since(long began) {
    return System.nanoTime() - began;
  }

  private static long micros(long nanos) {
    return TimeUnit.NANOSECONDS.toMicros(nanos);
  }

  private static boolean isLive(CacheManager manager) {
    return manager.health().state() == Health.State.LIVE;
  }

  private CacheManager manager(@Nullable CacheListener listener) {
    CacheManager.Builder builder =
        CacheManager.builder()
            .name("scale")
            .memory(m -> m.maximumEntries(1000))
            .redis(RedisLayer.of(client).reclaimPerSecond(0)) // that would be measured too
            .defaults(p -> p.freshFor(Duration.ofHours(1)));
    return (listener == null ? builder : builder.listener(listener)).build();
  }

  private static LayeredCache<String, String> cache(CacheManager manager) {
    return manager
        .cache("item", String.class)
        .key((String key) -> key)
        .bulkLoaderWith(
            (keys, loads) -> {
              Map<String, String> values = new LinkedHashMap<>();
              for (String key : keys) {
                int n = Integer.parseInt(key.substring(4));
                loads.of(key).tag("tag:" + n % 100, "group:" + n);
                values.put(key, "value of " + key);
              }
              return values;
            })
        .build();
  }

  @Override
  public void close() {
    far.close();
    near.close();
    admin.close();
    client.shutdown();
    redis.close();
  }

  /** Notes when the other node has applied what this one invalidated. */
  private final class Hearing implements CacheListener {
    @Override
    public void onInvalidation(String cache, Origin origin, int keys) {
      if (origin == Origin.REMOTE) {
        heard.add(System.nanoTime());
      }
    }
  }
}
