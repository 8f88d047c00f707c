package io.spinforge.balance.pick;

import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Any of them; weights do not count. O(1). */
public final class RandomChoice implements Algorithm {
  private final Supplier<RandomGenerator> random;

  /** Creates it with its source of randomness. */
  public RandomChoice(Supplier<RandomGenerator> random) {
    this.random = random;
  }

  @Override
  public Picker over(Node[] nodes, double[] weights) {
    int bound = nodes.length;
    return now -> random.get().nextInt(bound);
  }
}
