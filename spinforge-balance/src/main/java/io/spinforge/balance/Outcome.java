package io.spinforge.balance;

import io.spinforge.balance.pick.Evidence;

/** Tells how a request to a member ended, as far as the member is to blame for it. */
public enum Outcome {
  /** The member answered as asked. */
  SUCCESS(Evidence.GOOD),
  /** The member failed: refused, reset, or answered with a server error. */
  FAILURE(Evidence.BAD),
  /** The caller's own deadline passed first: evidence of slowness, and a failure. */
  TIMEOUT(Evidence.BAD),
  /** The member said that it has too much to do. */
  OVERLOADED(Evidence.BAD),
  /** The caller lost interest: evidence of slowness, never of failure. */
  CANCELLED(Evidence.SLOW),
  /** Says nothing about the member, as a client error does. */
  IGNORED(Evidence.NONE);

  private final Evidence evidence;

  Outcome(Evidence evidence) {
    this.evidence = evidence;
  }

  Evidence evidence() {
    return evidence;
  }

  /** Returns whether the member is to blame: FAILURE, TIMEOUT and OVERLOADED. */
  public boolean failed() {
    return evidence == Evidence.BAD;
  }
}
