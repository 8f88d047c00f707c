package io.spinforge.balance;

/**
 * Thrown when a balancer has nobody to choose: it was never updated, the update was empty, or all
 * weights are 0. One shared instance without a stack trace, so that an outage is cheap.
 */
public final class NoMembersException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("StaticAssignmentOfThrowable") // without a stack there is nothing to mix up
  static final NoMembersException INSTANCE = new NoMembersException();

  private NoMembersException() {
    super("no members (expected: update with at least one of weight above 0)", null, false, false);
  }
}
