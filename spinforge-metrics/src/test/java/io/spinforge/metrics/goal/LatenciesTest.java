package io.spinforge.metrics.goal;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.testkit.Seeds;
import org.junit.jupiter.api.Test;

class LatenciesTest {
  @Test
  void aCellsMiddleIsWithinHalfAPercentOfWhatFallsIntoIt() {
    Seeds.run(
        20,
        (seed, random) -> {
          for (int i = 0; i < 10_000; i++) {
            long nanos = (long) Math.exp(Math.log(1e4) + random.nextDouble() * Math.log(1e8));
            double middle = Latencies.middle(Latencies.cell(nanos));
            assertThat(Math.abs(middle - nanos) / nanos).as("%d ns", nanos).isLessThan(0.00501);
          }
        });
  }

  @Test
  void cellsAreInTheOrderOfTheirLatencies() {
    for (int cell = 1; cell < Latencies.CELLS; cell++) {
      assertThat(Latencies.middle(cell)).isGreaterThan(Latencies.middle(cell - 1));
      assertThat(Latencies.cell(Latencies.middle(cell))).isEqualTo(cell);
    }
  }

  @Test
  void theEndsTakeWhateverIsBeyondThem() {
    assertThat(Latencies.cell(0)).isZero();
    assertThat(Latencies.cell(9_999)).isZero();
    assertThat(Latencies.cell(10_000)).isEqualTo(1);
    assertThat(Latencies.cell(999_999_999_999L)).isEqualTo(Latencies.CELLS - 2);
    assertThat(Latencies.cell(1_000_000_000_000L)).isEqualTo(Latencies.CELLS - 1);
    assertThat(Latencies.cell(Long.MAX_VALUE)).isEqualTo(Latencies.CELLS - 1);
  }

  @Test
  void anEdgeStartsACell() {
    assertThat(Latencies.isEdge(100_000_000)).isTrue();
    assertThat(Latencies.isEdge(1_250_000_000)).isTrue();
    assertThat(Latencies.isEdge(10_000)).isTrue();
    assertThat(Latencies.isEdge(1_000_000_000_000L)).isTrue();
    assertThat(Latencies.isEdge(1_000_000_000_001L)).isFalse();
    assertThat(Latencies.isEdge(1_234_000_000)).isFalse();
    assertThat(Latencies.isEdge(9_990)).isFalse();
    Seeds.run(
        5,
        (seed, random) -> {
          for (int i = 0; i < 10_000; i++) {
            long nanos = random.nextLong(10_000, 3_000_000);
            boolean starts = Latencies.cell(nanos) != Latencies.cell(nanos - 1);
            assertThat(Latencies.isEdge(nanos)).as("%d ns", nanos).isEqualTo(starts);
          }
        });
  }
}
