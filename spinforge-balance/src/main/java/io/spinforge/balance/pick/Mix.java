package io.spinforge.balance.pick;

import java.util.Arrays;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Several pickers, each for a part of the requests, over the concatenation of their nodes. Which
 * one answers is drawn at random, or from the key where there is one. O(pickers).
 */
public final class Mix implements Picker {
  private final Picker[] pickers;

  /** Where each picker's nodes begin, and after the last where they end. */
  private final int[] starts;

  /** The sum of the parts up to and including each picker. */
  private final double[] upTo;

  /** Null where the key decides. */
  private final @Nullable Supplier<RandomGenerator> random;

  /**
   * Creates it from pickers, how many nodes each has, and the parts of the requests.
   *
   * @param random null for keyed pickers
   */
  public Mix(
      Picker[] pickers, int[] sizes, double[] parts, @Nullable Supplier<RandomGenerator> random) {
    this.pickers = pickers;
    this.random = random;
    starts = new int[sizes.length + 1];
    upTo = new double[parts.length];
    double sum = 0;
    for (int i = 0; i < sizes.length; i++) {
      starts[i + 1] = starts[i] + sizes[i];
      sum += parts[i];
      upTo[i] = sum;
    }
  }

  @Override
  public int pick(long now) {
    return pick(now, 0);
  }

  @Override
  public int pick(long now, long hash) {
    // The key is mixed once more, so that it says nothing of where it stands in a table.
    int drawn =
        at(random == null ? (Hashing.nth(hash, -1) >>> 11) * 0x1p-53 : random.get().nextDouble());
    return starts[drawn] + pickers[drawn].pick(now, hash);
  }

  @Override
  public Picker among(boolean[] open) {
    Picker[] among = pickers.clone();
    int[] sizes = new int[among.length];
    double[] parts = new double[among.length];
    double sum = 0;
    for (int i = 0; i < among.length; i++) {
      boolean[] own = Arrays.copyOfRange(open, starts[i], starts[i + 1]);
      sizes[i] = own.length;
      if (IntStream.range(0, own.length).anyMatch(node -> own[node])) {
        among[i] = pickers[i].among(own);
        parts[i] = upTo[i] - (i == 0 ? 0 : upTo[i - 1]);
        sum += parts[i];
      }
    }
    for (int i = 0; i < parts.length; i++) {
      parts[i] /= sum;
    }
    return new Mix(among, sizes, parts, random);
  }

  private int at(double draw) {
    int picker = 0;
    while (picker < upTo.length - 1 && draw >= upTo[picker]) {
      picker++;
    }
    return picker;
  }

  @Override
  public boolean acquire(int index, Node node) {
    int picker = 0;
    while (index >= starts[picker + 1]) {
      picker++;
    }
    return pickers[picker].acquire(index - starts[picker], node);
  }
}
