package io.spinforge.balance.pick;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.testkit.Seeds;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  @Test
  void followsTheWorkedExamplesOfNginx() {
    assertThat(letters(5, 1, 1)).isEqualTo("aabacaa");
    assertThat(letters(3, 5, 7)).isEqualTo("cbacbcacbcbcabc");
    assertThat(letters(4, 2, 1)).isEqualTo("abacaba");
  }

  @Test
  void theOrderOfLvsIsThatOfItsLoop() {
    assertThat(LvsWeighted.order(new int[] {5, 1, 1})).containsExactly(0, 0, 0, 0, 0, 1, 2);
    assertThat(LvsWeighted.order(new int[] {4, 3, 2})).containsExactly(0, 0, 1, 0, 1, 2, 0, 1, 2);
    Seeds.run(
        200,
        (seed, random) -> {
          int[] weights = randomWeights(random, 1 + random.nextInt(8), 20);
          double[] scaled = Arrays.stream(weights).mapToDouble(weight -> weight * 3.0).toArray();
          int[] order = LvsWeighted.order(Schedule.turns(scaled));
          int max = Arrays.stream(weights).max().orElse(0);
          int divisor = Arrays.stream(weights).reduce(0, ScheduleTest::gcd);
          int last = -1;
          int threshold = 0;
          for (int step = 0; step < 2 * order.length; step++) {
            do {
              last = (last + 1) % weights.length;
              if (last == 0) {
                threshold = threshold <= divisor ? max : threshold - divisor;
              }
            } while (weights[last] < threshold);
            assertThat(order[step % order.length]).isEqualTo(last);
          }
        });
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  @Test
  void usesTheSmallestProportion() {
    assertThat(letters(500, 100, 100)).isEqualTo("aabacaa");
    assertThat(letters(0.5, 0.1, 0.1)).isEqualTo("aabacaa");
    assertThat(letters(65_536, 65_536)).isEqualTo("ab");
    assertThat(letters(7)).isEqualTo("a");
  }

  @Test
  void equalsNginxStepByStep() {
    Seeds.run(
        200,
        (seed, random) -> {
          int[] weights = randomWeights(random, 1 + random.nextInt(8), 20);
          int[] current = new int[weights.length];
          int total = Arrays.stream(weights).sum();
          int[] order = Schedule.nginx(weights, total);
          for (int step = 0; step < total; step++) {
            int best = -1;
            for (int i = 0; i < weights.length; i++) {
              current[i] += weights[i];
              best = best < 0 || current[i] > current[best] ? i : best;
            }
            current[best] -= total;
            assertThat(order[step]).isEqualTo(best);
          }
        });
  }

  @Test
  void neverIsAWholeTurnOffInLongPeriods() {
    Seeds.run(
        50,
        (seed, random) -> {
          int[] turns = randomWeights(random, 1 + random.nextInt(60), 200);
          int period = Arrays.stream(turns).sum();
          int[] order = Schedule.earliestDeadline(turns, period);
          int[] taken = new int[turns.length];
          for (int step = 1; step <= period; step++) {
            taken[order[step - 1]]++;
            for (int i = 0; i < turns.length; i++) {
              double share = (double) step * turns[i] / period;
              assertThat(Math.abs(taken[i] - share)).isLessThan(1);
            }
          }
          assertThat(taken).isEqualTo(turns);
        });
  }

  @Test
  void neverIsAWholeTurnOffWhereNginxIs() {
    int[] weights = {1, 10, 1, 1, 1, 1, 1, 1, 10, 1, 1, 10, 1};
    assertThat(mostTurnsOff(Schedule.nginx(weights, 40), weights)).isEqualTo(1.25);
    Seeds.run(
        300,
        (seed, random) -> {
          int[] turns = randomWeights(random, 1 + random.nextInt(30), random.nextInt(2, 30));
          double[] exact = Arrays.stream(turns).asDoubleStream().toArray();
          int[] order = Schedule.of(exact);
          assertThat(mostTurnsOff(order, Schedule.turns(exact))).isLessThan(1);
        });
  }

  private static double mostTurnsOff(int[] order, int... turns) {
    double most = 0;
    int[] taken = new int[turns.length];
    for (int step = 1; step <= order.length; step++) {
      taken[order[step - 1]]++;
      for (int i = 0; i < turns.length; i++) {
        most = Math.max(most, Math.abs(taken[i] - (double) step * turns[i] / order.length));
      }
    }
    return most;
  }

  @Test
  void boundsTheMemoryOfLargeWeights() {
    double[] weights = {65_536, 65_535, 1, 0.001};
    int[] order = Schedule.of(weights);
    assertThat(order.length).isBetween(65_000, 66_000);
    int[] counts = new int[4];
    for (int i : order) {
      counts[i]++;
    }
    assertThat(counts[0]).isBetween(32_766, 32_770);
    assertThat(counts[1]).isBetween(32_766, 32_770);
    assertThat(counts[2]).isEqualTo(1);
    assertThat(counts[3]).isEqualTo(1);
  }

  @Test
  void keepsWeightsExactUpToThePeriodsBound() {
    assertThat(Schedule.turns(new double[] {65_535, 1})).containsExactly(65_535, 1);
    assertThat(Schedule.turns(new double[] {1.5, 0.25})).containsExactly(6, 1);
    assertThat(Schedule.of(new double[] {65_535, 1})).hasSize(65_536);
  }

  private static int[] randomWeights(SplittableRandom random, int size, int bound) {
    return random.ints(size, 1, bound).toArray();
  }

  private static String letters(double... weights) {
    return Arrays.stream(Schedule.of(weights))
        .mapToObj(i -> String.valueOf((char) ('a' + i)))
        .collect(Collectors.joining());
  }
}
