package io.spinforge.balance;

/**
 * How often, and on what budget, {@link LoadBalancer#call} and {@link LoadBalancer#callAsync} try
 * another member after {@link Outcome#failed() a failure}. A member that was tried is not tried
 * again; an exhausted budget suppresses the extra attempt only, never the first. Immutable.
 *
 * @param ratio extra attempts earned by each request, 0 to 1
 * @param minPerSecond extra attempts granted on top for each second, 0 to 10,000
 * @param maxAttempts attempts at one request, the first included, 2 to 10
 */
public record Retry(double ratio, int minPerSecond, int maxAttempts) {
  /** Checks the ranges. */
  public Retry {
    if (!(ratio >= 0 && ratio <= 1)) {
      throw new IllegalArgumentException("ratio: " + ratio + " (expected: 0 to 1)");
    }
    if (minPerSecond < 0 || minPerSecond > 10_000) {
      throw new IllegalArgumentException(
          "minPerSecond: " + minPerSecond + " (expected: 0 to 10000)");
    }
    if (maxAttempts < 2 || maxAttempts > 10) {
      throw new IllegalArgumentException("maxAttempts: " + maxAttempts + " (expected: 2 to 10)");
    }
  }

  /**
   * Two attempts, the second one on a budget of the requests of the last ten seconds: {@code ratio}
   * of them, and {@code minPerSecond}. Finagle's values are 0.2 and 10.
   */
  public static Retry budget(double ratio, int minPerSecond) {
    return new Retry(ratio, minPerSecond, 2);
  }

  /** Returns the same budget for this many attempts at a request, the first included. */
  public Retry maxAttempts(int attempts) {
    return new Retry(ratio, minPerSecond, attempts);
  }
}
