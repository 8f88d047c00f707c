package io.spinforge.balance.pick;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Deterministic subsets: the callers take consecutive stretches of one endless sequence of names,
 * which consists of one shuffle of all names after another. A stretch that crosses from a shuffle
 * to the next must not meet the same name twice: those that it has already are moved behind the
 * rest of it, so each shuffle depends on how the one before it ended.
 */
public final class Subsets {
  private final long[] hashes;
  private final int size;

  private Subsets(long[] hashes, int size) {
    this.hashes = hashes;
    this.size = size;
  }

  /** Returns the names of the caller's stretch; all names if there are not more than its size. */
  public static List<String> deterministic(Collection<String> names, int caller, int size) {
    if (names.size() <= size) {
      return List.copyOf(names);
    }
    List<String> sorted = names.stream().sorted().toList();
    long[] hashes = sorted.stream().mapToLong(Hashing::of).toArray();
    return Arrays.stream(new Subsets(hashes, size).stretch(caller)).mapToObj(sorted::get).toList();
  }

  private int[] stretch(int caller) {
    int count = hashes.length;
    long from = (long) caller * size;
    int[] stretch = new int[size];
    int[] shuffle = new int[0];
    int taken = 0;
    for (long round = 0; taken < size; round++) {
      long begin = round * count;
      // The stretch that crosses into this round began so many places before it.
      int crossing = (int) (begin % size);
      shuffle = shuffle(round, shuffle, crossing);
      int at = (int) Math.min(count, from + taken - begin);
      int more = Math.min(size - taken, count - at);
      System.arraycopy(shuffle, at, stretch, taken, more);
      taken += more;
    }
    return stretch;
  }

  private int[] shuffle(long round, int[] before, int crossing) {
    long seed = Hashing.mix(round);
    int[] order =
        IntStream.range(0, hashes.length)
            .boxed()
            .sorted(Comparator.comparingLong(i -> Hashing.mix(hashes[i] ^ seed)))
            .mapToInt(i -> i)
            .toArray();
    BitSet late = new BitSet();
    for (int i = before.length - crossing; i < before.length; i++) {
      late.set(before[i]);
    }
    // The first of the others make the stretch whole; all the rest keep their order.
    int open = crossing == 0 ? 0 : size - crossing;
    BitSet first = new BitSet();
    int[] shuffle = new int[order.length];
    int at = 0;
    for (int i = 0; at < open; i++) {
      if (!late.get(order[i])) {
        first.set(order[i]);
        shuffle[at++] = order[i];
      }
    }
    for (int i : order) {
      if (!first.get(i)) {
        shuffle[at++] = i;
      }
    }
    return shuffle;
  }
}
