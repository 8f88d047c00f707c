package io.spinforge.benchmarks.sim.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.benchmarks.sim.balance.PrefixDeviation.Picker;
import org.junit.jupiter.api.Test;

class PrefixDeviationTest {
  @Test
  void noBeginningOfTheSequenceStraysByAWholeTurn() {
    for (long seed = 1; seed <= 3; seed++) {
      int[] weights = PrefixDeviation.weights(seed);
      assertThat(PrefixDeviation.of(Picker.SMOOTH_WEIGHTED.over(weights), weights)).isLessThan(1);
    }
  }

  @Test
  void thePeersDo() {
    int[] weights = PrefixDeviation.weights(1);
    assertThat(PrefixDeviation.of(Picker.GRPC_STATIC_STRIDE.over(weights), weights))
        .isGreaterThan(10);
    assertThat(PrefixDeviation.of(Picker.ARMERIA_WEIGHTED.over(weights), weights))
        .isGreaterThan(10);
  }
}
