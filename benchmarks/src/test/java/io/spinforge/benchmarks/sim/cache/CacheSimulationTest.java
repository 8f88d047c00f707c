package io.spinforge.benchmarks.sim.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The short form of the simulation; {@code CacheSimulation} plays it by the million. */
class CacheSimulationTest {
  private static final int SCHEDULES = 3000;

  /** The rarest needs a failover that loses records, and a tag right after it. */
  private static final int MOST_FOR_A_MUTANT = 10_000;

  @Test
  void noScheduleEndsWithAStaleReadOrANodeThatDoesNotHeal() {
    Schedule.Tally seen = CacheSimulation.playAll(1, SCHEDULES);
    assertThat(seen.schedules()).isEqualTo(SCHEDULES);
    for (long reads : seen.reads()) {
      assertThat(reads).isGreaterThan(SCHEDULES);
    }
  }

  @ParameterizedTest
  @EnumSource
  void protocolWithAGuardTakenOutIsCaught(Mutant mutant) {
    assertThat(CacheSimulation.caught(mutant, MOST_FOR_A_MUTANT)).isPositive();
  }

  @Test
  void sameSeedIsTheSameSchedule() {
    CacheSimulation simulation = new CacheSimulation();
    for (long seed = 1; seed <= 50; seed++) {
      simulation.play(seed, null);
    }
    assertThat(CacheSimulation.playAll(1, 50).hash()).isEqualTo(simulation.tally().hash());
  }
}
