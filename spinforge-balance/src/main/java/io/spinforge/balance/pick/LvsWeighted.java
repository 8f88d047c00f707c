package io.spinforge.balance.pick;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Weighted round robin as the Linux Virtual Server's {@code wrr} scheduler does it: a threshold
 * comes down from the greatest weight by the greatest common divisor with every round, and in each
 * round those that weigh as much as the threshold have a turn; {5, 1, 1} gives a a a a a b c. A
 * heavy node's turns come in a bunch: {@link SmoothWeighted} spreads them.
 */
public final class LvsWeighted implements Algorithm {
  private final Stripes stripes;

  /** Creates a walk that starts at a random phase, which is carried over changes of members. */
  public LvsWeighted(RandomGenerator random) {
    stripes = new Stripes(random);
  }

  @Override
  public Picker over(Node[] nodes, double[] weights) {
    int[] order = order(Schedule.turns(weights));
    Modulo modulo = new Modulo(order.length);
    return now -> order[modulo.of(stripes.next())];
  }

  /** Returns one period; turns are above 0 and have no common divisor. */
  static int[] order(int[] turns) {
    int[] order = new int[Arrays.stream(turns).sum()];
    int at = 0;
    for (int threshold = Arrays.stream(turns).max().orElse(0); threshold > 0; threshold--) {
      for (int i = 0; i < turns.length; i++) {
        if (turns[i] >= threshold) {
          order[at++] = i;
        }
      }
    }
    return order;
  }
}
