package io.spinforge.scaling.conformal;

import java.util.Arrays;

/**
 * The last so many scores, in order of age and of size, so that any rank of them can be read.
 * Adding one moves up to all of a sorted array: some microseconds at ten thousand. Not thread-safe.
 */
final class Scores {
  private final float[] byAge;
  private final float[] bySize;
  private int count;
  private int next;

  Scores(int capacity) {
    byAge = new float[capacity];
    bySize = new float[capacity];
  }

  /** Adds a score; the oldest goes if there is no room. */
  void add(double value) {
    float score = (float) value;
    if (count == byAge.length) {
      int at = Arrays.binarySearch(bySize, 0, count, byAge[next]);
      System.arraycopy(bySize, at + 1, bySize, at, count - at - 1);
      count--;
    }
    int at = Arrays.binarySearch(bySize, 0, count, score);
    at = at < 0 ? -at - 1 : at;
    System.arraycopy(bySize, at, bySize, at + 1, count - at);
    bySize[at] = score;
    byAge[next] = score;
    next = (next + 1) % byAge.length;
    count++;
  }

  int count() {
    return count;
  }

  /** Returns the score of rank {@code ⌈share·(n+1)⌉}, the highest if that is beyond them all. */
  double at(double share) {
    int rank = (int) Math.ceil(share * (count + 1));
    return bySize[Math.max(0, Math.min(count, rank) - 1)];
  }
}
