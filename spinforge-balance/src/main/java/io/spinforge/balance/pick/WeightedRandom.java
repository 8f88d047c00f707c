package io.spinforge.balance.pick;

import java.util.Arrays;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Any of them in proportion to weight, in O(1) by Walker's alias method with Vose's construction
 * ("A linear algorithm for generating random numbers with a given distribution", 1991): every
 * column of equal width holds one node and at most one other that fills it up.
 */
public final class WeightedRandom implements Algorithm {
  private final Supplier<RandomGenerator> random;

  /** Creates it with its source of randomness. */
  public WeightedRandom(Supplier<RandomGenerator> random) {
    this.random = random;
  }

  @Override
  public Picker over(Node[] nodes, double[] weights) {
    int size = weights.length;
    double mean = Arrays.stream(weights).sum() / size;
    double[] share = new double[size];
    int[] alias = new int[size];
    int[] work = new int[size];
    int small = 0; // columns below the mean stack up from the left,
    int large = size; // those above it from the right
    for (int i = 0; i < size; i++) {
      share[i] = weights[i] / mean;
      alias[i] = i;
      work[share[i] < 1 ? small++ : --large] = i;
    }
    while (small > 0 && large < size) {
      int below = work[--small];
      int above = work[large];
      alias[below] = above;
      share[above] -= 1 - share[below];
      if (share[above] < 1) {
        large++;
        work[small++] = above;
      }
    }
    // What rounding has left over fills its own column.
    while (small > 0) {
      share[work[--small]] = 1;
    }
    return now -> {
      double draw = random.get().nextDouble() * size;
      int column = Math.min((int) draw, size - 1);
      return draw - column < share[column] ? column : alias[column];
    };
  }
}
