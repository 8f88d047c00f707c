package io.spinforge.balance;

import io.spinforge.balance.guard.RetryBudget;
import io.spinforge.balance.limit.ConcurrencyLimiter;
import io.spinforge.balance.limit.Limit;
import io.spinforge.balance.pick.Counts;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is lock-free behaves as if its operations came one after the other: Lincheck's model checker
 * walks through interleavings of random programs of three threads, and looks for an order that
 * explains the answers.
 */
class LinearizableTest {
  @ParameterizedTest
  @ValueSource(classes = {Counts.class, Budget.class, Places.class})
  void answersAreThoseOfSomeOrder(Class<?> subject) {
    new ModelCheckingOptions()
        .iterations(6)
        .invocationsPerIteration(100)
        .threads(3)
        .actorsPerThread(3)
        .check(subject);
  }

  /** What retries and hedges may cost, within one moment. */
  public static class Budget {
    private final RetryBudget budget = new RetryBudget(0.5, 0, 0);

    @Operation
    public void deposit() {
      budget.deposit(0);
    }

    @Operation
    public boolean tryWithdraw() {
      return budget.tryWithdraw(0);
    }

    @Operation
    public long available() {
      return budget.available(0);
    }
  }

  /** The two places of a limit; none is given back that was not taken. */
  public static class Places {
    private final ConcurrencyLimiter limiter = ConcurrencyLimiter.of(Limit.fixed(2));

    @Operation
    public boolean take() {
      return limiter.tryAcquire() != ConcurrencyLimiter.REJECTED;
    }

    @Operation
    public void giveBack(@Param(gen = IntGen.class, conf = "0:0") int permit) {
      limiter.ignored(permit);
    }

    @Operation
    public int inFlight() {
      return limiter.inFlight();
    }
  }
}
