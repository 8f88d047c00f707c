package io.spinforge.metrics.goal;

/** The requests of a window. Immutable. */
public final class Requests {
  private final long[] cells;
  private final long total;
  private final long errors;
  private final long coveredNanos;

  Requests(long[] cells, long total, long errors, long coveredNanos) {
    this.cells = cells;
    this.total = total;
    this.errors = errors;
    this.coveredNanos = coveredNanos;
  }

  /** Returns the number of requests. */
  public long total() {
    return total;
  }

  /** Returns how many of them failed. */
  public long errors() {
    return errors;
  }

  /** Returns the time the window covers, in nanoseconds; less than its length while it fills. */
  public long coveredNanos() {
    return coveredNanos;
  }

  /**
   * Returns a percentile in nanoseconds by nearest rank: the smallest latency that at least this
   * share of the requests did not exceed, within 0.5 %.
   *
   * @param thousandths the percentile in thousandths of a percent: 99,900 for 99.9
   */
  public long percentile(int thousandths) {
    long rank = Math.max(1, (total * thousandths + 99_999) / 100_000);
    long seen = 0;
    for (int i = 0; i < cells.length; i++) {
      seen += cells[i];
      if (seen >= rank) {
        return Latencies.middle(i);
      }
    }
    throw new IllegalStateException("percentile: no requests (expected: >= 1)");
  }
}
