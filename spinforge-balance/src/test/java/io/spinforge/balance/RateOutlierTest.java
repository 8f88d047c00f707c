package io.spinforge.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.testkit.ManualTicker;
import io.spinforge.testkit.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RateOutlierTest {
  private final ManualTicker ticker = new ManualTicker();

  /** A member that left with requests in flight: the end of one makes the balancer look. */
  private Member<Integer> gone;

  private LoadBalancer<Integer> balancer(Outlier outlier, int members) {
    LoadBalancer<Integer> balancer =
        LoadBalancer.<Integer>builder()
            .policy(Policy.roundRobin())
            .outlier(outlier)
            .ticker(ticker)
            .build();
    balancer.update(List.of(-1));
    for (int i = 0; i < 10; i++) {
      gone = balancer.acquire();
    }
    balancer.update(IntStream.range(0, members).boxed().toList());
    return balancer;
  }

  /** Gives every member that is in use so many requests, of which so many fail, and looks. */
  private void interval(LoadBalancer<Integer> balancer, int requests, int... failures) {
    requests(balancer, requests, failures);
    ticker.advance(Duration.ofSeconds(10));
    gone.end(0, Outcome.FAILURE);
  }

  private static void requests(LoadBalancer<Integer> balancer, int requests, int... failures) {
    int[] given = new int[failures.length];
    int ejected = balancer.stats().ejected();
    for (int i = 0; i < requests * (failures.length - ejected); i++) {
      Member<Integer> member = balancer.acquire();
      int value = member.value();
      boolean failed = given[value]++ < failures[value];
      member.end(member.begin(), failed ? Outcome.FAILURE : Outcome.SUCCESS);
    }
  }

  private static List<Integer> ejected(LoadBalancer<Integer> balancer) {
    return balancer.snapshot().members().stream()
        .filter(Snapshot.MemberSnapshot::ejected)
        .map(Snapshot.MemberSnapshot::value)
        .toList();
  }

  @Test
  void aMemberFarBelowTheMeanSuccessRateIsEjected() {
    LoadBalancer<Integer> balancer = balancer(Outlier.successRate(1.9), 6);
    interval(balancer, 100, 0, 0, 0, 40, 0, 0);
    assertThat(ejected(balancer)).containsExactly(3);
  }

  @Test
  void whereAllFailAlikeNobodyIsAnOutlier() {
    LoadBalancer<Integer> balancer = balancer(Outlier.successRate(1.9), 6);
    interval(balancer, 100, 50, 50, 50, 50, 50, 50);
    assertThat(ejected(balancer)).isEmpty();
  }

  @Test
  void tooFewMembersOrRequestsProveNothing() {
    LoadBalancer<Integer> few = balancer(Outlier.successRate(1.9), 4);
    interval(few, 100, 0, 0, 0, 90);
    assertThat(ejected(few)).isEmpty();
    LoadBalancer<Integer> quiet = balancer(Outlier.successRate(1.9), 6);
    interval(quiet, 99, 0, 0, 0, 90, 0, 0);
    assertThat(ejected(quiet)).isEmpty();
  }

  @Test
  void aFailurePercentageEjectsAtItsLimit() {
    LoadBalancer<Integer> balancer = balancer(Outlier.failurePercentage(85).maxEjected(1), 6);
    interval(balancer, 100, 0, 84, 85, 86, 100, 0);
    assertThat(ejected(balancer)).containsExactly(2, 3, 4);
  }

  @Test
  void theWorstGoFirstAndOneMayAlwaysGo() {
    LoadBalancer<Integer> balancer = balancer(Outlier.failurePercentage(50).maxEjected(0), 6);
    interval(balancer, 100, 0, 60, 0, 90, 70, 0);
    assertThat(ejected(balancer)).containsExactly(3);
    LoadBalancer<Integer> third = balancer(Outlier.failurePercentage(50).maxEjected(0.34), 6);
    interval(third, 100, 0, 60, 0, 90, 70, 0);
    assertThat(ejected(third)).containsExactly(3, 4);
  }

  @Test
  void anEjectionEndsWithoutATrialAndTheNextLastsLonger() {
    LoadBalancer<Integer> balancer = balancer(Outlier.failurePercentage(85), 6);
    interval(balancer, 100, 0, 0, 0, 100, 0, 0);
    assertThat(ejected(balancer)).containsExactly(3);
    ticker.advance(Duration.ofSeconds(29));
    assertThat(balancer.pick().ejected()).isFalse();
    assertThat(ejected(balancer)).containsExactly(3);
    ticker.advance(Duration.ofSeconds(1));
    List<Member<Integer>> acquired =
        IntStream.range(0, 12).mapToObj(i -> balancer.acquire()).toList();
    assertThat(acquired).filteredOn(member -> member.value() == 3).hasSize(2);
    assertThat(ejected(balancer)).isEmpty();
    acquired.forEach(member -> member.end(member.begin(), Outcome.SUCCESS));

    interval(balancer, 100, 0, 0, 0, 100, 0, 0);
    assertThat(ejected(balancer)).containsExactly(3);
    ticker.advance(Duration.ofSeconds(25));
    gone.end(0, Outcome.FAILURE);
    ticker.advance(Duration.ofSeconds(5));
    balancer.pick();
    assertThat(ejected(balancer)).as("one interval was forgiven").isEmpty();
    requests(balancer, 100, 0, 0, 0, 100, 0, 0);
    ticker.advance(Duration.ofSeconds(5));
    gone.end(0, Outcome.FAILURE);
    assertThat(ejected(balancer)).as("an interval is over").containsExactly(3);
    ticker.advance(Duration.ofSeconds(59));
    balancer.pick();
    assertThat(ejected(balancer)).as("twice the base").containsExactly(3);
    ticker.advance(Duration.ofSeconds(1));
    balancer.pick();
    assertThat(ejected(balancer)).isEmpty();
  }

  @Test
  void countsStartAgainWithEachInterval() {
    LoadBalancer<Integer> balancer = balancer(Outlier.failurePercentage(85), 6);
    interval(balancer, 40, 0, 0, 0, 40, 0, 0);
    interval(balancer, 40, 0, 0, 0, 40, 0, 0);
    assertThat(ejected(balancer)).as("40 requests are not 50, twice").isEmpty();
  }

  @Test
  void cancelledAndIgnoredRequestsAreNotCounted() {
    LoadBalancer<Integer> balancer = balancer(Outlier.failurePercentage(85), 6);
    for (int i = 0; i < 600; i++) {
      Member<Integer> member = balancer.acquire();
      boolean three = member.value() == 3;
      member.end(member.begin(), three ? Outcome.CANCELLED : Outcome.SUCCESS);
    }
    interval(balancer, 0, 0, 0, 0, 0, 0, 0);
    assertThat(ejected(balancer)).isEmpty();
  }

  @Test
  void aSingleMemberIsNeverEjected() {
    LoadBalancer<Integer> balancer =
        balancer(Outlier.failurePercentage(1).volume(1, 1).maxEjected(1), 1);
    interval(balancer, 100, 100);
    interval(balancer, 100, 100);
    assertThat(ejected(balancer)).isEmpty();
  }

  @Test
  void ejectsThoseWhomPlainArithmeticEjects() {
    Seeds.run(
        100,
        (seed, random) -> {
          int members = 2 + random.nextInt(10);
          int hosts = 1 + random.nextInt(6);
          double factor = 0.5 + random.nextInt(20) / 10.0;
          LoadBalancer<Integer> balancer =
              balancer(Outlier.successRate(factor).volume(hosts, 20).maxEjected(1), members);
          int[] failures = new int[members];
          for (int i = 0; i < members; i++) {
            failures[i] = random.nextInt(3) == 0 ? random.nextInt(21) : 0;
          }
          requests(balancer, 20, failures);
          ticker.advance(Duration.ofSeconds(10));
          List<Integer> expected = slow(failures, factor, members >= hosts);
          gone.end(0, Outcome.FAILURE);
          assertThat(ejected(balancer)).isEqualTo(expected);
        });
  }

  private static List<Integer> slow(int[] failures, double factor, boolean enough) {
    double mean = 0;
    for (int failed : failures) {
      mean += (20 - failed) * 5.0;
    }
    mean /= failures.length;
    double squares = 0;
    for (int failed : failures) {
      squares += Math.pow((20 - failed) * 5.0 - mean, 2);
    }
    double limit = mean - factor * Math.sqrt(squares / failures.length);
    List<Integer> out = new ArrayList<>();
    for (int i = 0; i < failures.length; i++) {
      if (enough && (20 - failures[i]) * 5.0 < limit - 1e-9) {
        out.add(i);
      }
    }
    return out;
  }

  @Test
  void aRowOfSomeKindsIsEndedByOthers() {
    LoadBalancer<Integer> balancer =
        balancer(Outlier.consecutive(3, Outcome.TIMEOUT, Outcome.OVERLOADED), 2);
    serve(balancer, Outcome.TIMEOUT, Outcome.OVERLOADED, Outcome.FAILURE);
    serve(balancer, Outcome.TIMEOUT, Outcome.TIMEOUT, Outcome.IGNORED);
    assertThat(ejected(balancer)).isEmpty();
    serve(balancer, Outcome.OVERLOADED);
    assertThat(ejected(balancer)).containsExactly(0);
  }

  private static void serve(LoadBalancer<Integer> balancer, Outcome... outcomes) {
    for (Outcome outcome : outcomes) {
      Member<Integer> member = balancer.acquire();
      while (member.value() != 0) {
        member.end(member.begin(), Outcome.IGNORED);
        member = balancer.acquire();
      }
      member.end(member.begin(), outcome);
    }
  }
}
