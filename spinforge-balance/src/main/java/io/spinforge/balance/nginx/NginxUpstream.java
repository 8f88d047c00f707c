package io.spinforge.balance.nginx;

import static java.util.Objects.requireNonNull;

import io.spinforge.balance.LoadBalancer;
import io.spinforge.balance.LoadBalancerBuilder;
import io.spinforge.balance.Outlier;
import io.spinforge.balance.Policy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * An {@code upstream} block of an nginx configuration, and the balancer that does what it says.
 * Immutable.
 *
 * <p>Read are the block's directives server, zone, least_conn, random, ip_hash, hash and the four
 * of keepalive; any other is an error that names it and its line. What is not the same as in nginx:
 *
 * <ul>
 *   <li>{@code hash} and {@code ip_hash}: the host hashes the key ({@link #hashKey}) and asks
 *       {@link LoadBalancer#acquire(long)}; which server a key belongs to is decided by another
 *       function than nginx', so moving over moves keys. {@code consistent} is a ring, else
 *       rendezvous hashing: both move the keys of a server that goes, and no others.
 *   <li>{@code max_fails}: when all servers are left out, all are used; nginx answers 502.
 *   <li>{@code max_conns} and keepalive: are read and kept, for whoever makes the connections.
 *   <li>{@code zone}: has nothing to share with.
 * </ul>
 *
 * @param name of the upstream
 * @param servers at least one, in their order
 * @param method how a server is chosen
 * @param hashKey what {@code hash} is by, such as {@code $request_uri}; the client's address for
 *     {@code ip_hash}
 * @param zone the name of the shared memory
 * @param keepalive idle connections; nginx' values for what is not said
 */
public record NginxUpstream(
    String name,
    List<NginxServer> servers,
    Method method,
    Optional<String> hashKey,
    Optional<String> zone,
    Keepalive keepalive) {
  /** How a server is chosen, and the policy that does it here. */
  public enum Method {
    /** nginx' own round robin: {@link Policy#nginx}. */
    ROUND_ROBIN,
    /** {@code least_conn}: {@link Policy#nginxLeastConn}. */
    LEAST_CONN,
    /** {@code random}: {@link Policy#weightedRandom}. */
    RANDOM,
    /** {@code random two}, with or without {@code least_conn}: {@link Policy#powerOf}. */
    RANDOM_TWO,
    /** {@code hash} and {@code ip_hash}: {@link Policy#rendezvous}. */
    HASH,
    /** {@code hash … consistent}: {@link Policy#ring}, 160 points a server as in nginx. */
    HASH_CONSISTENT
  }

  /**
   * Connections kept open to an upstream.
   *
   * @param connections idle ones at most; 0: none are kept
   * @param requests how many one serves; 1000
   * @param time how long one lives; 1 h
   * @param timeout how long one may be idle; 60 s
   */
  public record Keepalive(int connections, int requests, Duration time, Duration timeout) {
    static final Keepalive NONE =
        new Keepalive(0, 1_000, Duration.ofHours(1), Duration.ofSeconds(60));
  }

  /** Copies the list. */
  public NginxUpstream {
    servers = List.copyOf(servers);
  }

  /**
   * Reads the only upstream of a text: a block, or a whole configuration, of which all else is
   * skipped.
   *
   * @throws IllegalArgumentException if it cannot be read, or there is not exactly one; names the
   *     line
   */
  public static NginxUpstream parse(String text) {
    List<NginxUpstream> all = parseAll(text);
    if (all.size() != 1) {
      throw new IllegalArgumentException(
          "upstreams: " + all.stream().map(NginxUpstream::name).toList() + " (expected: one)");
    }
    return all.get(0);
  }

  /**
   * Reads all upstreams of a text, in their order.
   *
   * @throws IllegalArgumentException if it cannot be read; names the line
   */
  public static List<NginxUpstream> parseAll(String text) {
    return UpstreamReader.readAll(Lexer.read(requireNonNull(text, "text")));
  }

  /**
   * Returns a builder with policy, weights, priorities and outlier rule set, for what else a host
   * wants to set; its balancer has to be updated with {@link #servers}.
   */
  public LoadBalancerBuilder<NginxServer> builder() {
    LoadBalancerBuilder<NginxServer> builder =
        LoadBalancer.<NginxServer>builder()
            .policy(policy())
            .weight(server -> server.down() ? 0 : server.weight())
            .outlier(
                Outlier.nginx(NginxServer.class, NginxServer::maxFails, NginxServer::failTimeout));
    if (servers.stream().anyMatch(NginxServer::backup)) {
      builder
          .priority(server -> server.backup() ? 1 : 0)
          .overprovisioning(Double.POSITIVE_INFINITY);
    }
    return builder;
  }

  private Policy policy() {
    return switch (method) {
      case ROUND_ROBIN ->
          Policy.nginx(NginxServer.class, NginxServer::maxFails, NginxServer::failTimeout);
      case LEAST_CONN ->
          Policy.nginxLeastConn(NginxServer.class, NginxServer::maxFails, NginxServer::failTimeout);
      case RANDOM -> Policy.weightedRandom();
      case RANDOM_TWO -> Policy.powerOf(2);
      case HASH -> Policy.rendezvous();
      case HASH_CONSISTENT -> Policy.ring(160);
    };
  }

  /** Returns the balancer, with the servers as its members. */
  public LoadBalancer<NginxServer> balancer() {
    LoadBalancer<NginxServer> balancer = builder().build();
    balancer.update(servers);
    return balancer;
  }
}
