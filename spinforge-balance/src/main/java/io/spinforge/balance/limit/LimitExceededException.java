package io.spinforge.balance.limit;

/**
 * Says that a request was not admitted. There is one, without a stack trace: under overload,
 * refusing must be cheap.
 */
public final class LimitExceededException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The one and only. */
  @SuppressWarnings("StaticAssignmentOfThrowable") // without a stack there is nothing to mix up
  public static final LimitExceededException INSTANCE = new LimitExceededException();

  private LimitExceededException() {
    super("the limit of concurrent requests is reached", null, false, false);
  }

  private Object readResolve() {
    return INSTANCE;
  }
}
