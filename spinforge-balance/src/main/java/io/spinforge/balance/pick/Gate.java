package io.spinforge.balance.pick;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Who may be chosen: those that are open and, where loads are bounded, have room for one more. Room
 * is what Mirrokni, Thorup and Zadimoghaddam allow ("Consistent hashing with bounded loads", 2018):
 * of m requests in flight, the new one included, a node of weight w has at most ⌈c × m × w / W⌉,
 * where W is the weight of all that are open. These bounds add up to more than m, so somebody
 * always has room.
 */
final class Gate {
  /** Keeps a product that should be whole from being rounded up to the next number. */
  private static final double TOLERANCE = 1 - 1e-12;

  private final Node[] nodes;
  private final boolean @Nullable [] open;
  private final @Nullable AtomicInteger total;
  private final double[] share;

  Gate(
      Node[] nodes,
      double[] weights,
      boolean @Nullable [] open,
      double bound,
      @Nullable AtomicInteger total) {
    this.nodes = nodes;
    this.open = open;
    this.total = total;
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += open == null || open[i] ? weights[i] : 0;
    }
    share = new double[total == null ? 0 : weights.length];
    for (int i = 0; i < share.length; i++) {
      share[i] = bound * weights[i] / sum * TOLERANCE;
    }
  }

  boolean admits(int node) {
    return (open == null || open[node])
        && (total == null || nodes[node].inFlight() < limit(node, total.get() + 1));
  }

  /** Counts one more request in flight on a node, unless it has no room: then nothing changes. */
  boolean acquire(int node) {
    AtomicInteger all = total;
    if (all == null) {
      nodes[node].acquire();
      return true;
    }
    // The request joins the total first: whoever computes a limit meanwhile counts it.
    int count = all.incrementAndGet();
    if (nodes[node].acquireBelow(limit(node, count))) {
      return true;
    }
    all.decrementAndGet();
    return false;
  }

  int limit(int node, int count) {
    return (int) Math.ceil(share[node] * count);
  }
}
