package io.spinforge.scaling.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneOffset;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class OutliersTest {
  private static final int STEP = 300;
  private static final int HOUR = 12;
  private static final int DAY = 24 * HOUR;

  /** Days that differ, as working days and weekends do. */
  private static double usual(int cell) {
    double angle = 2 * Math.PI * (cell % DAY) / DAY;
    return (cell / DAY % 7 < 5 ? 100 : 60) * (2 - Math.cos(angle));
  }

  private static int leftOut(IntToDoubleFunction demand, int from, int to) {
    DemandSeries series = new DemandSeries(STEP);
    Outliers outliers = new Outliers(series, new Calendar(ZoneOffset.UTC, STEP));
    int count = 0;
    for (int i = 0; i < to; i++) {
      double value = demand.applyAsDouble(i);
      series.add(i, value);
      boolean odd = outliers.see(Double.isNaN(value));
      count += odd && i >= from ? 1 : 0;
      assertThat(odd && i < from).as("cell %s", i).isFalse();
    }
    return count;
  }

  private static double hit(int cell, int from, int length, double factor) {
    return usual(cell) * (cell >= from && cell < from + length ? factor : 1);
  }

  @Test
  void whatIsFarBeyondThreeWeeksIsLeftOut() {
    int at = 14 * DAY + 9 * HOUR;
    assertThat(leftOut(i -> hit(i, at, 2 * HOUR, 5), at, at + DAY)).isEqualTo(2 * HOUR);
    assertThat(leftOut(i -> hit(i, at, 2 * HOUR, 0), at, at + DAY)).isEqualTo(2 * HOUR);
    assertThat(leftOut(i -> hit(i, at, 2 * HOUR, 1.3), at, at + DAY)).isZero();
  }

  @Test
  void nothingIsLeftOutInTheFirstWeek() {
    int at = 6 * DAY;
    assertThat(leftOut(i -> hit(i, at, 2 * HOUR, 5), at, at + HOUR)).isZero();
  }

  @Test
  void whatComesASecondTimeAtTheSameTimeIsAPattern() {
    int at = 14 * DAY + 9 * HOUR;
    IntToDoubleFunction twice =
        i -> Math.max(hit(i, at, 2 * HOUR, 5), hit(i, at + DAY, 2 * HOUR, 5));
    assertThat(leftOut(twice, at, at + 2 * DAY)).isEqualTo(2 * HOUR);
  }

  @Test
  void whatLastsLongerThanSixHoursIsANewLevel() {
    int at = 14 * DAY;
    assertThat(leftOut(i -> hit(i, at, 30 * DAY, 5), at, 16 * DAY)).isBetween(6 * HOUR, 8 * HOUR);
  }

  @Test
  void gapsAreNoOutliers() {
    int at = 14 * DAY;
    assertThat(leftOut(i -> hit(i, at, DAY, Double.NaN), at, 16 * DAY)).isZero();
  }
}
