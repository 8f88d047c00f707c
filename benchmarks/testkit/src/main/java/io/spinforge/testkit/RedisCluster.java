package io.spinforge.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A real Redis Cluster of three masters on the loopback, each with a third of the slots, and with a
 * replica if that is asked for. It ends with this JVM, also when the JVM is killed; see {@link
 * RedisServer} for the binary. Not thread-safe: one thread at a time.
 */
public final class RedisCluster implements AutoCloseable {

  private static final int MASTERS = 3;
  private static final int SLOTS = 16_384;

  private static final int KEYS_AT_ONCE = 100;

  private final List<RedisNode> nodes = new ArrayList<>(); // the masters
  private final Map<RedisNode, RedisNode> replicas = new LinkedHashMap<>(); // of a master
  private final int[] owners = new int[SLOTS];

  private RedisCluster() {}

  /**
   * Starts a cluster and returns when all its nodes say that it serves all slots, in about three
   * seconds.
   *
   * @param configLines lines of redis.conf for every node
   */
  public static RedisCluster start(String... configLines) {
    return start(false, configLines);
  }

  /**
   * Starts a cluster whose masters have a replica each, and returns when these follow.
   *
   * @param configLines lines of redis.conf for every node
   */
  public static RedisCluster startWithReplicas(String... configLines) {
    return start(true, configLines);
  }

  private static RedisCluster start(boolean replicated, String... configLines) {
    // Without the delay a replica is served at once, not with others that may come later.
    List<String> config =
        Stream.concat(
                Stream.of(
                    "cluster-node-timeout 3000",
                    "repl-diskless-sync yes",
                    "repl-diskless-sync-delay 0",
                    "cluster-replica-validity-factor 0"),
                Stream.of(configLines))
            .toList();
    RedisCluster cluster = new RedisCluster();
    try {
      cluster.form(config, replicated);
      return cluster;
    } catch (IOException e) {
      cluster.close();
      throw new UncheckedIOException("the cluster cannot be formed", e);
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private void form(List<String> config, boolean replicated) throws IOException {
    for (int i = 0; i < MASTERS; i++) {
      nodes.add(RedisNode.start(RedisNode.Kind.CLUSTER, config));
    }
    for (int i = 0; i < MASTERS; i++) {
      Arrays.fill(owners, i * SLOTS / MASTERS, (i + 1) * SLOTS / MASTERS, i);
      join(nodes.get(i), i, nodes.get(0));
    }
    for (int i = 0; replicated && i < MASTERS; i++) {
      RedisNode replica = RedisNode.start(RedisNode.Kind.CLUSTER, config);
      replicas.put(nodes.get(i), replica);
      replica.call("CLUSTER", "MEET", Ports.LOOPBACK, Integer.toString(nodes.get(0).port()));
    }
    for (RedisNode node : living()) {
      Await.until("the cluster serves all slots", () -> isReady(node));
    }
    for (Map.Entry<RedisNode, RedisNode> pair : replicas.entrySet()) {
      RedisNode replica = pair.getValue();
      replica.call("CLUSTER", "REPLICATE", id(pair.getKey()));
      Await.until(
          "a replica follows its master",
          () -> replica.call("INFO", "replication").contains("master_link_status:up"));
    }
  }

  /** Returns the ports of the masters, in the order of their slots. */
  public List<Integer> ports() {
    return nodes.stream().map(RedisNode::port).toList();
  }

  /** Returns {@code redis://127.0.0.1:port} for each master, in the order of their slots. */
  public List<String> uris() {
    return ports().stream().map(port -> "redis://" + Ports.LOOPBACK + ":" + port).toList();
  }

  /**
   * Kills a master as a crash would. Without a replica its slots are served by nobody from then on,
   * and about three seconds later the others refuse theirs too, as a cluster without full coverage
   * does by default.
   *
   * @param index 0 to 2, in the order of {@link #ports}
   */
  public void stopMaster(int index) {
    nodes.get(index).stop();
  }

  /**
   * Kills a master as a crash would and returns when its replica has its slots and every node says
   * so, about twice {@code cluster-node-timeout} later. What the replica had not got yet is lost.
   *
   * @param index 0 to 2, in the order of {@link #ports}
   * @param meanwhile done when the master is dead
   * @throws IllegalStateException if it has no replica
   */
  public void failover(int index, Runnable meanwhile) {
    RedisNode dead = nodes.get(index);
    RedisNode replica = replicas.remove(dead);
    if (replica == null) {
      throw new IllegalStateException("failover: master " + index + " has no replica");
    }
    nodes.set(index, replica);
    dead.close();
    meanwhile.run();
    for (RedisNode node : living()) { // replicas too: a client may believe any node
      Await.until("a node knows the new master", () -> isServed(node, replica));
    }
  }

  /** Returns the index of the master that has a slot. */
  public int ownerOf(int slot) {
    return owners[slot];
  }

  /**
   * Moves a slot with its keys to another master, as resharding does.
   *
   * @param halfway done when about half of its keys have moved
   */
  public void moveSlot(int slot, int to, Runnable halfway) {
    try {
      RedisNode source = nodes.get(owners[slot]);
      RedisNode target = nodes.get(to);
      String name = Integer.toString(slot);
      target.call("CLUSTER", "SETSLOT", name, "IMPORTING", id(source));
      source.call("CLUSTER", "SETSLOT", name, "MIGRATING", id(target));
      List<String> keys = keysIn(source, name);
      move(source, target, keys.subList(0, keys.size() / 2));
      halfway.run();
      for (keys = keysIn(source, name); !keys.isEmpty(); keys = keysIn(source, name)) {
        move(source, target, keys);
      }
      owners[slot] = to;
      target.call("CLUSTER", "SETSLOT", name, "NODE", id(target));
      for (RedisNode node : nodes) {
        node.call("CLUSTER", "SETSLOT", name, "NODE", id(target));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("slot " + slot + " cannot be moved", e);
    }
  }

  /** Ends all nodes and removes their files. */
  @Override
  public void close() {
    nodes.forEach(RedisNode::close);
    replicas.values().forEach(RedisNode::close);
  }

  private List<RedisNode> living() {
    return Stream.concat(nodes.stream(), replicas.values().stream()).toList();
  }

  private static String id(RedisNode node) throws IOException {
    return node.call("CLUSTER", "MYID");
  }

  private static List<String> keysIn(RedisNode node, String slot) throws IOException {
    String count = Integer.toString(KEYS_AT_ONCE);
    return node.call("CLUSTER", "GETKEYSINSLOT", slot, count)
        .lines()
        .filter(key -> !key.isEmpty())
        .toList();
  }

  private static void move(RedisNode source, RedisNode target, List<String> keys)
      throws IOException {
    for (String key : keys) {
      String port = Integer.toString(target.port());
      source.call("MIGRATE", Ports.LOOPBACK, port, key, "0", "5000");
    }
  }

  /**
   * Gives the node its slots and an epoch of its own (else they must argue), then introduces it.
   */
  private static void join(RedisNode node, int index, RedisNode first) throws IOException {
    try (Resp resp = node.connect()) {
      resp.call("CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(index + 1));
      resp.call(
          Stream.concat(
                  Stream.of("CLUSTER", "ADDSLOTS"),
                  IntStream.range(index * SLOTS / MASTERS, (index + 1) * SLOTS / MASTERS)
                      .mapToObj(Integer::toString))
              .toArray(String[]::new));
      if (node != first) {
        resp.call("CLUSTER", "MEET", Ports.LOOPBACK, Integer.toString(first.port()));
      }
    }
  }

  private boolean isReady(RedisNode node) throws IOException {
    String info = node.call("CLUSTER", "INFO");
    return info.contains("cluster_state:ok\r\n")
        && info.contains("cluster_slots_ok:" + SLOTS + "\r\n")
        && info.contains("cluster_known_nodes:" + living().size() + "\r\n");
  }

  /** Whether a node says that all slots are served, some of them by this master. */
  private static boolean isServed(RedisNode node, RedisNode master) throws IOException {
    String info = node.call("CLUSTER", "INFO");
    return info.contains("cluster_state:ok\r\n")
        && info.contains("cluster_slots_ok:" + SLOTS + "\r\n")
        && hasSlots(node.call("CLUSTER", "NODES"), id(master));
  }

  /**
   * A line is: id, address, flags, master, ping, pong, epoch, link, and the slots if it has any.
   */
  private static boolean hasSlots(String clusterNodes, String id) {
    return clusterNodes
        .lines()
        .filter(line -> line.startsWith(id))
        .map(line -> line.split(" "))
        .anyMatch(fields -> fields[2].contains("master") && fields.length > 8);
  }
}
