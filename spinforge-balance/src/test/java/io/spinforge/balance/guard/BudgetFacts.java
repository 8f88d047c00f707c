package io.spinforge.balance.guard;

import java.util.Map;
import java.util.function.UnaryOperator;

/** A kind of facts about retry budgets, for the conformance table. */
public final class BudgetFacts {
  /** What the kind's "given" yields. */
  public static final Map<String, UnaryOperator<String>> KINDS =
      Map.of("Retry budget", BudgetFacts::budget);

  private BudgetFacts() {}

  private static String budget(String given) {
    String[] words = given.split("[;,]? ");
    RetryBudget budget =
        new RetryBudget(Double.parseDouble(words[1]), Integer.parseInt(words[3]), 0);
    StringBuilder available = new StringBuilder();
    for (int i = 4; i + 3 < words.length; i += 4) {
      long now = Long.parseLong(words[i]) * 1_000_000_000L;
      int count = Integer.parseInt(words[i + 2]);
      for (int n = 0; n < count; n++) {
        if (words[i + 3].equals("requests")) {
          budget.deposit(now);
        } else {
          budget.tryWithdraw(now);
        }
      }
      available.append(available.isEmpty() ? "" : " ").append(budget.available(now));
    }
    return available.toString();
  }
}
