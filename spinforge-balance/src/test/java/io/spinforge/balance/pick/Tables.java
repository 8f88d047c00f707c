package io.spinforge.balance.pick;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Keyed algorithms over nodes of names. */
final class Tables {
  private Tables() {}

  /** Returns nodes by the names n0, n1, and so on. */
  static Node[] nodes(Keyed algorithm, int... numbers) {
    return Arrays.stream(numbers).mapToObj(i -> algorithm.newNode("n" + i)).toArray(Node[]::new);
  }

  static int[] upTo(int size) {
    int[] numbers = new int[size];
    Arrays.setAll(numbers, i -> i);
    return numbers;
  }

  static long[] identities(SplittableRandom random, int size) {
    return random.longs(size).toArray();
  }

  /** Returns whose key each of the numbers 0 to keys − 1 is. */
  static int[] owners(Picker picker, int keys) {
    int[] owners = new int[keys];
    Arrays.setAll(owners, key -> picker.pick(0, key));
    return owners;
  }

  static int[] counts(int[] owners, int size) {
    int[] counts = new int[size];
    for (int owner : owners) {
      counts[owner]++;
    }
    return counts;
  }
}
