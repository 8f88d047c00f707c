package io.spinforge.benchmarks.sim.balance;

import java.util.concurrent.TimeoutException;

/** The two ways for a request to fail, without the cost of a stack trace each. */
@SuppressWarnings("StaticAssignmentOfThrowable") // they have neither trace nor cause
final class Failures {
  static final RuntimeException REFUSED = new Refused();
  static final TimeoutException TIMED_OUT = new TimedOut();

  private Failures() {}

  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    Refused() {
      super("refused", null, false, false);
    }
  }

  private static final class TimedOut extends TimeoutException {
    private static final long serialVersionUID = 1;

    @Override
    public synchronized Throwable fillInStackTrace() {
      return this;
    }
  }
}
