package io.spinforge.scaling.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spinforge.testkit.Seeds;
import org.junit.jupiter.api.Test;

class RidgeTest {
  private static final int SIZE = 4;

  @Test
  void weightsAreThoseOfTheWeightedNormalEquationsSolvedAtOnce() {
    Seeds.run(
        50,
        (seed, random) -> {
          double keep = 0.99;
          Ridge ridge = new Ridge(SIZE, 1e-9, keep);
          double[][] inputs = new double[200][SIZE];
          double[] targets = new double[200];
          for (int i = 0; i < inputs.length; i++) {
            for (int k = 0; k < SIZE; k++) {
              inputs[i][k] = random.nextBoolean() ? 1 : -1; // none stands out
            }
            // Nothing is solved in between, so the error is the target, and none is an outlier.
            targets[i] = 1 + 0.1 * random.nextDouble();
            ridge.add(inputs[i], 0, targets[i]);
          }
          ridge.solve();
          double[] expected = oracle(inputs, targets, keep);
          double[] one = new double[SIZE];
          for (int k = 0; k < SIZE; k++) {
            one[k] = 1;
            assertThat(ridge.apply(one, 0)).isCloseTo(expected[k], within(1e-6));
            one[k] = 0;
          }
        });
  }

  @Test
  void aFewWildTargetsHardlyMoveTheFit() {
    Seeds.run(
        20,
        (seed, random) -> {
          Ridge ridge = new Ridge(1, 1e-9, 0.9999);
          double[] input = new double[1];
          for (int i = 0; i < 3000; i++) {
            input[0] = random.nextDouble();
            boolean wild = i > 100 && random.nextInt(50) == 0;
            ridge.add(input, 0, wild ? 1000 : 3 * input[0] + 0.1 * (random.nextDouble() - 0.5));
            ridge.solve();
          }
          input[0] = 1;
          assertThat(ridge.apply(input, 0)).isCloseTo(3, within(0.3));
        });
  }

  @Test
  void inputsThatAreAlwaysZeroOrEqualAreHarmless() {
    Ridge ridge = new Ridge(3, 1e-3, 0.999);
    for (int i = 0; i < 500; i++) {
      ridge.add(new double[] {1, 1, 0}, 0, 7);
    }
    ridge.solve();
    assertThat(ridge.apply(new double[] {1, 1, 0}, 0)).isCloseTo(7, within(0.05));
    assertThat(ridge.apply(new double[] {0, 0, 1}, 0)).isZero();
  }

  /** Gaussian elimination on the whole. */
  private static double[] oracle(double[][] inputs, double[] targets, double keep) {
    double[][] a = new double[SIZE][SIZE + 1];
    for (int i = 0; i < inputs.length; i++) {
      double weight = Math.pow(keep, inputs.length - 1 - i);
      for (int r = 0; r < SIZE; r++) {
        for (int c = 0; c < SIZE; c++) {
          a[r][c] += weight * inputs[i][r] * inputs[i][c];
        }
        a[r][SIZE] += weight * inputs[i][r] * targets[i];
      }
    }
    for (int p = 0; p < SIZE; p++) {
      for (int r = 0; r < SIZE; r++) {
        double factor = r == p ? 0 : a[r][p] / a[p][p];
        for (int c = p; c <= SIZE; c++) {
          a[r][c] -= factor * a[p][c];
        }
      }
    }
    double[] result = new double[SIZE];
    for (int r = 0; r < SIZE; r++) {
      result[r] = a[r][SIZE] / a[r][r];
    }
    return result;
  }
}
