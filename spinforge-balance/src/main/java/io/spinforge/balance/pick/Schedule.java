package io.spinforge.balance.pick;

import java.util.Arrays;
import java.util.PriorityQueue;

/**
 * Lays out one period of smooth weighted round robin.
 *
 * <p>Small periods follow nginx's smooth weighted round robin to the letter: every step adds each
 * weight to a current weight, takes the largest, and subtracts the total from it; {5, 1, 1} gives a
 * a b a c a a. That costs members × period, and leaves a member a whole turn and more ahead or
 * behind where many light ones stand beside a few heavy ones (2 % of random weights). So such
 * weights, and periods beyond {@value #NGINX_STEPS} such steps, use the windows of proportionate
 * fairness instead (Baruah, Cohen, Plaxton and Varvel, 1996): the j-th turn of weight w in a total
 * of W lies within ((j − 1)·W/w, j·W/w], and the earliest deadline goes first. No prefix then
 * differs from the exact share by a whole turn, at period × log(members).
 *
 * <p>Memory is bounded: weights whose smallest integer proportion has a period of at most {@value
 * #MAX_PERIOD} are laid out exactly. Others (large and coprime, or odd fractions) are rounded to a
 * period of about that length, with at least one turn for each member; a share is then off by at
 * most half a turn in {@value #MAX_PERIOD}, or by less than one turn for the lightest members.
 */
final class Schedule {
  static final int MAX_PERIOD = 65_536;
  static final int NGINX_STEPS = 1 << 20;

  private Schedule() {}

  /** Returns the indexes of one period; weights are above 0 and finite. */
  static int[] of(double[] weights) {
    int[] turns = turns(weights);
    int period = 0;
    for (int turn : turns) {
      period += turn;
    }
    if ((long) period * turns.length <= NGINX_STEPS) {
      int[] order = nginx(turns, period);
      if (staysWithinATurn(order, turns)) {
        return order;
      }
    }
    return earliestDeadline(turns, period);
  }

  /** Whether no prefix differs from anybody's exact share by a whole turn. */
  static boolean staysWithinATurn(int[] order, int[] turns) {
    int period = order.length;
    long[] behind = new long[turns.length]; // in terms of turns / period
    for (int next : order) {
      behind[next] -= period;
      long most = 0;
      for (int i = 0; i < turns.length; i++) {
        behind[i] += turns[i];
        most = Math.max(most, Math.abs(behind[i]));
      }
      if (most >= period) {
        return false;
      }
    }
    return true;
  }

  /** Returns how many turns each has in a period: the weights as small whole numbers. */
  static int[] turns(double[] weights) {
    for (int scale = 1; scale <= 1_000; scale *= 10) {
      int[] exact = exact(weights, scale);
      if (exact.length > 0) {
        return exact;
      }
    }
    double sum = Arrays.stream(weights).sum();
    double period = Math.max(MAX_PERIOD, 4.0 * weights.length);
    int[] rounded = new int[weights.length];
    for (int i = 0; i < weights.length; i++) {
      rounded[i] = (int) Math.max(1, Math.rint(weights[i] / sum * period));
    }
    return rounded;
  }

  /** Returns the scaled weights over their greatest common divisor; empty when they do not fit. */
  private static int[] exact(double[] weights, int scale) {
    long divisor = 0;
    long sum = 0;
    for (double weight : weights) {
      double scaled = weight * scale;
      if (Math.abs(scaled - Math.rint(scaled)) > 1e-9 || scaled < 0.5) {
        return new int[0];
      }
      divisor = gcd((long) Math.rint(scaled), divisor);
      sum += (long) Math.rint(scaled);
    }
    if (sum / divisor > Math.max(MAX_PERIOD, weights.length)) {
      return new int[0];
    }
    int[] turns = new int[weights.length];
    for (int i = 0; i < turns.length; i++) {
      turns[i] = (int) ((long) Math.rint(weights[i] * scale) / divisor);
    }
    return turns;
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  static int[] nginx(int[] turns, int period) {
    int[] order = new int[period];
    long[] current = new long[turns.length];
    for (int step = 0; step < period; step++) {
      int best = 0;
      for (int i = 0; i < turns.length; i++) {
        current[i] += turns[i];
        if (current[i] > current[best]) {
          best = i;
        }
      }
      current[best] -= period;
      order[step] = best;
    }
    return order;
  }

  static int[] earliestDeadline(int[] turns, int period) {
    int[] order = new int[period];
    int[] taken = new int[turns.length];
    // Nodes whose next window opens at a step: a linked list per step.
    int[] opening = new int[period + 1];
    int[] following = new int[turns.length];
    Arrays.fill(opening, -1);
    for (int i = turns.length - 1; i >= 0; i--) {
      following[i] = opening[1];
      opening[1] = i;
    }
    PriorityQueue<Long> open = new PriorityQueue<>();
    for (int step = 1; step <= period; step++) {
      for (int i = opening[step]; i >= 0; i = following[i]) {
        long deadline = ((taken[i] + 1L) * period + turns[i] - 1) / turns[i];
        open.add(deadline << 32 | i);
      }
      // Never empty: windows that opened by a step always outnumber the steps before it.
      int chosen = (int) (long) open.remove();
      order[step - 1] = chosen;
      taken[chosen]++;
      if (taken[chosen] < turns[chosen]) {
        int opens = (int) ((long) taken[chosen] * period / turns[chosen]) + 1;
        opens = Math.max(opens, step + 1);
        following[chosen] = opening[opens];
        opening[opens] = chosen;
      }
    }
    return order;
  }
}
