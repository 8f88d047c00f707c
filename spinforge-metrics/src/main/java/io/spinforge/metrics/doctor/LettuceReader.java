package io.spinforge.metrics.doctor;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisServerAsyncCommands;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.resource.Delay;
import io.spinforge.metrics.doctor.Examination.Answer;
import io.spinforge.metrics.doctor.RedisFacts.Answers;
import io.spinforge.metrics.doctor.RedisFacts.Neighbour;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Asks Redis servers through a Lettuce client, over a connection of its own, which it closes. The
 * one class here that needs Lettuce. Sends INFO, CONFIG GET and CLIENT INFO, nothing else.
 */
final class LettuceReader {
  private final Neighbour here;
  private final long patienceNanos;

  /**
   * Creates a reader.
   *
   * @param here this machine, which a server may share
   * @param patience how long each answer is waited for
   */
  LettuceReader(Neighbour here, Duration patience) {
    this.here = here;
    this.patienceNanos = patience.toNanos();
  }

  static boolean accepts(Object client) {
    return client instanceof RedisClient || client instanceof RedisClusterClient;
  }

  /** Reads each server of the client: one, or all nodes of a cluster. */
  List<Answer> servers(Object client) throws Exception {
    List<Answer> all = new ArrayList<>();
    if (client instanceof RedisClient single) {
      try (StatefulRedisConnection<String, String> connection = single.connect()) {
        all.add(timeout(client, connection));
        all.add(new Answer(Family.REDIS, RedisFacts.of(ask("redis", connection.async()), here)));
      }
    } else if (client instanceof RedisClusterClient cluster) {
      try (StatefulRedisClusterConnection<String, String> connection = cluster.connect()) {
        all.add(timeout(client, connection));
        for (RedisClusterNode node : connection.getPartitions()) {
          String name = node.getUri().getHost() + ":" + node.getUri().getPort();
          all.add(new Answer(Family.REDIS, server(name, connection, node.getNodeId())));
        }
      }
    }
    return all;
  }

  /** Returns the command timeout, which only a connection knows. */
  private static Answer timeout(Object client, StatefulConnection<String, String> connection) {
    Facts facts = new Facts(client.getClass().getSimpleName());
    return new Answer(
        Family.CLIENTS, facts.put("timeout", connection.getTimeout().toMillis() / 1e3));
  }

  private Facts server(
      String name, StatefulRedisClusterConnection<String, String> cluster, String node)
      throws InterruptedException {
    try {
      StatefulRedisConnection<String, String> connection =
          cluster.getConnectionAsync(node).get(patienceNanos, TimeUnit.NANOSECONDS);
      return RedisFacts.of(ask(name, connection.async()), here);
    } catch (ExecutionException | TimeoutException e) {
      return new Facts(name).unreadable("connection", Servers.reason(e));
    }
  }

  private Answers ask(String name, RedisServerAsyncCommands<String, String> commands)
      throws InterruptedException {
    // All at once: one round trip.
    RedisFuture<String> info = commands.info();
    RedisFuture<String> self = commands.clientInfo();
    List<RedisFuture<Map<String, String>>> asked = new ArrayList<>();
    for (String key : RedisFacts.KEYS) {
      asked.add(commands.configGet(key));
    }
    Map<String, String> refused = new LinkedHashMap<>();
    String text = answer("INFO", info, refused);
    // Older servers do not know it; nothing is lost but the neighbourhood.
    String own = answer("CLIENT INFO", self, new LinkedHashMap<>());
    Map<String, String> config = new LinkedHashMap<>();
    for (RedisFuture<Map<String, String>> future : asked) {
      Map<String, String> values = answer("CONFIG GET", future, refused);
      if (values != null) {
        config.putAll(values);
      }
    }
    return new Answers(name, text, config, own, refused);
  }

  private <T> @Nullable T answer(String command, RedisFuture<T> future, Map<String, String> refused)
      throws InterruptedException {
    try {
      return future.get(patienceNanos, TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      refused.putIfAbsent(command, Servers.reason(e));
      return null;
    }
  }

  /** Reads the client itself. */
  static Facts client(Object client) {
    AbstractRedisClient lettuce = (AbstractRedisClient) client;
    Facts facts = new Facts(client.getClass().getSimpleName());
    ClientOptions options = lettuce.getOptions();
    SocketOptions socket = options.getSocketOptions();
    facts.put("timeout.commands", options.getTimeoutOptions().isTimeoutCommands());
    facts.put("connect", socket.getConnectTimeout().toMillis() / 1e3);
    facts.put("queue", options.getRequestQueueSize());
    facts.put(
        "queue.disconnected",
        options.getDisconnectedBehavior() == ClientOptions.DisconnectedBehavior.REJECT_COMMANDS
            ? "reject"
            : "keep");
    facts.put("reconnect", options.isAutoReconnect());
    facts.put("keepalive", socket.isKeepAlive());
    facts.put("nodelay", socket.isTcpNoDelay());
    facts.put("user.timeout", socket.isEnableTcpUserTimeout());
    facts.put("ping", options.isPingBeforeActivateConnection());
    Delay delay = lettuce.getResources().reconnectDelay();
    facts.put("reconnect.delay", delay.createDelay(100).toMillis() / 1e3);
    facts.put("io.threads", lettuce.getResources().ioThreadPoolSize());
    facts.put("computation.threads", lettuce.getResources().computationThreadPoolSize());
    if (options instanceof ClusterClientOptions cluster) {
      var refresh = cluster.getTopologyRefreshOptions();
      facts.put("redirects", cluster.getMaxRedirects());
      facts.put("refresh.periodic", refresh.isPeriodicRefreshEnabled());
      facts.put("refresh.adaptive", !refresh.getAdaptiveRefreshTriggers().isEmpty());
    }
    return facts;
  }
}
