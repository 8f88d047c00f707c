package io.spinforge.balance.pick;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import io.spinforge.testkit.Seeds;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** The policies that draw, compared with what they should draw. */
class LoadPoliciesTest {
  private static final int DRAWS = 200_000;

  private final SplittableRandom seeded = new SplittableRandom(42);
  private final Supplier<RandomGenerator> random = () -> seeded;

  @Test
  void leastLoadedChoosesAMinimumOfAllLoads() {
    Seeds.run(
        300,
        (seed, dice) -> {
          LeastLoaded algorithm = new LeastLoaded(() -> dice);
          int size = 1 + dice.nextInt(10);
          int[] inFlight = dice.ints(size, 0, 5).toArray();
          double[] weights = dice.ints(size, 1, 4).asDoubleStream().toArray();
          int chosen = algorithm.over(Nodes.of(algorithm, inFlight), weights).pick(0);
          for (int i = 0; i < size; i++) {
            assertThat(inFlight[chosen] / weights[chosen])
                .isLessThanOrEqualTo(inFlight[i] / weights[i]);
          }
        });
  }

  @Test
  void leastLoadedDrawsTiesByWeight() {
    LeastLoaded algorithm = new LeastLoaded(random);
    Picker picker = algorithm.over(Nodes.of(algorithm, 0, 3, 0, 0), new double[] {1, 9, 2, 5});
    int[] counts = Nodes.count(picker, 4, DRAWS);
    assertShares(counts, 1.0 / 8, 0, 2.0 / 8, 5.0 / 8);
  }

  @Test
  void randomIsEven() {
    Picker picker = new RandomChoice(random).over(new Node[4], Nodes.weights(4));
    assertShares(Nodes.count(picker, 4, DRAWS), 0.25, 0.25, 0.25, 0.25);
  }

  @Test
  void weightedRandomDrawsInProportion() {
    Seeds.run(
        10,
        (seed, dice) -> {
          int size = 1 + dice.nextInt(8);
          double[] weights = dice.doubles(size, 1, 10).toArray();
          double sum = 0;
          for (double weight : weights) {
            sum += weight;
          }
          double[] shares = new double[size];
          for (int i = 0; i < size; i++) {
            shares[i] = weights[i] / sum;
          }
          Picker picker = new WeightedRandom(() -> dice).over(new Node[size], weights);
          assertShares(Nodes.count(picker, size, DRAWS), shares);
        });
  }

  @Test
  void weightedRandomKeepsItsPromiseForExtremeWeights() {
    Picker picker = new WeightedRandom(random).over(new Node[3], new double[] {1e-6, 65_536, 1});
    assertThat(Nodes.count(picker, 3, DRAWS)[1]).isGreaterThan(DRAWS - 50);
  }

  @Test
  void powerOfTwoNeverChoosesTheMostLoaded() {
    PowerOfChoices algorithm = new PowerOfChoices(2, random);
    Picker picker = algorithm.over(Nodes.of(algorithm, 1, 2, 3, 4), Nodes.weights(4));
    // Node i wins against all that are more loaded: 3, 2, 1 and 0 of the 6 pairs.
    assertShares(Nodes.count(picker, 4, DRAWS), 3.0 / 6, 2.0 / 6, 1.0 / 6, 0);
  }

  @Test
  void powerOfTwoIsEvenAmongEquals() {
    PowerOfChoices algorithm = new PowerOfChoices(2, random);
    Picker picker = algorithm.over(Nodes.of(algorithm, 1, 1, 1, 1), Nodes.weights(4));
    assertShares(Nodes.count(picker, 4, DRAWS), 0.25, 0.25, 0.25, 0.25);
  }

  @Test
  void powerOfTwoComparesLoadsPerWeight() {
    PowerOfChoices algorithm = new PowerOfChoices(2, random);
    Picker picker = algorithm.over(Nodes.of(algorithm, 2, 2, 4), new double[] {1, 4, 1});
    assertShares(Nodes.count(picker, 3, DRAWS), 1.0 / 3, 2.0 / 3, 0);
  }

  @Test
  void powerOfAsManyAsThereAreLooksAtAll() {
    PowerOfChoices algorithm = new PowerOfChoices(3, random);
    Picker picker = algorithm.over(Nodes.of(algorithm, 2, 1, 5), Nodes.weights(3));
    assertThat(Nodes.count(picker, 3, 100)).containsExactly(0, 100, 0);
  }

  private static void assertShares(int[] counts, double... shares) {
    for (int i = 0; i < counts.length; i++) {
      if (shares[i] == 0) {
        assertThat(counts[i]).isZero();
      } else {
        assertThat((double) counts[i]).isCloseTo(shares[i] * DRAWS, withPercentage(4));
      }
    }
  }
}
