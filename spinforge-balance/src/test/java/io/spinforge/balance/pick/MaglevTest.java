package io.spinforge.balance.pick;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.testkit.Seeds;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MaglevTest {
  private static final int[] PRIMES = {3, 7, 17, 101, 251, 257, 1_009, 4_099};

  @Test
  void followsTheWorkedExampleOfThePaper() {
    assertThat(table(new int[] {3, 0, 3}, new int[] {4, 2, 1}, 7)).isEqualTo("1010220");
    assertThat(table(new int[] {3, 3}, new int[] {4, 1}, 7)).isEqualTo("0000111");
  }

  private static String table(int[] offsets, int[] skips, int size) {
    return render(Maglev.lay(offsets, skips, Nodes.weights(skips.length), size));
  }

  private static String render(char[] table) {
    return IntStream.range(0, table.length)
        .mapToObj(slot -> String.valueOf((int) table[slot]))
        .collect(Collectors.joining());
  }

  @Test
  void equalsTheTableThatTriesEverySlotInTurn() {
    Seeds.run(
        400,
        (seed, random) -> {
          int size = PRIMES[random.nextInt(PRIMES.length)];
          int nodes = 1 + random.nextInt(Math.min(size, 40));
          int[] offsets = random.ints(nodes, 0, size).toArray();
          int[] skips = random.ints(nodes, 1, size).toArray();
          double[] parts = parts(random, nodes);
          assertThat(Maglev.lay(offsets, skips, parts, size))
              .isEqualTo(slow(offsets, skips, parts, size));
        });
  }

  private static double[] parts(SplittableRandom random, int nodes) {
    double[] parts = new double[nodes];
    Arrays.setAll(parts, i -> random.nextBoolean() ? 1 : (1 + random.nextInt(100)) / 100.0);
    parts[random.nextInt(nodes)] = 1;
    return parts;
  }

  /** The paper's table, with every permutation written out; weights are turns left out. */
  private static char[] slow(int[] offsets, int[] skips, double[] parts, int size) {
    int[] owner = new int[size];
    Arrays.fill(owner, -1);
    double[] target = new double[parts.length];
    int filled = 0;
    for (int round = 1; filled < size; round++) {
      for (int node = 0; node < parts.length && filled < size; node++) {
        if (round * parts[node] < target[node]) {
          continue;
        }
        target[node] += 1;
        for (long j = 0; ; j++) {
          int slot = (int) ((offsets[node] + j * skips[node]) % size);
          if (owner[slot] < 0) {
            owner[slot] = node;
            filled++;
            break;
          }
        }
      }
    }
    char[] table = new char[size];
    for (int slot = 0; slot < size; slot++) {
      table[slot] = (char) owner[slot];
    }
    return table;
  }

  @Test
  void sharesSlotsOutToWithinOneWhenWeightsAreEqual() {
    Seeds.run(
        3,
        (seed, random) -> {
          for (int nodes : new int[] {1, 2, 3, 100, 1_000}) {
            int size = 65_537;
            int[] offsets = random.ints(nodes, 0, size).toArray();
            int[] skips = random.ints(nodes, 1, size).toArray();
            int[] counts = new int[nodes];
            for (char node : Maglev.lay(offsets, skips, Nodes.weights(nodes), size)) {
              counts[node]++;
            }
            int spread =
                Arrays.stream(counts).max().orElse(0) - Arrays.stream(counts).min().orElse(0);
            assertThat(spread).isLessThanOrEqualTo(1);
          }
        });
  }

  @Test
  void sharesSlotsOutByWeightAndForgetsNobody() {
    Keyed maglev = Keyed.maglev(65_537, 0);
    double[] weights = {1, 2, 4, 65_536, 0.001};
    Picker picker = maglev.over(Tables.nodes(maglev, 0, 1, 2, 3, 4), weights);
    int[] counts = Tables.counts(Tables.owners(picker, 2_000_000), 5);
    assertThat(counts).doesNotContain(0);
    int[] turns = new int[4];
    for (char node :
        Maglev.lay(
            new int[] {1, 2, 3, 4},
            new int[] {5, 6, 7, 8},
            new double[] {.25, .5, .75, 1},
            10_007)) {
      turns[node]++;
    }
    assertThat(turns[0]).isBetween(1_000, 1_002);
    assertThat(turns[1]).isBetween(2_000, 2_003);
    assertThat(turns[2]).isBetween(3_001, 3_004);
  }
}
