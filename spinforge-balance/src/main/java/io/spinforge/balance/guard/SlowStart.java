package io.spinforge.balance.guard;

/**
 * The weight of a member that has just come, by Envoy's formula: weight × max(0.1, (t / T)^(1 /
 * a)), where t of T has passed and a is the aggression; 1 is linear, more is faster at first.
 *
 * <p>Weights are set again in steps, each time that the factor reaches another twentieth, so that a
 * policy that prepares something for its weights does so eighteen times at most.
 *
 * @param nanos T, above 0
 * @param aggression a, above 0
 */
public record SlowStart(long nanos, double aggression) {
  private static final double LEAST = 0.1;
  private static final int STEPS = 20;

  /** Returns the factor after this time, 0.1 to 1. */
  public double factor(long elapsed) {
    if (elapsed >= nanos) {
      return 1;
    }
    double part = Math.max(0, elapsed) / (double) nanos;
    return Math.max(LEAST, Math.pow(part, 1 / aggression));
  }

  /** Returns the factor of the last step before this time. */
  public double step(long elapsed) {
    return Math.max(LEAST * STEPS, stepsAt(elapsed)) / STEPS;
  }

  /** Returns how long after the start the next step is due. */
  public long nextStep(long elapsed) {
    double next = (Math.max(LEAST * STEPS, stepsAt(elapsed)) + 1) / STEPS;
    return next >= 1 ? nanos : (long) Math.ceil(nanos * Math.pow(next, aggression));
  }

  private double stepsAt(long elapsed) {
    return Math.floor(factor(elapsed) * STEPS + 1e-6);
  }
}
