package io.spinforge.metrics.doctor;

import static io.spinforge.metrics.doctor.Expected.atLeast;
import static io.spinforge.metrics.doctor.Expected.atMost;
import static io.spinforge.metrics.doctor.Expected.is;
import static io.spinforge.metrics.doctor.Expected.text;
import static io.spinforge.metrics.doctor.Rule.rule;

import java.util.List;

/** A Lettuce client: what happens to commands while Redis is slow or away. */
final class Clients {
  private static final String GUIDE = "tuning guide, Redis client";
  private static final String LETTUCE = "Lettuce, client options";

  static final List<Rule> RULES =
      List.of(
          rule("clients.timeout.on", "timeout.commands")
              .warn(is("true"))
              .why("asynchronous commands wait for ever for a server that does not answer")
              .fix("ClientOptions.builder().timeoutOptions(TimeoutOptions.enabled())")
              .source(LETTUCE),
          rule("clients.timeout", "timeout")
              .in(Unit.SECONDS)
              .warn(atMost(10))
              .info(atMost(5))
              .why("a caller waits that long for a cache; its own caller has given up by then")
              .fix("RedisURI.builder().withTimeout(Duration.ofSeconds(2))")
              .source(LETTUCE),
          rule("clients.connect", "connect")
              .in(Unit.SECONDS)
              .info(atMost(5))
              .why("a host that is gone does not refuse, it is silent")
              .fix("SocketOptions.builder().connectTimeout(Duration.ofSeconds(2))")
              .source(LETTUCE),
          rule("clients.queue", "queue")
              .when(f -> f.is("queue.disconnected", "keep"))
              .warn(atMost(100_000))
              .why("commands pile up in memory while Redis is away, then arrive all at once")
              .fix("ClientOptions.builder().requestQueueSize(10_000)")
              .source(GUIDE + " (an offline queue, but bounded)"),
          rule("clients.reconnect", "reconnect")
              .warn(is("true"))
              .why("one lost connection is lost for good")
              .fix("ClientOptions.builder().autoReconnect(true)")
              .source(GUIDE),
          rule("clients.reconnect.delay", "reconnect.delay")
              .in(Unit.SECONDS)
              .info(atMost(2))
              .why("Redis has been back that long before this client notices")
              .fix(
                  "ClientResources.builder().reconnectDelay(Delay.exponential(50, 2_000, 2,"
                      + " MILLISECONDS))")
              .source(GUIDE + ": min(50 ms * n, 2 s)"),
          rule("clients.keepalive", "keepalive")
              .warn(is("true"))
              .why("a connection that a firewall dropped looks alive for a quarter of an hour")
              .fix("SocketOptions.builder().keepAlive(true)")
              .source(LETTUCE),
          rule("clients.user_timeout", "user.timeout")
              .info(is("true"))
              .why("keep-alive does not run while data waits for its acknowledgement")
              .fix("SocketOptions.builder().tcpUserTimeout(TcpUserTimeoutOptions, enabled, 30 s)")
              .source("RFC 5482"),
          rule("clients.nodelay", "nodelay")
              .warn(is("true"))
              .why("small commands wait up to 40 ms for company")
              .fix("SocketOptions.builder().tcpNoDelay(true)")
              .source(LETTUCE),
          rule("clients.ping", "ping")
              .info(is("true"))
              .why("a connection is used before the server has answered on it")
              .fix("ClientOptions.builder().pingBeforeActivateConnection(true)")
              .source(LETTUCE),
          rule("clients.io_threads", "io.threads")
              .warn(atLeast(2))
              .why("one slow decode stops every connection")
              .fix("DefaultClientResources.builder().ioThreadPoolSize(2)")
              .source(LETTUCE),
          rule("clients.computation_threads", "computation.threads")
              .warn(atLeast(2))
              .why("reconnects and callbacks wait for each other")
              .fix("DefaultClientResources.builder().computationThreadPoolSize(2)")
              .source(LETTUCE),
          rule("clients.redirects", "redirects")
              .info(text("3 to 16", v -> Facts.parse(v) >= 3 && Facts.parse(v) <= 16))
              .why("a command meets more than one redirection while slots move")
              .fix("ClusterClientOptions.builder().maxRedirects(5)")
              .source(GUIDE),
          rule("clients.refresh.periodic", "refresh.periodic")
              .warn(is("true"))
              .why("a node that was added or replaced is never heard of")
              .fix("ClusterTopologyRefreshOptions.builder().enablePeriodicRefresh()")
              .source("Lettuce, cluster-specific options"),
          rule("clients.refresh.adaptive", "refresh.adaptive")
              .warn(is("true"))
              .why("a failover is noticed only with the next periodic refresh")
              .fix("ClusterTopologyRefreshOptions.builder().enableAllAdaptiveRefreshTriggers()")
              .source("Lettuce, cluster-specific options"));

  private Clients() {}
}
