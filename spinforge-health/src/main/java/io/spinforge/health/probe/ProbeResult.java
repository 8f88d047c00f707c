package io.spinforge.health.probe;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * The outcome of one probe.
 *
 * @param verdict what it says of the target
 * @param failure why it failed; present exactly if the verdict is {@link Verdict#FAILED} or {@link
 *     Verdict#FAILED_NOW}
 * @param detail a few words for people, for example {@code "status 503"}; empty if there is nothing
 *     to add
 */
public record ProbeResult(Verdict verdict, @Nullable Failure failure, String detail) {

  private static final ProbeResult HEALTHY = new ProbeResult(Verdict.HEALTHY, null, "");

  /** Refuses a failure without a kind and a kind without a failure. */
  public ProbeResult {
    requireNonNull(verdict, "verdict");
    requireNonNull(detail, "detail");
    boolean failed = verdict == Verdict.FAILED || verdict == Verdict.FAILED_NOW;
    if (failed != (failure != null)) {
      throw new IllegalArgumentException(
          "failure: " + failure + " (expected: present exactly for a failed verdict)");
    }
  }

  /** Returns the result of a fit target. */
  public static ProbeResult healthy() {
    return HEALTHY;
  }

  /** Returns the result of a target that works and says that it is not well. */
  public static ProbeResult degraded(String detail) {
    return new ProbeResult(Verdict.DEGRADED, null, detail);
  }

  /** Returns a failure of kind {@link Failure#ERROR} that counts towards {@code fall}. */
  public static ProbeResult failed(String detail) {
    return failed(Failure.ERROR, detail);
  }

  /**
   * Returns a failure of the given kind. {@link Failure#REFUSED} makes the target unhealthy at
   * once; every other kind counts towards {@code fall}.
   */
  public static ProbeResult failed(Failure failure, String detail) {
    return new ProbeResult(
        failure == Failure.REFUSED ? Verdict.FAILED_NOW : Verdict.FAILED, failure, detail);
  }

  /** Returns a failure of kind {@link Failure#ERROR} that makes the target unhealthy at once. */
  public static ProbeResult failedNow(String detail) {
    return new ProbeResult(Verdict.FAILED_NOW, Failure.ERROR, detail);
  }

  /** Returns a result that says nothing of the target; counters and state stay as they are. */
  public static ProbeResult inconclusive(String detail) {
    return new ProbeResult(Verdict.INCONCLUSIVE, null, detail);
  }
}
