package io.spinforge.balance.pick;

import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The fewest requests in flight per weight, as nginx's least_conn compares them. Those that tie are
 * drawn at random in proportion to their weights, never "the first wins": that would send the whole
 * of a quiet service's traffic to one node. O(members), allocates nothing.
 */
public final class LeastLoaded implements Algorithm {
  private final Supplier<RandomGenerator> random;

  /** Creates it with a source of tie-breaks. */
  public LeastLoaded(Supplier<RandomGenerator> random) {
    this.random = random;
  }

  @Override
  public Picker over(Node[] nodes, double[] weights) {
    return now -> pick(nodes, weights);
  }

  private int pick(Node[] nodes, double[] weights) {
    int best = 0;
    double least = Double.POSITIVE_INFINITY;
    double tied = 0;
    for (int i = 0; i < nodes.length; i++) {
      double load = nodes[i].inFlight() / weights[i];
      if (load < least) {
        least = load;
        best = i;
        tied = weights[i];
      } else if (load == least) {
        tied += weights[i];
      }
    }
    if (tied == weights[best]) {
      return best;
    }
    // A second pass and one draw, instead of a draw per tie. Loads may have moved in between: then
    // the last one still as free as the least is as good as any.
    double draw = random.get().nextDouble() * tied;
    for (int i = 0; i < nodes.length && draw >= 0; i++) {
      if (nodes[i].inFlight() / weights[i] <= least) {
        best = i;
        draw -= weights[i];
      }
    }
    return best;
  }
}
