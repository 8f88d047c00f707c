package io.spinforge.balance.guard;

/**
 * What one outlier rule holds against one member. Thread-safe; the lock of each implementation is
 * held for a few instructions only. Times are of one monotonic clock, in nanoseconds.
 */
public interface Health {
  /** Answers to "may this member, which was just chosen, be used?". */
  enum Admission {
    /** Yes. */
    OPEN,
    /** Yes, as the single trial of an ejected member: nobody else may have it meanwhile. */
    TRIAL,
    /** No: somebody else has the trial. */
    CLOSED
  }

  /** Tells whether anything at all is held against the member; one volatile read. */
  boolean suspect();

  /** Tells whether the member is ejected, be it on trial or not. */
  boolean ejected();

  /** Tells whether the member may be chosen at this time. */
  boolean eligible(long now);

  /** Returns when an ejected member becomes eligible again, unless failures put that off. */
  long eligibleAt();

  /** Notes that a suspect member was chosen. */
  Admission chosen(long now);

  /**
   * Accounts the end of a request.
   *
   * @return whether {@link #ejected()} changed
   */
  boolean ended(boolean failed, long now);
}
