package io.spinforge.testkit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A real Redis master with two replicas, watched by three Sentinels, all on the loopback. It ends
 * with this JVM, also when the JVM is killed; see {@link RedisServer} for the binary. Not
 * thread-safe: one thread at a time.
 */
public final class RedisSentinel implements AutoCloseable {

  private static final String MASTER_NAME = "mymaster";
  private static final int REPLICAS = 2;
  private static final int SENTINELS = 3;
  private static final int QUORUM = 2;

  private final List<RedisNode> servers = new ArrayList<>();
  private final List<RedisNode> sentinels = new ArrayList<>();
  private RedisNode master;

  private RedisSentinel(RedisNode master) {
    this.master = master;
    servers.add(master);
  }

  /**
   * Starts servers and Sentinels; returns when the replicas follow the master and every Sentinel
   * knows all of them, in a few seconds.
   */
  public static RedisSentinel start() {
    // Without the delay a replica is served at once, not with others that may come later.
    List<String> config = List.of("repl-diskless-sync yes", "repl-diskless-sync-delay 0");
    RedisSentinel all = new RedisSentinel(RedisNode.start(RedisNode.Kind.STANDALONE, config));
    try {
      all.startReplicas(config);
      all.startSentinels();
      return all;
    } catch (RuntimeException e) {
      all.close();
      throw e;
    }
  }

  /** Returns the address of all Sentinels with the master's name, as Lettuce reads it. */
  public String uri() {
    return sentinelPorts().stream()
        .map(port -> Ports.LOOPBACK + ":" + port)
        .collect(Collectors.joining(",", "redis-sentinel://", "#" + MASTER_NAME));
  }

  /** Returns the name under which the Sentinels know the master. */
  public String masterName() {
    return MASTER_NAME;
  }

  /** Returns the ports of the three Sentinels. */
  public List<Integer> sentinelPorts() {
    return sentinels.stream().map(RedisNode::port).toList();
  }

  /** Returns the port of the server that was master when last asked for or changed. */
  public int masterPort() {
    return master.port();
  }

  /**
   * Kills the master as a crash would and returns when the Sentinels have made a replica the new
   * one, in a few seconds. The killed server stays away, so this works twice.
   *
   * @throws IllegalStateException if no replica is left
   */
  public void failover() {
    if (servers.size() == 1) {
      throw new IllegalStateException("failover: no replica is left");
    }
    servers.remove(master);
    master.stop();
    Await.until("the Sentinels agree on a new master", this::findMaster);
  }

  /** Ends all servers and Sentinels and removes their files. */
  @Override
  public void close() {
    sentinels.forEach(RedisNode::close);
    servers.forEach(RedisNode::close);
  }

  private void startReplicas(List<String> config) {
    List<String> lines = new ArrayList<>(config);
    lines.add("replicaof " + Ports.LOOPBACK + " " + master.port());
    for (int i = 0; i < REPLICAS; i++) {
      RedisNode replica = RedisNode.start(RedisNode.Kind.STANDALONE, lines);
      servers.add(replica);
      Await.until(
          "a replica follows the master",
          () -> replica.call("INFO", "replication").contains("master_link_status:up"));
    }
  }

  private void startSentinels() {
    List<String> lines =
        List.of(
            "sentinel monitor %s %s %d %d"
                .formatted(MASTER_NAME, Ports.LOOPBACK, master.port(), QUORUM),
            "sentinel down-after-milliseconds " + MASTER_NAME + " 1500",
            "sentinel failover-timeout " + MASTER_NAME + " 2000");
    for (int i = 0; i < SENTINELS; i++) {
      sentinels.add(RedisNode.start(RedisNode.Kind.SENTINEL, lines));
    }
    for (RedisNode sentinel : sentinels) {
      Await.until("a Sentinel knows the others", () -> knowsAll(sentinel));
    }
  }

  private static boolean knowsAll(RedisNode sentinel) throws IOException {
    List<String> facts = sentinel.call("SENTINEL", "MASTER", MASTER_NAME).lines().toList();
    return fact(facts, "num-slaves").equals(Integer.toString(REPLICAS))
        && fact(facts, "num-other-sentinels").equals(Integer.toString(SENTINELS - 1))
        && fact(facts, "flags").equals("master");
  }

  private static String fact(List<String> facts, String name) {
    return facts.get(facts.indexOf(name) + 1);
  }

  /** Whether all Sentinels name the same living server, and it says that it is the master. */
  private boolean findMaster() throws IOException {
    List<String> named = new ArrayList<>();
    for (RedisNode sentinel : sentinels) {
      named.add(sentinel.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER_NAME));
    }
    for (RedisNode server : servers) {
      String address = Ports.LOOPBACK + "\n" + server.port();
      if (named.stream().allMatch(address::equals)
          && server.call("INFO", "replication").contains("role:master")) {
        master = server;
        return true;
      }
    }
    return false;
  }
}
