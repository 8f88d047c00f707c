package io.spinforge.balance.pick;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PeakEwmaTest {
  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

  private final SplittableRandom random = new SplittableRandom(7);
  private final PeakEwma algorithm = new PeakEwma(10_000 * MS, () -> random);
  private final Node[] nodes = Nodes.of(algorithm, 0, 0);
  private final Picker picker = algorithm.over(nodes, Nodes.weights(2));

  @Test
  void avoidsTheSlowOne() {
    serve(nodes[0], 0, 500 * MS, Evidence.GOOD);
    serve(nodes[1], 0, 10 * MS, Evidence.GOOD);
    assertThat(picks(500 * MS, 100)).isEqualTo(100);
  }

  @Test
  void goesBackToTheSlowOneWhenTheFastOneIsFull() {
    serve(nodes[0], 0, 30 * MS, Evidence.GOOD);
    serve(nodes[1], 0, 10 * MS, Evidence.GOOD);
    for (int i = 0; i < 5; i++) {
      nodes[1].acquire();
    }
    assertThat(picks(31 * MS, 100)).isZero();
  }

  @Test
  void triesANewOneWithOneRequestOnly() {
    serve(nodes[0], 0, 10 * MS, Evidence.GOOD);
    assertThat(picks(10 * MS, 10)).isEqualTo(10);
    nodes[1].acquire();
    assertThat(picks(10 * MS, 10)).isZero();
  }

  @Test
  void aFastFailureAttractsNothing() {
    serve(nodes[0], 0, 20 * MS, Evidence.GOOD);
    serve(nodes[1], 0, 25 * MS, Evidence.GOOD);
    for (int i = 0; i < 100; i++) {
      serve(nodes[1], 30 * MS, 30 * MS + 1, Evidence.BAD);
    }
    assertThat(picks(31 * MS, 100)).isZero();
  }

  @Test
  void anIgnoredOutcomeTeachesNothing() {
    serve(nodes[0], 0, 20 * MS, Evidence.NONE);
    assertThat(nodes[0].latency(20 * MS)).isZero();
  }

  @Test
  void comparesCostsPerWeight() {
    serve(nodes[0], 0, 20 * MS, Evidence.GOOD);
    serve(nodes[1], 0, 30 * MS, Evidence.GOOD);
    Picker weighted = algorithm.over(nodes, new double[] {1, 4});
    assertThat(weighted.pick(31 * MS)).isEqualTo(1);
  }

  @Test
  void choosesTheOnlyOne() {
    assertThat(algorithm.over(Nodes.of(algorithm, 3), Nodes.weights(1)).pick(0)).isZero();
  }

  private int picks(long now, int times) {
    int second = 0;
    for (int i = 0; i < times; i++) {
      second += picker.pick(now);
    }
    return second;
  }

  private static void serve(Node node, long from, long to, Evidence evidence) {
    node.acquire();
    node.end(node.begin(from), to, evidence);
    node.release(true);
  }
}
