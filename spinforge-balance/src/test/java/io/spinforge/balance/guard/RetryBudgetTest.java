package io.spinforge.balance.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  @Test
  void grantsTheMinimumRateWithoutAnyRequest() {
    RetryBudget budget = new RetryBudget(0.2, 10, 0);
    for (int i = 0; i < 100; i++) {
      assertThat(budget.tryWithdraw(0)).isTrue();
    }
    assertThat(budget.tryWithdraw(0)).isFalse();
    assertThat(budget.tryWithdraw(9 * SECOND)).isFalse();
    assertThat(budget.tryWithdraw(10 * SECOND)).isTrue();
  }

  @Test
  void grantsAFifthOfTheRequests() {
    RetryBudget budget = new RetryBudget(0.2, 0, 0);
    assertThat(budget.tryWithdraw(0)).isFalse();
    for (int i = 0; i < 50; i++) {
      budget.deposit(SECOND);
    }
    assertThat(budget.available(SECOND)).isEqualTo(10);
    for (int i = 0; i < 10; i++) {
      assertThat(budget.tryWithdraw(2 * SECOND)).isTrue();
    }
    assertThat(budget.tryWithdraw(2 * SECOND)).isFalse();
  }

  @Test
  void forgetsRequestsOlderThanTenSeconds() {
    RetryBudget budget = new RetryBudget(1, 0, 0);
    budget.deposit(0);
    assertThat(budget.available(9 * SECOND)).isEqualTo(1);
    assertThat(budget.available(10 * SECOND)).isZero();
  }

  @Test
  void boundsTheAmplificationOfATotalOutage() {
    RetryBudget budget = new RetryBudget(0.2, 0, 0);
    int requests = 100_000;
    int attempts = 0;
    for (int i = 0; i < requests; i++) {
      long now = i * (SECOND / 1_000);
      budget.deposit(now);
      attempts++;
      for (int retry = 0; retry < 3 && budget.tryWithdraw(now); retry++) {
        attempts++;
      }
    }
    assertThat((double) attempts / requests).isBetween(1.19, 1.2);
  }

  @Test
  void equalsTenSlicesOfASecondCountedByHand() {
    Seeds.run(
        200,
        (seed, random) -> {
          long origin = random.nextLong();
          int minimum = random.nextInt(3);
          RetryBudget budget = new RetryBudget(0.25, minimum, origin);
          List<long[]> entries = new ArrayList<>(); // second, thousandths
          long elapsed = 0;
          for (int i = 0; i < 300; i++) {
            elapsed += random.nextInt(10) == 0 ? random.nextLong(15 * SECOND) : SECOND / 50;
            long second = elapsed / SECOND;
            long sum =
                minimum * 10_000L
                    + entries.stream()
                        .filter(entry -> entry[0] > second - 10)
                        .mapToLong(entry -> entry[1])
                        .sum();
            if (random.nextInt(3) > 0) {
              budget.deposit(origin + elapsed);
              entries.add(new long[] {second, 250});
            } else {
              assertThat(budget.tryWithdraw(origin + elapsed)).isEqualTo(sum >= 1_000);
              if (sum >= 1_000) {
                entries.add(new long[] {second, -1_000});
              }
            }
          }
        });
  }
}
