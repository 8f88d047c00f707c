package io.spinforge.benchmarks.trials;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FuzzEntriesTest {

  @Test
  void damagedEntriesNeitherThrowNorPassForWholeOnes() {
    long seed = System.nanoTime();
    FuzzEntries fuzz = FuzzEntries.run(200_000, seed);
    assertThat(fuzz.wrong()).as("seed %d", seed).isZero();
    assertThat(fuzz.decoded()).as("fields behind a right checksum are reached").isPositive();
  }
}
