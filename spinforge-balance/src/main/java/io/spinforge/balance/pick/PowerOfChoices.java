package io.spinforge.balance.pick;

import java.util.Arrays;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The least loaded of d nodes drawn at random (Mitzenmacher, "The power of two choices in
 * randomized load balancing", 2001): nearly as even as looking at all of them, at a constant cost
 * and without the herd that runs to one least-loaded node. Loads are compared per weight; ties are
 * broken at random in proportion to weight. O(d).
 */
public final class PowerOfChoices implements Algorithm {
  private final int choices;
  private final Supplier<RandomGenerator> random;

  /** Creates it with the number of nodes to compare, at least 2. */
  public PowerOfChoices(int choices, Supplier<RandomGenerator> random) {
    this.choices = choices;
    this.random = random;
  }

  @Override
  public Picker over(Node[] nodes, double[] weights) {
    if (nodes.length <= choices) {
      return new LeastLoaded(random).over(nodes, weights);
    }
    double[] shares = Arrays.stream(weights).map(weight -> 1 / weight).toArray();
    return now -> {
      RandomGenerator draw = random.get();
      long bits = draw.nextLong();
      int best = Draw.low(bits, nodes.length);
      for (int i = 1; i < choices; i++) {
        int other = Draw.high(i == 1 ? bits : draw.nextLong(), nodes.length - 1);
        other += other >= best ? 1 : 0; // never the one it is compared with
        double difference =
            nodes[other].inFlight() * shares[other] - nodes[best].inFlight() * shares[best];
        if (difference < 0 || (difference == 0 && wins(weights[other], weights[best], draw))) {
          best = other;
        }
      }
      return best;
    };
  }

  /** Draws the first of two weights in proportion. Equal ones were drawn fairly already. */
  private static boolean wins(double first, double second, RandomGenerator random) {
    return first != second && random.nextDouble() * (first + second) < first;
  }
}
