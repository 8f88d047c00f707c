package io.spinforge.balance.pick;

import java.util.random.RandomGenerator;

/** Each in its turn; weights do not count. O(1): one counter step and two multiplications. */
public final class RoundRobin implements Algorithm {
  private final Stripes stripes;

  /** Creates a walk that starts at a random phase. */
  public RoundRobin(RandomGenerator random) {
    this(new Stripes(random));
  }

  RoundRobin(Stripes stripes) {
    this.stripes = stripes;
  }

  @Override
  public Picker over(Node[] nodes, double[] weights) {
    Modulo modulo = new Modulo(nodes.length);
    return now -> modulo.of(stripes.next());
  }
}
