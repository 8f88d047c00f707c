package io.spinforge.balance.pick;

import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Choice by a key: the same key goes to the same node, from every caller that knows the same nodes,
 * in whatever order. The table is laid over all nodes of a weight above 0; a node that may not be
 * chosen now keeps its place in it, so only its own keys go elsewhere, each to the next node in
 * that key's own order, and come back when it does.
 *
 * <p>With a bound on loads a node that has its share is passed over the same way. See {@link Gate}.
 */
public final class Keyed implements Algorithm {
  private final Table.Layout layout;
  private final int maxNodes;
  private final double bound;

  /** Requests in flight on all nodes, counted only where loads are bounded. */
  private final @Nullable AtomicInteger total;

  private Keyed(Table.Layout layout, int maxNodes, double bound) {
    this.layout = layout;
    this.maxNodes = maxNodes;
    this.bound = bound;
    total = bound > 0 ? new AtomicInteger() : null;
  }

  /** Creates a ring of this many points per node of average weight; a bound of 0 is none. */
  public static Keyed ring(int points, double bound) {
    return new Keyed((ids, weights) -> new Ring(ids, weights, points), Ring.MAX_NODES, bound);
  }

  /** Creates Maglev's table of this size, a prime; a bound of 0 is none. */
  public static Keyed maglev(int size, double bound) {
    int maxNodes = Math.min(size, Maglev.MAX_NODES);
    return new Keyed((ids, weights) -> new Maglev(ids, weights, size), maxNodes, bound);
  }

  /** Creates the choice by highest random weight; a bound of 0 is none. */
  public static Keyed rendezvous(double bound) {
    return new Keyed(Rendezvous::new, Integer.MAX_VALUE, bound);
  }

  /** Returns whether Maglev's table can have this size. */
  public static boolean isPrime(int size) {
    return size >= 2 && IntStream.rangeClosed(2, (int) Math.sqrt(size)).allMatch(d -> size % d > 0);
  }

  @Override
  public boolean keyed() {
    return true;
  }

  @Override
  public int maxNodes() {
    return maxNodes;
  }

  @Override
  public Node newNode(String name) {
    return new KeyedNode(Hashing.of(name), total);
  }

  @Override
  public Picker over(Node[] nodes, double[] weights) {
    long[] identities = new long[nodes.length];
    for (int i = 0; i < nodes.length; i++) {
      identities[i] = ((KeyedNode) nodes[i]).identity;
    }
    return new KeyedPicker(layout.of(identities, weights), nodes, weights, null);
  }

  /** Returns the nodes' indexes in the order of their identities, on which all callers agree. */
  static int[] order(long[] identities) {
    Integer[] order = new Integer[identities.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingLong(i -> identities[i]));
    return Arrays.stream(order).mapToInt(i -> i).toArray();
  }

  private final class KeyedPicker implements Picker {
    private final Table table;
    private final Node[] nodes;
    private final double[] weights;
    private final @Nullable Gate gate;

    KeyedPicker(Table table, Node[] nodes, double[] weights, boolean @Nullable [] open) {
      this.table = table;
      this.nodes = nodes;
      this.weights = weights;
      gate = open == null && total == null ? null : new Gate(nodes, weights, open, bound, total);
    }

    @Override
    public int pick(long now) {
      return pick(now, 0);
    }

    @Override
    public int pick(long now, long hash) {
      return table.find(Hashing.mix(hash), gate);
    }

    @Override
    public boolean acquire(int index, Node node) {
      if (gate != null) {
        return gate.acquire(index);
      }
      node.acquire();
      return true;
    }

    @Override
    public Picker among(boolean[] open) {
      return new KeyedPicker(table, nodes, weights, open);
    }
  }

  private static final class KeyedNode extends Node {
    /** Guarded by the lock under which pickers are made. */
    private long identity;

    private final @Nullable AtomicInteger total;

    KeyedNode(long identity, @Nullable AtomicInteger total) {
      this.identity = identity;
      this.total = total;
    }

    @Override
    public void rename(String name) {
      identity = Hashing.of(name);
    }

    // The total is never less than the sum of the nodes: it is counted up first and down last.

    @Override
    public void acquire() {
      if (total != null) {
        total.incrementAndGet();
      }
      super.acquire();
    }

    @Override
    public boolean release(boolean success) {
      boolean released = super.release(success);
      if (released && total != null) {
        total.decrementAndGet();
      }
      return released;
    }
  }
}
