package io.spinforge.benchmarks.sim.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.spinforge.balance.limit.Limit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The tables in their short forms: what is known of the peers, and what is promised of ours. */
class BalanceTablesTest {

  @Test
  void peersComeOutOfASlowBackendAsPublished() {
    assertThat(SlowBackend.run(Contender.roundRobin(), false, 1).success())
        .isCloseTo(95.46, within(0.05));
    assertThat(SlowBackend.run(Contender.leastLoaded(), false, 1).success())
        .isCloseTo(99.53, within(0.02));
    assertThat(SlowBackend.run(Contender.peakEwma(), false, 1).success())
        .isCloseTo(99.92, within(0.01));
  }

  @Test
  void adaptiveAvoidsASlowBackendAndTakesItBack() {
    double success =
        LongStream.range(0, 20)
            .mapToDouble(
                seed -> {
                  SlowBackend.Result result = SlowBackend.run(Contender.adaptive(), false, seed);
                  assertThat(result.recovered()).as("seed %d", seed).isGreaterThan(0.85);
                  return result.success();
                })
            .average()
            .orElseThrow();
    assertThat(success).isGreaterThanOrEqualTo(99.965);
  }

  @Test
  void hedgesSaveTheRestAtLessThanOneInAThousand() {
    SlowBackend.Result result = SlowBackend.run(SlowBackend.hedged(), false, 1);
    assertThat(result.success()).isEqualTo(100);
    assertThat(result.extra()).isBetween(0.001, 0.1);
  }

  @Test
  void aLimiterKeepsAnOverloadedServerUseful() {
    double oracle = Overload.run(Overload.limited("fixed", Limit.fixed(20)), 1);
    assertThat(Overload.run(Overload.limited("gradient", Limit.gradient()), 1))
        .isGreaterThan(0.95 * oracle);
    assertThat(Overload.run(Overload.nobody(), 1)).isLessThan(10);
  }

  @Test
  void hotColdKeepsTheTailWhereWeightsAndAverageLatenciesLoseIt() {
    Antagonists.Result ours = Antagonists.run(Antagonists.probing(0.5), 0.9, 10, 10);
    assertThat(ours.p99()).isLessThan(380); // 350 over more seeds and a longer time
    assertThat(ours.failed()).isZero();
    assertThat(Antagonists.run(WeightedByLoad::new, 0.9, 10, 10).p99())
        .isGreaterThan(5 * ours.p99());
  }

  @Test
  void hotColdAnswersEverythingFarBeyondTheAllocation() {
    assertThat(Antagonists.run(Antagonists.probing(0.5), 1.74, 5, 10).failed()).isZero();
  }

  @Test
  void adaptiveDoesNotSuspendAFleetIntoOverload() {
    Antagonists.Result ours = Antagonists.run(Antagonists.of(Contender.adaptive()), 0.9, 10, 10);
    Antagonists.Result peak = Antagonists.run(Antagonists.of(Contender.peakEwma()), 0.9, 10, 10);
    assertThat(ours.failed()).isZero();
    assertThat(ours.p99()).isLessThan(1.1 * peak.p99());
  }

  @Test
  void aBlackHoleAttractsNothing() {
    assertThat(BlackHole.run(Contender.adaptive(), 1)).isLessThan(0.1);
    assertThat(BlackHole.run(Contender.powerOfTwo(), 1)).isGreaterThan(15);
  }

  @Test
  void anOutageIsAmplifiedByTheBudgetAtMost() {
    assertThat(Outage.run(Outage.budgeted(0.2), 1)).isLessThanOrEqualTo(1.2);
    assertThat(Outage.run(Outage.unbudgeted(), 1)).isGreaterThan(3.9);
  }

  @Test
  void aTableNobodyKnowsIsNamed() {
    assertThatThrownBy(() -> BalanceTables.main("fast"))
        .hasMessage("table: fast (expected: [slow, antagonists, blackhole, outage, overload])");
  }
}
