package io.spinforge.balance.pick;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Highest random weight (Thaler and Ravishankar, 1998): each pair of key and node has a random
 * number, and the key belongs to the node with the highest. With weights the number is ln(u) / w
 * for u uniform in (0, 1) (Schindelhauer and Schomaker, "Weighted distributed hash tables", 2005),
 * which is highest with a probability in proportion to w. A key's own order is by these numbers. No
 * table, O(nodes), and no key moves but those of a node that comes or goes, weights included.
 */
final class Rendezvous implements Table {
  private final int[] order;
  private final long[] identities;
  private final double[] weights;
  private final boolean equal;

  Rendezvous(long[] identities, double[] weights) {
    order = Keyed.order(identities);
    this.identities = Arrays.stream(order).mapToLong(i -> identities[i]).toArray();
    this.weights = Arrays.stream(order).mapToDouble(i -> weights[i]).toArray();
    equal = Arrays.stream(weights).allMatch(weight -> weight == weights[0]);
  }

  @Override
  public int find(long key, @Nullable Gate gate) {
    int best = highest(key, gate);
    return order[best < 0 ? highest(key, null) : best];
  }

  private int highest(long key, @Nullable Gate gate) {
    int best = -1;
    double highest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < identities.length; i++) {
      // 53 bits, of which the lowest is set: never 0, so the logarithm is finite.
      double uniform = (Hashing.mix(key ^ identities[i]) >>> 11 | 1) * 0x1p-53;
      double number = equal ? uniform : Math.log(uniform) / weights[i];
      if (number > highest && (gate == null || gate.admits(order[i]))) {
        highest = number;
        best = i;
      }
    }
    return best;
  }
}
