package io.spinforge.balance.pick;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.spinforge.testkit.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.DoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KeyedTest {
  private static final int KEYS = 20_000;

  /** A keyed algorithm by its bound. */
  record Named(String name, DoubleFunction<Keyed> with) {
    Keyed unbounded() {
      return with.apply(0);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static List<Named> algorithms() {
    return List.of(
        new Named("ring", bound -> Keyed.ring(160, bound)),
        new Named("maglev", bound -> Keyed.maglev(4_099, bound)),
        new Named("rendezvous", Keyed::rendezvous));
  }

  @ParameterizedTest
  @MethodSource("algorithms")
  void theOrderOfTheNodesDoesNotMatter(Named named) {
    Keyed one = named.unbounded();
    Keyed other = named.unbounded();
    int[] numbers = Tables.upTo(30);
    int[] shuffled = IntStream.range(0, 30).map(i -> (7 * i + 3) % 30).toArray();
    Picker first = one.over(Tables.nodes(one, numbers), weightsOf(numbers));
    Picker second = other.over(Tables.nodes(other, shuffled), weightsOf(shuffled));
    for (long key = 0; key < KEYS; key++) {
      assertThat(shuffled[second.pick(0, key)]).isEqualTo(first.pick(0, key));
    }
  }

  private static double[] weightsOf(int[] numbers) {
    return Arrays.stream(numbers).mapToDouble(i -> 1 + i % 4).toArray();
  }

  @ParameterizedTest
  @MethodSource("algorithms")
  void everyHashHasAnOwner(Named named) {
    for (int size : new int[] {1, 2, 13}) {
      Keyed keyed = named.unbounded();
      Picker picker = keyed.over(Tables.nodes(keyed, Tables.upTo(size)), Nodes.weights(size));
      for (long hash : new long[] {Long.MIN_VALUE, Long.MAX_VALUE, -1, 0, 1, 1L << 32, -1L << 32}) {
        assertThat(picker.pick(0, hash)).isBetween(0, size - 1).isEqualTo(picker.pick(0, hash));
      }
      assertThat(picker.pick(0)).isEqualTo(picker.pick(0, 0));
    }
  }

  @ParameterizedTest
  @MethodSource("algorithms")
  void keysAreSharedOutByWeight(Named named) {
    Keyed keyed = named.unbounded();
    int[] numbers = Tables.upTo(10);
    double[] weights = weightsOf(numbers);
    double sum = Arrays.stream(weights).sum();
    int[] counts =
        Tables.counts(
            Tables.owners(keyed.over(Tables.nodes(keyed, numbers), weights), 100_000), 10);
    double tolerance = named.name.equals("ring") ? 0.35 : 0.05;
    for (int i = 0; i < 10; i++) {
      double expected = 100_000 * weights[i] / sum;
      assertThat((double) counts[i])
          .isBetween(expected * (1 - tolerance), expected * (1 + tolerance));
    }
  }

  @ParameterizedTest
  @MethodSource("algorithms")
  void onlyTheKeysOfAClosedNodeMoveAndTheyComeBack(Named named) {
    Keyed keyed = named.unbounded();
    int[] numbers = Tables.upTo(12);
    Picker all = keyed.over(Tables.nodes(keyed, numbers), weightsOf(numbers));
    boolean[] open = new boolean[12];
    Arrays.fill(open, true);
    open[5] = false;
    open[7] = false;
    Picker some = all.among(open);
    int[] moved = new int[12];
    for (long key = 0; key < KEYS; key++) {
      int before = all.pick(0, key);
      int after = some.pick(0, key);
      assertThat(open[after]).isTrue();
      if (open[before]) {
        assertThat(after).isEqualTo(before);
      } else {
        moved[after]++;
      }
    }
    assertThat(IntStream.range(0, 12).filter(i -> open[i]).map(i -> moved[i]))
        .as("they spread over all others")
        .allMatch(count -> count > 0);
  }

  @ParameterizedTest
  @MethodSource("algorithms")
  void fewKeysMoveBetweenNodesThatStay(Named named) {
    Keyed keyed = named.unbounded();
    int[] numbers = Tables.upTo(20);
    Node[] nodes = Tables.nodes(keyed, numbers);
    Picker before = keyed.over(nodes, Nodes.weights(20));
    Picker after = keyed.over(Arrays.copyOf(nodes, 19), Nodes.weights(19));
    int moved = 0;
    for (long key = 0; key < KEYS; key++) {
      int owner = before.pick(0, key);
      moved += owner != 19 && after.pick(0, key) != owner ? 1 : 0;
    }
    // Maglev trades some of that for evenness; the paper's figure is of this order.
    assertThat(moved).isLessThanOrEqualTo(named.name.equals("maglev") ? KEYS / 20 : 0);
  }

  @Test
  void theRingIsTheSortedMapOfItsPoints() {
    Seeds.run(
        50,
        (seed, random) -> {
          int size = 1 + random.nextInt(20);
          long[] identities = Tables.identities(random, size);
          double[] weights = random.doubles(size, 0.1, 5).toArray();
          int points = 1 + random.nextInt(60);
          Ring ring = new Ring(identities, weights, points);
          TreeMap<Long, Integer> slow = slowRing(identities, weights, points);
          assertThat(ring.size()).isEqualTo(slow.size());
          for (int i = 0; i < 500; i++) {
            long key = i < 2 ? (i == 0 ? 0 : -1L) : random.nextLong();
            var entry = slow.ceilingEntry(key ^ Long.MIN_VALUE);
            entry = entry == null ? slow.firstEntry() : entry;
            assertThat(ring.find(key, null)).isEqualTo(entry.getValue());
          }
        });
  }

  private static TreeMap<Long, Integer> slowRing(long[] ids, double[] weights, int points) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, ids.length).boxed().toList());
    order.sort(Comparator.comparing(i -> ids[i]));
    double mean = Arrays.stream(weights).sum() / weights.length;
    TreeMap<Long, Integer> ring = new TreeMap<>();
    for (int rank = 0; rank < ids.length; rank++) {
      int node = order.get(rank);
      for (int n = 0; n < Math.max(1, Math.rint(weights[node] / mean * points)); n++) {
        long point = (Hashing.nth(ids[node], n) >>> 16 << 16) + rank;
        ring.put(point ^ Long.MIN_VALUE, node);
      }
    }
    return ring;
  }

  @Test
  void theHighestRandomWeightIsTheSmallestOfExponentialTimes() {
    Seeds.run(
        20,
        (seed, random) -> {
          int size = 1 + random.nextInt(20);
          long[] identities = Tables.identities(random, size);
          double[] weights = random.doubles(size, 0.1, 5).toArray();
          Rendezvous rendezvous = new Rendezvous(identities, weights);
          for (int i = 0; i < 200; i++) {
            long key = random.nextLong();
            int best =
                IntStream.range(0, size)
                    .boxed()
                    .min(Comparator.comparing(node -> time(key, identities[node], weights[node])))
                    .orElseThrow();
            assertThat(rendezvous.find(key, null)).isEqualTo(best);
          }
        });
  }

  private static double time(long key, long identity, double weight) {
    double uniform = (Hashing.mix(key ^ identity) >>> 11 | 1) / Math.pow(2, 53);
    return -Math.log(uniform) / weight;
  }

  /** {@code -Dspinforge.bounded.steps=100000000} is the long run. */
  @ParameterizedTest
  @MethodSource("algorithms")
  void aBoundOnLoadsIsNeverExceeded(Named named) {
    int steps = Integer.getInteger("spinforge.bounded.steps", 120_000) / 6;
    Seeds.run(6, (seed, random) -> bounded(named, random, 1 + random.nextInt(12), steps));
  }

  private static void bounded(Named named, SplittableRandom random, int size, int steps) {
    int hundredths = 101 + random.nextInt(100);
    Keyed keyed = named.with.apply(hundredths / 100.0);
    Node[] nodes = Tables.nodes(keyed, Tables.upTo(size));
    int[] weights = random.ints(size, 1, 6).toArray();
    Picker all = keyed.over(nodes, Arrays.stream(weights).asDoubleStream().toArray());
    boolean[] open = new boolean[size];
    boolean some = random.nextBoolean();
    long sum = 0;
    for (int i = 0; i < size; i++) {
      open[i] = !some || i == 0 || random.nextInt(4) > 0;
      sum += open[i] ? weights[i] : 0;
    }
    Picker picker = some ? all.among(open) : all;
    int[] running = new int[steps];
    int count = 0;
    for (int step = 0; step < steps; step++) {
      if (count == 0 || random.nextInt(100) < (count < 200 ? 52 : 40)) {
        int node = picker.pick(0, random.nextInt(5)); // few keys: a crowd on few nodes
        assertTrue(open[node] && picker.acquire(node, nodes[node]));
        running[count++] = node;
        // ⌈c × m × w / W⌉ in whole numbers, as the bound was written down.
        long product = (long) hundredths * count * weights[node];
        assertTrue(nodes[node].inFlight() <= (product + 100 * sum - 1) / (100 * sum));
      } else {
        int ended = random.nextInt(count);
        assertTrue(nodes[running[ended]].release(true));
        running[ended] = running[--count];
      }
    }
  }

  @ParameterizedTest
  @MethodSource("algorithms")
  void whileThereIsRoomAKeyStaysWhereItBelongs(Named named) {
    Keyed bounded = named.with.apply(1.25);
    Keyed plain = named.unbounded();
    int[] numbers = Tables.upTo(10);
    Node[] nodes = Tables.nodes(bounded, numbers);
    Picker with = bounded.over(nodes, Nodes.weights(10));
    Picker without = plain.over(Tables.nodes(plain, numbers), Nodes.weights(10));
    for (long key = 0; key < 1_000; key++) {
      int node = with.pick(0, key);
      assertThat(node).isEqualTo(without.pick(0, key));
      with.acquire(node, nodes[node]);
      assertThat(with.pick(0, key)).as("one each is the bound").isNotEqualTo(node);
      nodes[node].release(true);
    }
  }

  @Test
  void aLostRaceForTheLastRoomCountsNothing() {
    Keyed keyed = Keyed.rendezvous(1.25);
    Node[] nodes = Tables.nodes(keyed, 0, 1, 2);
    Picker picker = keyed.over(nodes, Nodes.weights(3));
    int node = picker.pick(0, 1);
    assertThat(picker.acquire(node, nodes[node])).isTrue();
    assertThat(picker.acquire(node, nodes[node])).isFalse();
    assertThat(nodes[node].inFlight()).isEqualTo(1);
    assertThat(picker.pick(0, 1)).isNotEqualTo(node);
  }
}
