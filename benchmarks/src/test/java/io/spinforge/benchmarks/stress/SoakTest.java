package io.spinforge.benchmarks.stress;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SoakTest {
  @Test
  void nothingLeaksAndNobodyIsChosenWhoWasRemoved() throws InterruptedException {
    Soak.Result result = Soak.run(500_000, 500, 1_000);
    assertThat(result.inFlight()).isZero();
    assertThat(result.wrong()).isZero();
    assertThat(result.updates()).isGreaterThan(10);
  }
}
