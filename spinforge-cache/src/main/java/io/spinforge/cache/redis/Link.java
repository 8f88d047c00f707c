package io.spinforge.cache.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The way to one Redis, standalone, behind Sentinel or a Cluster: what the protocol needs of it and
 * no more, so that a simulation can stand in its place. Thread-safe.
 */
public interface Link {
  /** Returns the way through the host's client. */
  static Link standalone(RedisClient client) {
    return LettuceLink.standalone(client);
  }

  /** Returns the way through the host's Cluster client. */
  static Link cluster(RedisClusterClient client) {
    return LettuceLink.cluster(client);
  }

  /** Returns the way through a client of its own. */
  static Link built(RedisURI uri, Duration commandTimeout) {
    return LettuceLink.built(uri, commandTimeout);
  }

  /** Connects for commands; blocks. */
  CommandConnection connect();

  /**
   * Connects for the logs of a group, to the master that owns them, without blocking.
   *
   * @param again whether an earlier connection was lost, so that the master may be another one
   */
  CompletableFuture<? extends LogConnection> connectLog(byte[] logKey, boolean again);

  /** Returns the partitions whose logs one connection can read. */
  List<int[]> groups(int partitions);

  /** Names the master that has a key now, as far as is known: whose failures are one. */
  String masterOf(byte[] key);

  /** Closes what is not the host's. */
  void close();
}
