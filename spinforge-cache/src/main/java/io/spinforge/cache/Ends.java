package io.spinforge.cache;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Moments at which something ends, each of which counts. Immutable. Beyond {@value #MOST} only the
 * last one is known, and any may have passed until it has.
 */
final class Ends {
  static final Ends NONE = new Ends();

  private static final int MOST = 64;

  private final long[] moments; // the earliest first

  private Ends(long... moments) {
    this.moments = moments;
  }

  private boolean isEmpty() {
    return moments.length == 0;
  }

  /** Returns these, or null if there is none. */
  @Nullable Ends orNull() {
    return isEmpty() ? null : this;
  }

  /** Returns these and one more. */
  Ends and(long moment) {
    if (moments.length == MOST) {
      long[] all = moments.clone();
      all[MOST - 1] = later(all[MOST - 1], moment);
      return new Ends(all);
    }
    long[] all = Arrays.copyOf(moments, moments.length + 1);
    int place = moments.length;
    for (; place > 0 && all[place - 1] - moment > 0; place--) {
      all[place] = all[place - 1];
    }
    all[place] = moment;
    return new Ends(all);
  }

  /** Returns those that are still to come. */
  Ends after(long now) {
    int passed = 0;
    while (passed < moments.length && now - moments[passed] >= 0) {
      passed++;
    }
    boolean all = passed == moments.length;
    return all ? NONE : moments.length == MOST ? this : new Ends(tail(passed));
  }

  private long[] tail(int from) {
    return Arrays.copyOfRange(moments, from, moments.length);
  }

  /** Tells whether one of them may have passed. */
  boolean mayHavePassed(long now) {
    return moments.length == MOST || (moments.length > 0 && now - moments[0] >= 0);
  }

  /** Returns how long it is until the last of them; 0 if it has passed or there is none. */
  long left(long now) {
    return isEmpty() ? 0 : Math.max(0, moments[moments.length - 1] - now);
  }

  private static long later(long a, long b) {
    return a - b < 0 ? b : a;
  }
}
