package io.spinforge.benchmarks.sim.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The short form of the simulation; {@code CacheSimulation} plays it by the million. */
class CacheSimulationTest {
  private static final int SCHEDULES = 3000;

  private static final int MOST_FOR_A_MUTANT = 10_000;

  @Test
  void noScheduleEndsWithAStaleReadOrANodeThatDoesNotHeal() {
    Tally seen = CacheSimulation.playAll(1, SCHEDULES);
    assertThat(seen.schedules()).isEqualTo(SCHEDULES);
    for (long reads : seen.reads()) {
      assertThat(reads).isGreaterThan(SCHEDULES);
    }
  }

  @ParameterizedTest
  @EnumSource
  void protocolWithAGuardTakenOutIsCaught(Mutant mutant) {
    assertThat(CacheSimulation.caught(mutant, first(mutant), MOST_FOR_A_MUTANT)).isPositive();
  }

  /** For the rare ones, a seed not long before the first that catches them. */
  private static long first(Mutant mutant) {
    return switch (mutant) {
      case HARD_WITHOUT_LIVE_UNTIL -> 12_700;
      case NO_OTHER_RUN -> 4_650;
      case LIMITED_WITHOUT_STRIPES -> 3_800;
      case REFRESH_WITHOUT_STRIPES -> 2_850;
      case ON_ERROR_WITHOUT_LIVE_UNTIL -> 2_500;
      case SOFT_WITHOUT_BAN_TEST -> 2_400;
      case NO_COMPARISON -> 2_200;
      case NO_JOIN_TEST -> 700;
      case NO_FLOOR -> 600;
      default -> 1;
    };
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
