package io.spinforge.balance;

import static io.spinforge.balance.pick.PickFacts.after;
import static io.spinforge.balance.pick.PickFacts.numbers;

import io.spinforge.balance.guard.ConsecutiveHealth;
import io.spinforge.balance.guard.Health;
import io.spinforge.balance.pick.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What a balancer says to the rows of the conformance table. */
final class BalanceFacts {
  static final Map<String, UnaryOperator<String>> KINDS =
      Map.of(
          "Panic",
          BalanceFacts::panic,
          "Fewest connections, by turns",
          BalanceFacts::leastConn,
          "Sizes of Maglev's table",
          BalanceFacts::maglevSize,
          "Deterministic subsets",
          BalanceFacts::subsets);

  private BalanceFacts() {}

  /** Plays "weights 2 1; max_fails 1: 4 requests, a ends, b fails, 3 requests". */
  private static String leastConn(String given) {
    double[] weights = after("weights", given);
    int maxFails = (int) after("max_fails", given.substring(0, given.indexOf(':')))[0];
    LoadBalancer<Integer> balancer =
        LoadBalancer.<Integer>builder()
            .policy(Policy.nginxLeastConn(maxFails, Duration.ofHours(1)))
            .weight(value -> weights[value])
            .build();
    balancer.update(IntStream.range(0, weights.length).boxed().toList());
    List<Member<Integer>> running = new ArrayList<>();
    StringBuilder chosen = new StringBuilder();
    for (String step : given.substring(given.indexOf(':') + 1).split(",")) {
      if (step.endsWith("requests")) {
        for (int i = 0; i < numbers(step)[0]; i++) {
          running.add(balancer.acquire());
          chosen.append((char) ('a' + running.get(running.size() - 1).value()));
        }
        chosen.append(' ');
      } else {
        Member<Integer> member = running.get(0);
        for (int i = 0; member.value() != step.strip().charAt(0) - 'a'; i++) {
          member = running.get(i);
        }
        running.remove(member);
        member.end(member.begin(), step.endsWith("fails") ? Outcome.FAILURE : Outcome.SUCCESS);
      }
    }
    return chosen.toString().strip();
  }

  private static String maglevSize(String given) {
    try {
      return Policy.maglev(Integer.parseInt(given)).toString();
    } catch (IllegalArgumentException e) {
      return "rejected";
    }
  }

  /** Counts the callers of each backend and says how many the least and the most used have. */
  private static String subsets(String given) {
    List<Integer> backends = IntStream.range(0, (int) after("backends", given)[0]).boxed().toList();
    Map<Integer, Integer> callers = new HashMap<>();
    backends.forEach(backend -> callers.put(backend, 0));
    for (int caller = 0; caller < after("callers", given)[0]; caller++) {
      Subset.deterministic(caller, (int) after("size", given)[0])
          .of(backends)
          .forEach(backend -> callers.merge(backend, 1, Integer::sum));
    }
    return Collections.min(callers.values()) + " to " + Collections.max(callers.values());
  }

  /** From "72/100 100/100; threshold 50" to "0: 100 %, 1: 0 %", with "all" where in panic. */
  private static String panic(String given) {
    String[] levels = given.substring(0, given.indexOf(';')).split(" ");
    List<Member<Integer>> members = new ArrayList<>();
    for (int priority = 0; priority < levels.length; priority++) {
      int healthy = Integer.parseInt(levels[priority].split("/")[0]);
      int all = Integer.parseInt(levels[priority].split("/")[1]);
      for (int i = 0; i < all; i++) {
        members.add(member(priority, i < healthy));
      }
    }
    double threshold = after("threshold", given)[0] / 100;
    Selection<Integer> selection =
        new Selection<>(members, true, new Rules<>(threshold, 1.4, null, 6, null), false, 0);
    return selection.groups.stream()
        .map(
            group ->
                group.key
                    + ": "
                    + Math.round(100 * group.load)
                    + " % to "
                    + (group.everyone ? "all " : "")
                    + group.members.size())
        .collect(Collectors.joining(", "));
  }

  private static Member<Integer> member(int priority, boolean healthy) {
    Health health = new ConsecutiveHealth(1, 1_000);
    if (!healthy) {
      health.ended(true, 0);
    }
    return new Member<>(null, 0, new Traits(1, priority, "", ""), new Node(), health);
  }
}
