package io.spinforge.scaling.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ThresholdsTest {
  @Test
  void threeHighSamplesAddOne() {
    assertThat(Thresholds.step(ratios(0.8, 1.1, 1.2, 1.3))).isEqualTo(1);
    assertThat(Thresholds.step(ratios(1.1, 1.2))).isZero();
    assertThat(Thresholds.step(ratios(0.8, 0.9, 1.1, 1.2))).isZero();
  }

  @Test
  void fiveLowSamplesRemoveOne() {
    assertThat(Thresholds.step(ratios(0.4, 0.4, 0.4, 0.4))).isZero();
    assertThat(Thresholds.step(ratios(0.4, 0.4, 0.4, 0.4, 0.4))).isEqualTo(-1);
  }

  @Test
  void guidesFaultOfCountingFiveAmongThreeIsGone() {
    double[] low = new double[Thresholds.WINDOW];
    Arrays.fill(low, 0.1);
    assertThat(Thresholds.step(ratios(low))).isEqualTo(-1);
    assertThat(Thresholds.LOW).isLessThanOrEqualTo(Thresholds.WINDOW);
  }

  @Test
  void meanOfTheLastThreeHasToAgree() {
    assertThat(Thresholds.step(ratios(2, 2, 2, 2, 0.6, 0.6, 0.6))).isZero();
    assertThat(Thresholds.step(ratios(0.1, 0.1, 0.1, 0.1, 0.1, 0.8, 0.8))).isZero();
  }

  @Test
  void oneQuietSampleDoesNotForgetTheOthers() {
    assertThat(Thresholds.step(ratios(1.4, 1.4, 0.9, 1.4))).isEqualTo(1);
    assertThat(Thresholds.step(ratios(0.2, 0.2, 0.2, 0.6, 0.2, 0.2))).isEqualTo(-1);
  }

  @Test
  void exactlyOnTheLineIsNeitherHighNorLow() {
    assertThat(Thresholds.step(ratios(1, 1, 1, 1, 1))).isZero();
    assertThat(Thresholds.step(ratios(0.5, 0.5, 0.5, 0.5, 0.5))).isZero();
  }

  private static List<Double> ratios(double... ratios) {
    return Arrays.stream(ratios).boxed().toList();
  }
}
