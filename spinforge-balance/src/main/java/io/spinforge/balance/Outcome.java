package io.spinforge.balance;

import io.spinforge.balance.pick.Evidence;

/** Tells how a request to a member ended, as far as the member is to blame for it. */
public enum Outcome {
  /** The member answered as asked. */
  SUCCESS(0, Evidence.GOOD),
  /** The member failed: refused, reset, or answered with a server error. */
  FAILURE(1, Evidence.BAD),
  /** The caller's own deadline passed first: evidence of slowness, and a failure. */
  TIMEOUT(2, Evidence.BAD),
  /** The member said that it has too much to do. */
  OVERLOADED(3, Evidence.BAD),
  /** The caller lost interest: evidence of slowness, never of failure. */
  CANCELLED(4, Evidence.SLOW),
  /** Says nothing about the member, as a client error does. */
  IGNORED(5, Evidence.NONE);

  /** Where counts of this outcome stand in an array of counts. */
  final int index;

  private final Evidence evidence;

  Outcome(int index, Evidence evidence) {
    this.index = index;
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
