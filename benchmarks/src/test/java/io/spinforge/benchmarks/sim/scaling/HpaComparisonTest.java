package io.spinforge.benchmarks.sim.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HpaComparisonTest {
  @Test
  void randomStepsAreThoseOfTheReference() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    long different =
        HpaComparison.run(20_000, 1, new PrintStream(out, true, StandardCharsets.UTF_8));
    assertThat(different).as(out.toString(StandardCharsets.UTF_8)).isZero();
  }
}
