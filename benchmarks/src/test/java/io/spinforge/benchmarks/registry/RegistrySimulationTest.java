package io.spinforge.benchmarks.registry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Short forms of the registry's simulations. */
class RegistrySimulationTest {

  @Test
  void everyWatcherHasWhatTheStoreHasOneReconcileAfterQuiet() {
    for (long seed = 101; seed <= 104; seed++) {
      assertThat(Convergence.run(1_200, seed)).as("seed %s", seed).isEqualTo(3 * 12);
    }
  }

  @Test
  void ownersThatWereStoppedAndReplacedWriteNothingWhenTheyGoOn() {
    assertThat(Fencing.run(100, 1)).isZero();
  }
}
