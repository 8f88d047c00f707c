package io.spinforge.balance.pick;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Maglev's lookup table (Eisenbud et al., "Maglev: a fast and reliable software network load
 * balancer", NSDI 2016). Every node has a permutation of the table's slots, (offset + j × skip) mod
 * size; nodes take turns, and on its turn a node takes the first slot of its permutation that is
 * free. With equal weights slots are shared out evenly to within one; a lighter node gets its turn
 * in as many rounds as its weight is of the heaviest one's, and everybody in the first round.
 *
 * <p>A key's own order is such a permutation too: where its slot's node may not be chosen, it steps
 * through the table by a step that is made from the key. The size is prime, so every slot comes.
 *
 * <p>Building costs size × ln(size) steps if the last slots are found as the paper does, since a
 * node then tries nearly the whole table for each. The last {@value #TAIL} are found the other way
 * round: for each free slot its place in the node's permutation is computed, by the inverse of the
 * skip, and the earliest is taken. The table is the same. A lookup is two multiplications and one
 * read.
 */
final class Maglev implements Table {
  static final int MAX_NODES = Character.MAX_VALUE;

  /**
   * About the square root of the usual size: below it, fewer slots are free than would be tried.
   */
  private static final int TAIL = 256;

  private final char[] table;

  Maglev(long[] identities, double[] weights, int size) {
    int[] order = Keyed.order(identities);
    int[] offsets = new int[order.length];
    int[] skips = new int[order.length];
    double[] parts = new double[order.length];
    double heaviest = Arrays.stream(weights).max().orElse(1);
    for (int i = 0; i < order.length; i++) {
      long identity = identities[order[i]];
      offsets[i] = scale(Hashing.nth(identity, 1), size);
      skips[i] = scale(Hashing.nth(identity, 2), size - 1) + 1;
      parts[i] = weights[order[i]] / heaviest;
    }
    table = new Fill(offsets, skips, size).fill(parts);
    for (int slot = 0; slot < size; slot++) {
      table[slot] = (char) order[table[slot]];
    }
  }

  /** Lays out a table from offsets, skips, and weights as parts of the heaviest. */
  static char[] lay(int[] offsets, int[] skips, double[] parts, int size) {
    return new Fill(offsets, skips, size).fill(parts);
  }

  @Override
  public int find(long key, @Nullable Gate gate) {
    int first = table[scale(key, table.length)];
    return gate == null || gate.admits(first) ? first : next(key, gate, first);
  }

  private int next(long key, Gate gate, int first) {
    int size = table.length;
    int slot = scale(key, size);
    int step = scale(key << 32, size - 1) + 1;
    for (int i = 1; i < size; i++) {
      slot += step - size;
      slot += slot < 0 ? size : 0;
      int node = table[slot];
      if (gate.admits(node)) {
        return node;
      }
    }
    return first;
  }

  /** Maps the upper half of a number to 0 to bound − 1, by a multiplication instead of a modulo. */
  private static int scale(long number, int bound) {
    return (int) ((number >>> 32) * bound >>> 32);
  }

  private static final class Fill {
    private final int size;
    private final int[] offsets;
    private final int[] skips;

    /** Where each node's permutation stands. */
    private final int[] next;

    private final char[] table;

    /** One bit a slot: small enough to stay in the nearest cache. */
    private final long[] taken;

    private int free;
    private int[] tail = new int[0];
    private final int[] inverses;

    Fill(int[] offsets, int[] skips, int size) {
      this.size = size;
      this.offsets = offsets;
      this.skips = skips;
      next = offsets.clone();
      table = new char[size];
      taken = new long[(size + 63) / 64];
      inverses = new int[skips.length];
      free = size;
    }

    char[] fill(double[] parts) {
      double[] target = new double[parts.length];
      for (int round = 1; free > 0; round++) {
        for (int i = 0; i < parts.length && free > 0; i++) {
          if (round * parts[i] >= target[i]) {
            target[i]++;
            table[free > TAIL ? step(i) : earliest(i)] = (char) i;
            free--;
          }
        }
      }
      return table;
    }

    private int step(int node) {
      int slot = next[node];
      int skip = skips[node] - size;
      while ((taken[slot >>> 6] & 1L << slot) != 0) {
        slot += skip;
        slot += slot >> 31 & size;
      }
      taken[slot >>> 6] |= 1L << slot;
      next[node] = slot;
      return slot;
    }

    private int earliest(int node) {
      if (tail.length == 0) {
        tail = freeSlots();
      }
      if (inverses[node] == 0) {
        inverses[node] = inverse(skips[node], size);
      }
      int best = 0;
      long earliest = Long.MAX_VALUE;
      for (int i = 0; i < free; i++) {
        int distance = tail[i] - offsets[node];
        long turn = (long) (distance < 0 ? distance + size : distance) * inverses[node] % size;
        if (turn < earliest) {
          earliest = turn;
          best = i;
        }
      }
      int slot = tail[best];
      tail[best] = tail[free - 1];
      return slot;
    }

    private int[] freeSlots() {
      int[] slots = new int[free];
      int found = 0;
      for (int slot = 0; found < free; slot++) {
        if ((taken[slot >>> 6] & 1L << slot) == 0) {
          slots[found++] = slot;
        }
      }
      return slots;
    }

    /** Returns the number by which to multiply to get 1 modulo a prime: Euclid's algorithm. */
    private static int inverse(int number, int prime) {
      long previous = 0;
      long current = 1;
      int high = prime;
      int low = number;
      while (low > 1) {
        int quotient = high / low;
        int rest = high % low;
        high = low;
        low = rest;
        long following = previous - quotient * current;
        previous = current;
        current = following;
      }
      return (int) Math.floorMod(current, (long) prime);
    }
  }
}
