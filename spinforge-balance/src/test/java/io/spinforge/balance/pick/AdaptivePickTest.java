package io.spinforge.balance.pick;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AdaptivePickTest {
  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long SECOND = 1_000 * MS;

  private final SplittableRandom random = new SplittableRandom(3);
  private final Adaptive algorithm = new Adaptive(() -> random);
  private final Node[] nodes = Nodes.of(algorithm, 0, 0, 0, 0);
  private final Picker picker = algorithm.over(nodes, Nodes.weights(4));
  private long now = -5 * SECOND;

  @Test
  void aNodeThatDoesNotAnswerIsSuspendedAndProbed() {
    proveAll();
    nodes[0].acquire();
    long stuck = nodes[0].begin(now);
    now += 21 * MS;
    assertThat(picks(1_000)[0]).isZero();

    now += 999 * MS;
    assertThat(picks(1_000)[0]).as("before the first probe").isZero();
    int seconds = 1;
    for (int probe = 0; probe < 6; probe++) {
      now += SECOND;
      assertThat(picks(1_000)[0]).as("probe %d", probe).isEqualTo(1);
      seconds = Math.min(16, 2 * seconds);
      now += (seconds - 1) * SECOND - MS;
      assertThat(picks(1_000)[0]).as("after probe %d", probe).isZero();
      now += MS;
    }
    nodes[0].end(stuck, now, Evidence.GOOD);
    assertThat(picks(1_000)[0]).as("what began before says nothing about now").isZero();
  }

  @Test
  void aProbeThatIsInTimeEndsTheSuspension() {
    proveAll();
    serve(0, 500 * MS, Evidence.GOOD);
    assertThat(picks(1_000)[0]).isZero();
    now += SECOND;
    serve(0, 10 * MS, Evidence.GOOD);
    assertThat(picks(1_000)[0]).isBetween(150, 350);
  }

  @Test
  void atMostHalfOfTheNodesAreSuspended() {
    proveAll();
    now += 100 * MS;
    for (int i = 0; i < 3; i++) {
      serve(i, 500 * MS, Evidence.GOOD);
    }
    for (int i = 0; i < 1_000; i++) {
      nodes[3].acquire();
    }
    int[] counts = picks(1_000);
    counts[3] = 0;
    assertThat(counts).as("the third one late").containsOnlyOnce(1_000).contains(0, 0, 0);
  }

  @Test
  void nobodyIsLateByLessThanTenMilliseconds() {
    for (int i = 0; i < 4; i++) {
      serve(i, MS / 10, Evidence.GOOD);
    }
    now += SECOND;
    picks(1);
    serve(0, 9 * MS, Evidence.GOOD);
    assertThat(suspended()).isFalse();
    serve(0, 11 * MS, Evidence.GOOD);
    assertThat(suspended()).isTrue();
  }

  /**
   * An active node costs the least of all while the others are busy; a suspended one is not seen.
   */
  private boolean suspended() {
    for (int i = 1; i < 4; i++) {
      for (int j = 0; j < 1_000; j++) {
        nodes[i].acquire();
      }
    }
    int count = picks(1_000)[0];
    for (int i = 1; i < 4; i++) {
      for (int j = 0; j < 1_000; j++) {
        nodes[i].release(true);
      }
    }
    return count == 0;
  }

  @Test
  void aNewNodeGetsOneRequestUntilItHasAnswered() {
    Node[] five = {nodes[0], nodes[1], nodes[2], nodes[3], algorithm.newNode()};
    proveAll();
    Picker wider = algorithm.over(five, Nodes.weights(5));
    int before = Nodes.count(ignored -> wider.pick(now), 5, 1_000)[4];
    assertThat(before).as("as good as the median").isPositive();
    five[4].acquire();
    five[4].begin(now);
    assertThat(Nodes.count(ignored -> wider.pick(now), 5, 1_000)[4]).isZero();
  }

  @Test
  void aFastFailureIsChargedTheGroupsPercentile() {
    proveAll();
    now += 100 * MS;
    picks(1);
    Node fresh = algorithm.newNode();
    algorithm.over(new Node[] {nodes[0], nodes[1], nodes[2], nodes[3], fresh}, Nodes.weights(5));
    fresh.end(fresh.begin(now), now + MS, Evidence.BAD);
    assertThat(fresh.latency(now)).isGreaterThanOrEqualTo(9.9 * MS);
  }

  @Test
  void anOldLatencyFadesToTheMedian() {
    proveAll();
    serve(0, 19 * MS, Evidence.GOOD);
    now += 100 * SECOND;
    assertThat(nodes[0].latency(now)).isCloseTo(10.0 * MS, within(0.2 * MS));
    assertThat(nodes[1].latency(now)).isCloseTo(10.0 * MS, within(0.2 * MS));
  }

  @Test
  void aSecondEndOfATokenIsRefused() {
    long token = nodes[0].begin(now);
    assertThat(nodes[0].end(token, now, Evidence.GOOD)).isTrue();
    assertThat(nodes[0].end(token, now, Evidence.GOOD)).isFalse();
  }

  /** Groups: what is usual here is late there. */
  @Test
  void eachGroupHasItsOwnMedian() {
    Node[] far = Nodes.of(algorithm, 0, 0, 0, 0);
    Picker elsewhere = algorithm.over(far, Nodes.weights(4));
    proveAll();
    for (Node node : far) {
      serve(node, 100 * MS, Evidence.GOOD);
    }
    elsewhere.pick(now);
    now += 200 * MS;
    for (int i = 0; i < 10; i++) { // whoever is swept last, it is about others
      picker.pick(now);
      elsewhere.pick(now);
      serve(far[i % 4], 100 * MS, Evidence.GOOD);
      serve(far[i % 4], 100 * MS, Evidence.GOOD);
      now += 200 * MS;
    }
    assertThat(Nodes.count(ignored -> elsewhere.pick(now), 4, 1_000))
        .as("100 ms are usual there")
        .doesNotContain(0);
    now += 100 * SECOND;
    assertThat(far[0].latency(now)).isCloseTo(100.0 * MS, within(2.0 * MS));
    assertThat(nodes[0].latency(now)).isCloseTo(10.0 * MS, within(0.2 * MS));
    serve(0, 90 * MS, Evidence.GOOD);
    serve(0, 90 * MS, Evidence.GOOD);
    assertThat(suspended()).as("90 ms are late here").isTrue();
  }

  @Test
  void aGroupThatChangesKeepsItsMedianAndOneThatIsMixedSweepsAtOnce() {
    proveAll();
    Node[] far = Nodes.of(algorithm, 0, 0, 0);
    Picker elsewhere = algorithm.over(far, Nodes.weights(3));
    for (Node node : far) {
      serve(node, 100 * MS, Evidence.GOOD);
    }
    elsewhere.pick(now);
    Node fresh = algorithm.newNode();
    algorithm.over(new Node[] {nodes[0], fresh}, Nodes.weights(2));
    assertThat(fresh.latency(now)).as("nothing is known of itself").isZero();
    assertThat(((AdaptiveNode) fresh).pace.median()).isCloseTo(10.0 * MS, within(0.1 * MS));
    Picker mixed = algorithm.over(new Node[] {nodes[0], far[0], far[1], far[2]}, Nodes.weights(4));
    mixed.pick(now);
    assertThat(((AdaptiveNode) nodes[0]).pace.median()).isCloseTo(100.0 * MS, within(1.0 * MS));
  }

  private void proveAll() {
    for (int i = 0; i < 4; i++) {
      serve(i, 10 * MS, Evidence.GOOD);
    }
    picks(1);
  }

  private void serve(int index, long took, Evidence evidence) {
    serve(nodes[index], took, evidence);
  }

  private void serve(Node node, long took, Evidence evidence) {
    node.acquire();
    long token = node.begin(now);
    node.end(token, now + took, evidence);
    node.release(true);
  }

  private int[] picks(int times) {
    return Nodes.count(ignored -> picker.pick(now), 4, times);
  }
}
