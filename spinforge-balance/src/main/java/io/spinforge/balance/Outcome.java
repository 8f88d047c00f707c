package io.spinforge.balance;

/** Tells how a request to a member ended, as far as the member is to blame for it. */
public enum Outcome {
  /** The member answered as asked. */
  SUCCESS,
  /** The member failed: refused, reset, or answered with a server error. */
  FAILURE,
  /** The caller's own deadline passed first: evidence of slowness. */
  TIMEOUT,
  /** The member said that it has too much to do. */
  OVERLOADED,
  /** The caller lost interest: evidence of slowness, never of failure. */
  CANCELLED,
  /** Says nothing about the member, as a client error does. */
  IGNORED
}
