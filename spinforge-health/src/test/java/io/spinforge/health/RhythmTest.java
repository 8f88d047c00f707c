package io.spinforge.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.testkit.Seeds;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RhythmTest {
  private static final long SECOND = 1_000_000_000;

  @Test
  void roundsStayOnTheirPhaseForLife() {
    Seeds.run(
        200,
        (seed, random) -> {
          double jitter = random.nextDouble(0.4);
          Rhythm rhythm = new Rhythm(SECOND, jitter, seed);
          int hash = random.nextInt();
          long first = new Rhythm(SECOND, 0, seed).next(hash, 0, 0);
          long at = rhythm.next(hash, 0, 0);
          for (int round = 0; round < 100; round++) {
            long rtt = random.nextLong(SECOND / 20);
            assertThat(Math.abs(at - first - round * SECOND))
                .as("round %d", round)
                .isLessThanOrEqualTo((long) (jitter * SECOND) + 1);
            at = rhythm.next(hash, at, at + rtt);
          }
        });
  }

  @Test
  void roundsMissedInAPauseAreNotMadeUpFor() {
    Rhythm rhythm = new Rhythm(SECOND, 0, 1);
    long at = rhythm.next(7, 0, 0);
    long later = at + 100 * SECOND + 1;
    assertThat(rhythm.next(7, at, later)).isEqualTo(at + 101 * SECOND);
  }

  @Test
  void roundsOfManyTargetsAreEven() {
    Rhythm rhythm = new Rhythm(SECOND, 0, 42);
    int[] windows = new int[20];
    for (int target = 0; target < 10_000; target++) {
      windows[(int) Math.floorMod(rhythm.next(target, 0, 0), SECOND) / 50_000_000]++;
    }
    assertThat(Arrays.stream(windows).boxed()).allMatch(n -> n >= 350 && n <= 650);
  }

  @Test
  void aFewNewTargetsAreProbedAtOnceAndManyWithinOneInterval() {
    Rhythm rhythm = new Rhythm(SECOND, 0.1, 42);
    assertThat(rhythm.first(5, 1, 100)).isBetween(100L, 5_000_100L);
    for (int target = 0; target < 1_000; target++) {
      assertThat(rhythm.first(target, 1_000_000_000, 0)).isBetween(0L, SECOND);
    }
  }
}
