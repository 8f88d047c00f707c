package io.spinforge.benchmarks.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class JmhRunIT {

  private static final String PLANTED = PlantedBenchmark.class.getName();

  @Test
  void findsTheBenchmarksOfTheClassPath() {
    assertThat(JmhRun.benchmarks()).contains(PLANTED + ".allocate", PLANTED + ".fail");
  }

  @Test
  void measuresWhatABenchmarkAllocates() throws IOException {
    List<Measured> results = JmhRun.fork(PLANTED + ".allocate");
    assertThat(results)
        .extracting(Measured::benchmark)
        .containsExactly(PLANTED + ".allocate[0]", PLANTED + ".allocate[1000]");
    assertThat(results.get(0).bytes()).isCloseTo(0, within(AllocationJudge.TOLERANCE));
    // The array's header is 16 bytes.
    assertThat(results.get(1).bytes()).isCloseTo(1016, within(AllocationJudge.TOLERANCE));
  }

  @Test
  void benchmarkThatThrowsIsAnErrorWithItsTrace() {
    assertThatIOException()
        .isThrownBy(() -> JmhRun.fork(PLANTED + ".fail"))
        .withMessageContaining("IllegalStateException: planted");
  }
}
