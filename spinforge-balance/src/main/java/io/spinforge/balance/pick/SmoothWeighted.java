package io.spinforge.balance.pick;

import java.util.random.RandomGenerator;

/**
 * Weighted round robin that spreads a heavy node's turns instead of bunching them. The order is
 * laid out once per change of members ({@link Schedule}), so a pick is one counter step.
 */
public final class SmoothWeighted implements Algorithm {
  private final Stripes stripes;

  /** Creates a walk that starts at a random phase, which is carried over changes of members. */
  public SmoothWeighted(RandomGenerator random) {
    this(new Stripes(random));
  }

  SmoothWeighted(Stripes stripes) {
    this.stripes = stripes;
  }

  @Override
  public Picker over(Node[] nodes, double[] weights) {
    int[] order = Schedule.of(weights);
    Modulo modulo = new Modulo(order.length);
    return now -> order[modulo.of(stripes.next())];
  }
}
