package io.spinforge.cache;

import java.util.function.DoubleSupplier;

/**
 * When a value that is read is loaded anew in the background although it is still fresh, so that no
 * reader has to wait at its end. One node of the cluster does it, under the lease; the others keep
 * what they have. Immutable.
 */
public final class RefreshAhead {
  /** Beyond this many load costs before the end XFetch fires once in e^20 reads: never. */
  private static final double WINDOW = 20;

  private static final RefreshAhead NEVER = new RefreshAhead(1, 0);

  private final double share; // of the freshness; 1 where that does not count
  private final double beta; // of XFetch; 0 where that does not count

  private RefreshAhead(double share, double beta) {
    this.share = share;
    this.beta = beta;
  }

  /** Never: a value is loaded again when it has expired. */
  public static RefreshAhead never() {
    return NEVER;
  }

  /** At the first read after a share of the freshness, above 0 and below 1, has passed. */
  public static RefreshAhead at(double share) {
    if (!(share > 0 && share < 1)) {
      throw Rules.refusal("refreshAhead", share, "above 0 and below 1");
    }
    return new RefreshAhead(share, 0);
  }

  /** Returns {@link #xfetch(double)} with a beta of 1, which is best for independent reads. */
  public static RefreshAhead xfetch() {
    return xfetch(1);
  }

  /**
   * By chance, at a read and the likelier the nearer the end, on the scale of what the last load
   * took: when now - loadCost * beta * ln(random) reaches the end (XFetch: Vattani, Chierichetti
   * and Lowenstein, "Optimal Probabilistic Cache Stampede Prevention", VLDB 2015). Reads earlier
   * than 20 load costs before the end draw nothing and cost nothing. A value that was put has no
   * load cost and is not refreshed.
   *
   * @param beta above 0, up to 100; more is earlier
   */
  public static RefreshAhead xfetch(double beta) {
    if (!(beta > 0 && beta <= 100)) {
      throw Rules.refusal("beta", beta, "above 0, up to 100");
    }
    return new RefreshAhead(1, beta);
  }

  /** Returns the time from which on reads are to ask {@link #isDue}. */
  long from(Life life) {
    if (share < 1) {
      return life.created() + (long) (share * (life.freshUntil() - life.created()));
    }
    double whole = (double) (life.freshUntil() - life.created());
    double window = Math.min(WINDOW * beta * life.costNanos(), whole);
    return life.freshUntil() - (long) window;
  }

  /** Tells whether a read at {@code now} is the one that refreshes. */
  boolean isDue(Life life, long now, DoubleSupplier random) {
    if (share < 1) {
      return now - from(life) >= 0;
    }
    // random is in [0, 1): its logarithm is negative, or minus infinity, which is due.
    return beta > 0
        && life.costNanos() > 0
        && now - life.freshUntil() >= life.costNanos() * beta * Math.log(random.getAsDouble());
  }

  @Override
  public String toString() {
    if (share < 1) {
      return "at(" + share + ")";
    }
    return beta > 0 ? "xfetch(" + beta + ")" : "never()";
  }
}
