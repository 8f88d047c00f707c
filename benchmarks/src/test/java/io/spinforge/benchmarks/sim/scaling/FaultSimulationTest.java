package io.spinforge.benchmarks.sim.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FaultSimulationTest {
  @Test
  void noUnsafeActionAndTheSameDecisionsEachTime() {
    String first = play();
    assertThat(first).contains("unsafe: 0").contains("steps: 10000, seeds 1 to 5");
    for (FaultRun.Fault fault : FaultRun.Fault.values()) {
      assertThat(first).contains(fault + "=");
    }
    assertThat(play()).isEqualTo(first);
  }

  @Test
  void plantedFaultsAreFound() {
    finds(Planted.FENCE_NOT_CHECKED, "a write by fence");
    finds(Planted.STALE_SAMPLE_ACCEPTED, "a shrink on incomplete data");
    finds(Planted.CLOCK_JUMP_IGNORED, "a change across a jump of the clock");
    finds(Planted.CONFLICT_IGNORED, "a write over one that it has not seen");
  }

  private static void finds(Planted fault, String unsafe) {
    assertThat(FaultSimulation.find(fault, unsafe, 50)).as("%s", fault).contains(unsafe);
  }

  private static String play() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    FaultSimulation.run(10_000, 1, new PrintStream(out, true, StandardCharsets.UTF_8));
    return out.toString(StandardCharsets.UTF_8);
  }
}
