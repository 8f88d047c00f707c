package io.spinforge.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A real Redis Cluster of three masters without replicas on the loopback, each with a third of the
 * slots. It ends with this JVM, also when the JVM is killed; see {@link RedisServer} for the
 * binary. Not thread-safe: one thread at a time.
 */
public final class RedisCluster implements AutoCloseable {

  private static final int MASTERS = 3;
  private static final int SLOTS = 16_384;

  private final List<RedisNode> nodes;

  private RedisCluster(List<RedisNode> nodes) {
    this.nodes = nodes;
  }

  /**
   * Starts a cluster and returns when all its nodes say that it serves all slots, in about three
   * seconds.
   *
   * @param configLines lines of redis.conf for every node
   */
  public static RedisCluster start(String... configLines) {
    List<String> config =
        Stream.concat(Stream.of("cluster-node-timeout 3000"), Stream.of(configLines)).toList();
    List<RedisNode> nodes = new ArrayList<>();
    RedisCluster cluster = new RedisCluster(nodes);
    try {
      for (int i = 0; i < MASTERS; i++) {
        nodes.add(RedisNode.start(RedisNode.Kind.CLUSTER, config));
      }
      for (int i = 0; i < MASTERS; i++) {
        join(nodes.get(i), i, nodes.get(0));
      }
      for (RedisNode node : nodes) {
        Await.until("the cluster serves all slots", () -> isReady(node));
      }
      return new RedisCluster(List.copyOf(nodes));
    } catch (IOException e) {
      cluster.close();
      throw new UncheckedIOException("the cluster cannot be formed", e);
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
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
   * Kills a master as a crash would. Its slots are served by nobody from then on, and about three
   * seconds later the others refuse theirs too, as a cluster without full coverage does by default.
   *
   * @param index 0 to 2, in the order of {@link #ports}
   */
  public void stopMaster(int index) {
    nodes.get(index).stop();
  }

  /** Ends all nodes and removes their files. */
  @Override
  public void close() {
    nodes.forEach(RedisNode::close);
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

  private static boolean isReady(RedisNode node) throws IOException {
    String info = node.call("CLUSTER", "INFO");
    return info.contains("cluster_state:ok\r\n")
        && info.contains("cluster_slots_ok:" + SLOTS + "\r\n")
        && info.contains("cluster_known_nodes:" + MASTERS + "\r\n");
  }
}
