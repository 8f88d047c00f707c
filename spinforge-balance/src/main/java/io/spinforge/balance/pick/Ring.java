package io.spinforge.balance.pick;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Consistent hashing on a ring (Karger et al., 1997), weighted as Ketama does it: a node has points
 * in proportion to its weight, at least one, and a key belongs to the first point that is not
 * before it. A key's own order is the way round the ring.
 *
 * <p>Points are 64-bit numbers: 48 bits of hash and 16 of owner. A key's neighbourhood is found by
 * its upper bits in an index of about one entry a point, so a lookup is O(1) on average.
 */
final class Ring implements Table {
  static final int MAX_NODES = 1 << 16;

  private static final long OWNER = MAX_NODES - 1;

  /** The points in unsigned order, stored with the sign flipped so that they compare signed. */
  private final long[] points;

  /** The nodes in the order on which callers agree: a point's owner is an index of this. */
  private final int[] order;

  /** For each value of a key's upper bits, the first point that is not before it. */
  private final int[] index;

  private final int shift;

  Ring(long[] identities, double[] weights, int pointsPerNode) {
    order = Keyed.order(identities);
    double mean = Arrays.stream(weights).average().orElse(1);
    long[] all = new long[16];
    int count = 0;
    for (int owner = 0; owner < order.length; owner++) {
      int own = (int) Math.max(1, Math.rint(weights[order[owner]] / mean * pointsPerNode));
      all = count + own > all.length ? Arrays.copyOf(all, 2 * (count + own)) : all;
      for (int n = 0; n < own; n++) {
        long point = Hashing.nth(identities[order[owner]], n) & ~OWNER | owner;
        all[count++] = point ^ Long.MIN_VALUE;
      }
    }
    points = Arrays.copyOf(all, count);
    Arrays.sort(points);
    int bits = Math.max(1, Integer.SIZE - Integer.numberOfLeadingZeros(count - 1));
    shift = Long.SIZE - bits;
    index = new int[1 << bits];
    int point = 0;
    for (int i = 0; i < index.length; i++) {
      long from = ((long) i << shift) ^ Long.MIN_VALUE;
      while (point < count && points[point] < from) {
        point++;
      }
      index[i] = point;
    }
  }

  int size() {
    return points.length;
  }

  @Override
  public int find(long key, @Nullable Gate gate) {
    int at = index[(int) (key >>> shift)];
    long flipped = key ^ Long.MIN_VALUE;
    while (at < points.length && points[at] < flipped) {
      at++;
    }
    int first = owner(at < points.length ? at : 0);
    if (gate == null || gate.admits(first)) {
      return first;
    }
    for (int i = 1; i < points.length; i++) {
      int node = owner((at + i) % points.length);
      if (gate.admits(node)) {
        return node;
      }
    }
    return first;
  }

  int owner(int point) {
    return order[(int) (points[point] & OWNER)];
  }
}
