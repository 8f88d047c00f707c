package io.spinforge.scaling.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.testkit.Seeds;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class EnsembleTest {
  private static final int STEP = 300;
  private static final int DAY = 288;
  private static final int HOUR = 12;
  private static final long FIRST = Instant.parse("2026-03-02T00:00:00Z").getEpochSecond() / STEP;

  private static Ensemble ensemble() {
    return new Ensemble(STEP, ZoneOffset.UTC, 1, 3, HOUR);
  }

  /**
   * Mean absolute error of the forecast for an hour ahead, and of the last value, from a day on.
   */
  private static double[] errors(IntToDoubleFunction demand, int from, int to) {
    Ensemble ensemble = ensemble();
    double[] errors = new double[2];
    for (int i = 0; i + HOUR < to; i++) {
      double value = demand.applyAsDouble(i);
      ensemble.add(FIRST + i, value, true);
      double truth = demand.applyAsDouble(i + HOUR);
      if (i >= from && !Double.isNaN(value) && !Double.isNaN(truth)) {
        errors[0] += Math.abs(truth - ensemble.forecast(HOUR)) / (to - from);
        errors[1] += Math.abs(truth - value) / (to - from);
      }
    }
    return errors;
  }

  private static double[] daily(SplittableRandom random, int days, double noise) {
    double[] values = new double[days * DAY];
    for (int i = 0; i < values.length; i++) {
      double angle = 2 * Math.PI * (i % DAY) / DAY;
      double shape = 1.5 - Math.cos(angle) + 0.3 * Math.sin(3 * angle);
      values[i] = 100 * shape * (1 + noise * (random.nextDouble() - 0.5));
    }
    return values;
  }

  @Test
  void halvesTheErrorOfTheLastValueOnADailyLoadAfterOneDay() {
    Seeds.run(
        3,
        (seed, random) -> {
          double[] values = daily(random, 3, 0.05);
          double[] errors = errors(i -> values[i], DAY + HOUR, values.length);
          assertThat(errors[0]).isLessThan(0.5 * errors[1]);
        });
  }

  @Test
  void findsTheWeek() {
    Seeds.run(
        3,
        (seed, random) -> {
          double[] values = daily(random, 35, 0.05);
          for (int i = 0; i < values.length; i++) {
            values[i] *= i / DAY % 7 < 5 ? 1 : 0.4;
          }
          double[] errors = errors(i -> values[i], 21 * DAY, values.length);
          assertThat(errors[0]).isLessThan(0.25 * errors[1]);
        });
  }

  @Test
  void seesNoPatternWhereThereIsNone() {
    Seeds.run(
        5,
        (seed, random) -> {
          double[] walk = new double[14 * DAY];
          walk[0] = 1000;
          for (int i = 1; i < walk.length; i++) {
            walk[i] = Math.abs(walk[i - 1] + 10 * (random.nextDouble() - 0.5));
          }
          double[] errors = errors(i -> walk[i], 2 * DAY, walk.length);
          assertThat(errors[0]).isLessThan(1.05 * errors[1]);
        });
  }

  @Test
  void followsANewLevel() {
    Seeds.run(
        3,
        (seed, random) -> {
          double[] values = daily(random, 16, 0.05);
          for (int i = 12 * DAY; i < values.length; i++) {
            values[i] *= 2;
          }
          double[] errors = errors(i -> values[i], 12 * DAY + 2 * HOUR, values.length);
          assertThat(errors[0]).isLessThan(0.5 * errors[1]);
        });
  }

  @Test
  void anIncidentHasNoEchoTheDayAfter() {
    echo(i -> i < 2 * HOUR ? 5.0 : 1.0);
  }

  @Test
  void anOutageHasNoEchoTheDayAfter() {
    echo(i -> i < 6 * HOUR ? 0.0 : 1.0);
  }

  @Test
  void aGapOfADayHasNoEchoTheDayAfter() {
    echo(i -> i < DAY ? Double.NaN : 1.0);
  }

  private static void echo(IntToDoubleFunction change) {
    Seeds.run(
        3,
        (seed, random) -> {
          double[] values = daily(random, 18, 0.05);
          int incident = 14 * DAY + 9 * HOUR;
          IntToDoubleFunction with =
              i -> i < incident ? values[i] : values[i] * change.applyAsDouble(i - incident);
          int from = incident + DAY + 6 * HOUR;
          double clean = errors(i -> values[i], incident + DAY - HOUR, from)[0];
          double after = errors(with, incident + DAY - HOUR, from)[0];
          boolean gap = Double.isNaN(change.applyAsDouble(DAY - 1));
          if (!gap) {
            assertThat(after).isLessThan(1.15 * clean);
          }
          double late = errors(i -> values[i], from + DAY, from + 2 * DAY)[0];
          assertThat(errors(with, from + DAY, from + 2 * DAY)[0]).isLessThan(1.4 * late);
        });
  }

  @Test
  void whatIsSaidToBeAnIncidentIsNotLearned() {
    Ensemble told = ensemble();
    Ensemble gap = ensemble();
    for (int i = 0; i < 6 * DAY; i++) {
      double value = 100 + i % DAY;
      boolean incident = i >= 3 * DAY && i < 3 * DAY + HOUR;
      told.add(FIRST + i, incident ? 5 * value : value, !incident);
      gap.add(FIRST + i, incident ? Double.NaN : value, true);
    }
    assertThat(told.forecast(HOUR)).isCloseTo(gap.forecast(HOUR), percent(1));
  }

  private static org.assertj.core.data.Percentage percent(double value) {
    return org.assertj.core.data.Percentage.withPercentage(value);
  }

  @Test
  void theHourOfTheClockIsFollowedWhenTheClockChanges() {
    ZoneId zone = ZoneId.of("Europe/Berlin"); // changes on 2026-03-29
    long first = Instant.parse("2026-03-10T00:00:00Z").getEpochSecond() / STEP;
    Calendar calendar = new Calendar(zone, STEP);
    Ensemble ensemble = new Ensemble(STEP, zone, 1, HOUR);
    double off = 0;
    int n = 0;
    for (int i = 0; i < 21 * DAY; i++) {
      long cell = first + i;
      ensemble.add(cell, calendar.hour(cell) >= 9 ? 1000 : 100, true);
      if (i > 19 * DAY + 30) {
        off += Math.abs(ensemble.forecast(HOUR) - (calendar.hour(cell + HOUR) >= 9 ? 1000 : 100));
        n++;
      }
    }
    assertThat(off / n).isLessThan(20);
  }

  @Test
  void gapsAndLongAbsencesLeaveANumber() {
    Ensemble ensemble = ensemble();
    assertThat(ensemble.forecast(1)).isNaN();
    ensemble.add(FIRST, 10, true);
    assertThat(ensemble.forecast(1)).isEqualTo(10);
    ensemble.add(FIRST + 5, 20, true);
    ensemble.add(FIRST + 400L * DAY, 30, true);
    ensemble.add(FIRST + 400L * DAY + 1, Double.NaN, true);
    assertThat(ensemble.forecast(HOUR)).isBetween(10.0, 30.0);
    assertThat(ensemble.forecast(100 * HOUR)).isEqualTo(ensemble.forecast(HOUR));
  }

  @Test
  void equalInputsGiveEqualBits() {
    double[] values = daily(new SplittableRandom(5), 10, 0.3);
    Ensemble one = ensemble();
    Ensemble two = ensemble();
    for (int i = 0; i < values.length; i++) {
      one.add(FIRST + i, values[i], true);
      two.add(FIRST + i, values[i], true);
      assertThat(one.forecast(HOUR)).isEqualTo(two.forecast(HOUR));
    }
  }
}
