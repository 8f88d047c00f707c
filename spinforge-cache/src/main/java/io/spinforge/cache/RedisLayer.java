package io.spinforge.cache;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import io.spinforge.cache.redis.Link;
import io.spinforge.cache.redis.RedisSettings;
import java.time.Duration;

/**
 * The Redis layer: which Redis, and how much it may cost. Needs Redis 6.2 or newer, or Valkey. Not
 * thread-safe: it is used while a builder runs, for one manager.
 */
public final class RedisLayer {
  private static final Duration DEFAULT_COMMAND_TIMEOUT = Duration.ofMillis(250);

  private final Setting<String> prefix = new Setting<>("prefix");
  private final Setting<Integer> partitions = new Setting<>("partitions");
  private final Setting<Duration> commandTimeout = new Setting<>("commandTimeout");
  private final Setting<Duration> maxStaleness = new Setting<>("maxStaleness");
  private final Setting<Duration> leaseTimeToLive = new Setting<>("leaseTimeToLive");
  private final Setting<Integer> maximumQueued = new Setting<>("maximumQueued");
  private final Setting<WhenDetached> whenDetached = new Setting<>("whenDetached");
  private final Setting<Integer> reclaimPerSecond = new Setting<>("reclaimPerSecond");
  private final LinkSource source;
  private Duration reclaimRest = Duration.ofSeconds(5);

  private RedisLayer(LinkSource source) {
    this.source = source;
  }

  /** Uses any way to a Redis, for a simulation. */
  static RedisLayer over(Link link) {
    return new RedisLayer(timeout -> link);
  }

  /** Uses the host's client, which stays the host's: it is never closed here. */
  public static RedisLayer of(RedisClient client) {
    return new RedisLayer(timeout -> Link.standalone(client));
  }

  /** Uses the host's Cluster client, which stays the host's: it is never closed here. */
  public static RedisLayer of(RedisClusterClient client) {
    return new RedisLayer(timeout -> Link.cluster(client));
  }

  /**
   * Builds a client of its own for {@code redis://…}, {@code rediss://…} or {@code
   * redis-sentinel://…}, closed with the manager: the command timeout of this layer, a bounded
   * request queue, automatic reconnects after min(50 ms × n, 2 s).
   *
   * @throws IllegalArgumentException if it is no such address
   */
  public static RedisLayer of(String uri) {
    RedisURI parsed;
    try {
      parsed = RedisURI.create(uri);
    } catch (IllegalArgumentException e) {
      // The address may hold a password, so it is not repeated.
      IllegalArgumentException refusal =
          Rules.refusal("uri", "not readable", "redis://, rediss:// or redis-sentinel://");
      refusal.initCause(e);
      throw refusal;
    }
    return new RedisLayer(timeout -> Link.built(parsed, timeout));
  }

  /** Sets what the keys in Redis begin with, before the manager's name; default {@code sf:}. */
  public RedisLayer prefix(String prefix) {
    if (prefix.length() > 64 || prefix.indexOf('{') >= 0 || prefix.indexOf('}') >= 0) {
      throw Rules.refusal("prefix", prefix, "at most 64 characters, no { or }");
    }
    this.prefix.set(prefix);
    return this;
  }

  /**
   * Sets into how many partitions the keys are divided, 1 to 256; default 16. In a Cluster they
   * spread over the masters and each costs a connection per node. All nodes must use the same
   * number: another one than Redis has noted is an error.
   */
  public RedisLayer partitions(int partitions) {
    if (partitions < 1 || partitions > 256) {
      throw Rules.refusal("partitions", partitions, "1 to 256");
    }
    this.partitions.set(partitions);
    return this;
  }

  /** Sets how long a read or an invalidation waits for Redis, 1 ms to 60 s; default 250 ms. */
  public RedisLayer commandTimeout(Duration timeout) {
    this.commandTimeout.set(
        Rules.within("commandTimeout", timeout, Duration.ofMillis(1), Duration.ofSeconds(60)));
    return this;
  }

  /**
   * Sets for how long memory is believed without a proof from Redis that nothing was invalidated,
   * 700 ms to 1 h; default 2 s. This is the bound on staleness when the network is cut.
   */
  public RedisLayer maxStaleness(Duration bound) {
    this.maxStaleness.set(
        Rules.within("maxStaleness", bound, Duration.ofMillis(700), Duration.ofHours(1)));
    return this;
  }

  /**
   * Sets for how long one node may load a key before another one tries, 10 ms to 1 h; default 10 s.
   * A load that takes longer is handed to its caller but not cached.
   */
  public RedisLayer leaseTimeToLive(Duration timeToLive) {
    this.leaseTimeToLive.set(
        Rules.within("leaseTimeToLive", timeToLive, Duration.ofMillis(10), Duration.ofHours(1)));
    return this;
  }

  /**
   * Sets how many keys invalidated while Redis is away are remembered one by one, 1 to 10,000,000;
   * default 100,000. Beyond that whole partitions are cleared instead: nothing is forgotten.
   */
  public RedisLayer maximumQueued(int keys) {
    if (keys < 1 || keys > 10_000_000) {
      throw Rules.refusal("maximumQueued", keys, "1 to 10000000");
    }
    this.maximumQueued.set(keys);
    return this;
  }

  /**
   * Sets how many keys are looked at in a second to take entries out of Redis that were invalidated
   * by tag, pattern or clear, 0 to 1,000,000; default 10,000; 0 leaves them there until their time
   * to live ends. One node at a time does it, after such an invalidation, and then rests for at
   * least four times as long as it took: 20 times a second a SCAN and a script that reads the first
   * bytes of the entries found. Every key of the server is passed, so where most are not this
   * cache's, it is no bargain.
   */
  public RedisLayer reclaimPerSecond(int keys) {
    if (keys < 0 || keys > 1_000_000) {
      throw Rules.refusal("reclaimPerSecond", keys, "0 to 1000000");
    }
    this.reclaimPerSecond.set(keys);
    return this;
  }

  /** Sets how long the reclaiming rests at least, for tests. */
  RedisLayer reclaimRest(Duration rest) {
    this.reclaimRest = rest;
    return this;
  }

  /** Sets what reads do when Redis is away for long; default {@link WhenDetached#LOAD}. */
  public RedisLayer whenDetached(WhenDetached policy) {
    this.whenDetached.set(policy);
    return this;
  }

  boolean servesStale() {
    return whenDetached.or(WhenDetached.LOAD) == WhenDetached.SERVE_STALE;
  }

  RedisSettings settings(String manager) {
    return new RedisSettings(
        prefix.or("sf:") + manager,
        partitions.or(16),
        commandTimeout.or(DEFAULT_COMMAND_TIMEOUT),
        maxStaleness.or(Duration.ofSeconds(2)),
        leaseTimeToLive.or(Duration.ofSeconds(10)),
        maximumQueued.or(100_000),
        reclaimPerSecond.or(10_000),
        reclaimRest);
  }

  Link open() {
    return source.open(commandTimeout.or(DEFAULT_COMMAND_TIMEOUT));
  }

  /** Opens the way to Redis once the settings are complete. */
  @FunctionalInterface
  private interface LinkSource {
    Link open(Duration commandTimeout);
  }
}
