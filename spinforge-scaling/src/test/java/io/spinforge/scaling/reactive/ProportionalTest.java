package io.spinforge.scaling.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.scaling.reactive.HpaOracle.Kind;
import io.spinforge.scaling.reactive.HpaOracle.Pod;
import io.spinforge.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProportionalTest {
  private static final Tolerance TENTH = new Tolerance(0.1, 0.1);

  /**
   * Cases of Kubernetes' own test of its replica calculator, by their names there. Levels are
   * thousandths of a core; {@code ?} is not measured, {@code u} is not ready.
   */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "ScaleUp,                     3,  30, 300 500 700,            50,  5",
    "ScaleUpUnreadyLessScale,     3,  30, u 500 700,              60,  4",
    "ScaleUpUnreadyNoScale,       3,  30, 400 u u,                40,  3",
    "ScaleUpIgnoresFailedPods,    2,  30, 500 700,                60,  4",
    "ScaleDown,                   5,  50, 100 300 500 250 250,    28,  3",
    "ScaleDownIncludeUnreadyPods, 5,  50, 100 300 500 u u,        30,  2",
    "ScaleDownExcludeUnscheduled, 5,  50, 100 u u u u,            10,  1",
    "SuperfluousMetrics,          4, 100, 4000 9500 3000 7000,    587, 24",
    "MissingMetrics,              4, 100, 400 95 ? ?,             24,  3",
    "MissingMetricsNoChangeEq,    2, 100, 1000 ?,                 100, 2",
    "MissingMetricsNoChangeGt,    2, 100, 1900 ?,                 190, 2",
    "MissingMetricsNoChangeLt,    2, 100, 600 ?,                  60,  2",
    "MissingMetricsUnreadyChange, 3,  50, u 450 ?,                45,  3",
    "MissingMetricsUnreadyUp,     3,  50, u 2000 ?,               200, 4",
    "MissingMetricsUnreadyDown,   4,  50, u 100 100 ?,            10,  3",
  })
  void utilizationIsThatOfKubernetes(
      String name, int current, int target, String levels, int utilization, int replicas) {
    Proportional.Result result = Proportional.utilization(fleet(levels, 1), current, target, TENTH);
    assertThat(result.measured()).isEqualTo(utilization);
    assertThat(result.replicas()).isEqualTo(replicas);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "ScaleUpCM,                     3, 15, 20000 10000 30000,             20,     4",
    "ScaleUpCMUnreadyHotCpu,        3, 15, 50000 10000 30000,             30,     6",
    "ScaleUpCMUnreadyWouldScaleDown, 3, 15, 50000 15000 30000,            31.666, 7",
    "ScaleDownCM,                   5, 20, 12000 12000 12000 12000 12000, 12,     3",
    "ToleranceCM,                   3, 20, 20000 21000 21000,             20.666, 3",
  })
  void loadPerInstanceIsThatOfKubernetes(
      String name, int current, double target, String levels, double mean, int replicas) {
    Proportional.Result result = Proportional.perInstance(fleet(levels, 1), current, target, TENTH);
    assertThat(result.measured()).isEqualTo(mean);
    assertThat(result.replicas()).isEqualTo(replicas);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "ScaleUpCMPerPodObject,       3, 20.000, 5.000, 4",
    "ScaleUpPerPodCMExternal,     3,  8.600, 2.150, 4",
    "ScaleDownPerPodCMObject,     5,  6.000, 2.000, 3",
    "ScaleDownPerPodCMExternal,   5,  8.600, 2.867, 3",
    "TolerancePerPodCMObject,     4, 20.166, 5.000, 4",
    "TolerancePerPodCMExternal,   3,  8.600, 2.900, 3",
    "from nothing,                0,  8.600, 2.900, 3",
    "nothing stays nothing,       0,  0.000, 2.900, 0",
  })
  void totalIsThatOfKubernetes(
      String name, int current, double total, double target, int replicas) {
    assertThat(Proportional.total(total, current, target, TENTH).replicas()).isEqualTo(replicas);
  }

  @Test
  void toleranceHoldsAcrossUnequalRequests() {
    Fleet fleet = new Fleet(3, 3.060, 3.0, 0, 0, 0, 0);
    Proportional.Result result = Proportional.utilization(fleet, 3, 100, TENTH);
    assertThat(result.measured()).isEqualTo(102);
    assertThat(result.replicas()).isEqualTo(3);
  }

  @Test
  void toleranceEndsWhereKubernetesEndsIt() { // ReplicaCalcComputedToleranceAlgImplementation
    Fleet fleet = new Fleet(10, 1.5, 3.0, 0, 0, 0, 0);
    assertThat(Proportional.utilization(fleet, 10, 56, TENTH).replicas()).isEqualTo(9);
    assertThat(Proportional.utilization(fleet, 10, 55, TENTH).replicas()).isEqualTo(10);
  }

  @Test
  void worstCaseOfMissingOnesIsTheTargetWhereThatIsMoreThanAllOfTheRequest() {
    // 100 % measured of a target of 200 %; one of two missing: (100 + 200) / 2 = 150 %, not 100 %.
    assertThat(Proportional.utilization(fleet("1000 ?", 1), 2, 200, TENTH).replicas()).isEqualTo(2);
    assertThat(Proportional.utilization(fleet("1000 1000", 1), 2, 200, TENTH).replicas())
        .isEqualTo(1);
  }

  @Test
  void elevenTenthsOfTenIsEleven() {
    Fleet fleet = new Fleet(10, 11.0, 10.0, 0, 0, 0, 0);
    assertThat(Proportional.utilization(fleet, 10, 100, new Tolerance(0, 0)).replicas())
        .isEqualTo(11);
  }

  @Test
  void documentedExamplesDoubleAndHalve() { // 200m and 50m against 100m
    assertThat(Proportional.perInstance(fleet("200 200", 1), 2, 0.1, TENTH).replicas())
        .isEqualTo(4);
    assertThat(Proportional.perInstance(fleet("50 50", 1), 2, 0.1, TENTH).replicas()).isEqualTo(1);
  }

  @Test
  void upAndDownHaveTolerancesOfTheirOwn() {
    Fleet fleet = new Fleet(10, 12.0, 10.0, 0, 0, 0, 0);
    assertThat(Proportional.utilization(fleet, 10, 100, new Tolerance(0.25, 0)).replicas())
        .isEqualTo(10);
    assertThat(Proportional.utilization(fleet, 10, 100, new Tolerance(0.1, 0.9)).replicas())
        .isEqualTo(12);
  }

  @Test
  void missingOnesAreIdleAtALoadOfExactlyTheTargetAndAsideAtAUtilizationOfIt() {
    assertThat(Proportional.perInstance(fleet("1000 1000 ? ?", 1), 4, 1, TENTH).replicas())
        .isEqualTo(2);
    assertThat(Proportional.utilization(fleet("1000 1000 ? ?", 1), 4, 100, TENTH).replicas())
        .isEqualTo(4);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "ScaleUpCMExternal,      3, 3,  8.600, 4.400, 6",
    "ScaleDownCMExternal,    5, 5,  8.600, 14.334, 3",
    "ToleranceCMExternal,    3, 3,  8.600, 8.888, 3",
    "ScaleUpCMObject,        3, 3, 20.000, 15.000, 4",
    "readyOnesCount,         3, 2, 20.000, 10.000, 4",
    "FromZeroReplicas,       0, 0, 20.000, 15.000, 2",
  })
  void oneValueForAllIsThatOfKubernetes(
      String name, int current, int ready, double value, double target, int replicas) {
    assertThat(Proportional.value(value, ready, current, target, TENTH).replicas())
        .isEqualTo(replicas);
  }

  @Test
  void randomStepsEqualTheOracle() {
    Seeds.run(
        200,
        (seed, random) -> {
          for (int i = 0; i < 500; i++) {
            compare(random);
          }
        });
  }

  private static void compare(SplittableRandom random) {
    List<Pod> pods = new ArrayList<>();
    long scale = 1 + random.nextInt(2000);
    int others = random.nextInt(10) < 3 ? 0 : random.nextInt(6);
    for (int i = random.nextInt(1, 9) + others; i > 0; i--) {
      Kind kind = i > others ? Kind.COUNTED : Kind.values()[random.nextInt(3)];
      pods.add(new Pod(kind, random.nextLong(scale), 1 + random.nextLong(2000)));
    }
    int current = random.nextInt(1, 20);
    boolean utilization = random.nextBoolean();
    int target = utilization ? random.nextInt(1, 300) : random.nextInt(1, 3000);
    Fleet fleet = fleet(pods);
    int actual =
        utilization
            ? Proportional.utilization(fleet, current, target, TENTH).replicas()
            : Proportional.perInstance(fleet, current, target / 1000.0, TENTH).replicas();
    assertThat((long) actual)
        .as("%s of %s, current %d, target %d", utilization, pods, current, target)
        .isEqualTo(new HpaOracle(current, target, utilization).replicas(pods));
  }

  private static Fleet fleet(List<Pod> pods) {
    double[] usage = new double[3];
    double[] request = new double[3];
    int[] count = new int[3];
    for (Pod pod : pods) {
      usage[pod.kind().ordinal()] += pod.usage() / 1000.0;
      request[pod.kind().ordinal()] += pod.request() / 1000.0;
      count[pod.kind().ordinal()]++;
    }
    return new Fleet(count[0], usage[0], request[0], count[1], request[1], count[2], request[2]);
  }

  private static Fleet fleet(String levels, double request) {
    List<Pod> pods = new ArrayList<>();
    long milli = Math.round(request * 1000);
    for (String level : levels.split(" ")) {
      pods.add(
          switch (level) {
            case "?" -> new Pod(Kind.MISSING, 0, milli);
            case "u" -> new Pod(Kind.UNREADY, 0, milli);
            default -> new Pod(Kind.COUNTED, Long.parseLong(level), milli);
          });
    }
    return fleet(pods);
  }
}
