package io.spinforge.benchmarks.peers;

import java.util.function.UnaryOperator;
import org.redisson.api.options.LocalCachedMapOptions.ReconnectionStrategy;

/** A two-level cache over memory and Redis: nodes of one name share what lies in Redis. */
public interface Contender {

  /** Returns ours. */
  static Contender spinForge() {
    return new SpinForgeContender();
  }

  /** Returns JetCache, which tells other nodes through pub/sub. */
  static Contender jetCache() {
    return new JetCacheContender();
  }

  /** Returns Redisson's local cached map, which tells other nodes through pub/sub. */
  static Contender redisson(ReconnectionStrategy reconnection) {
    return new RedissonContender(reconnection);
  }

  /** Returns Caffeine with an expiry, each node for itself. */
  static Contender caffeine() {
    return new CaffeineAlone();
  }

  /** Returns what the table calls it. */
  String title();

  /**
   * Returns a new node that reaches Redis at a port of the loopback and loads from {@code source}.
   */
  Node node(int port, UnaryOperator<String> source);

  /** One instance of a service, as far as its cache goes. */
  interface Node extends AutoCloseable {

    /** Returns the value from memory, else from Redis, else from the source. */
    String get(String key);

    /** Invalidates a key everywhere; it is the source that has changed. */
    void invalidate(String key);

    @Override
    void close();
  }
}
