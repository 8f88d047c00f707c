package io.spinforge.scaling.conformal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spinforge.testkit.Seeds;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeadroomTest {
  private static final int WEEK = 10_080;

  @Test
  void rankIsThatOfASortedList() {
    Seeds.run(
        20,
        (seed, random) -> {
          Scores scores = new Scores(50);
          Deque<Float> all = new ArrayDeque<>();
          for (int i = 0; i < 300; i++) {
            float score = random.nextInt(20);
            scores.add(score);
            all.addLast(score);
            if (all.size() > 50) {
              all.removeFirst();
            }
            List<Float> sorted = new ArrayList<>(all);
            Collections.sort(sorted);
            double share = random.nextDouble(0.01, 0.99);
            int rank = (int) Math.ceil(share * (sorted.size() + 1));
            float expected = sorted.get(Math.min(rank, sorted.size()) - 1);
            assertThat(scores.at(share)).isEqualTo(expected);
          }
        });
  }

  @Test
  void coverageIsTheWantedOneAlsoWhereErrorsChangeTheirSizeAndShape() {
    for (double wanted : new double[] {0.9, 0.95, 0.99}) {
      Seeds.run(
          3,
          (seed, random) -> {
            Headroom headroom = new Headroom(WEEK, true, wanted, 0.005);
            for (long cell = 0; cell < 2 * WEEK; cell++) {
              int hour = (int) (cell / 60 % 24);
              double size = hour < 8 ? 1 : 10 + 20.0 * cell / WEEK;
              double value = 100 + size * Math.pow(random.nextDouble(), 1 + cell / WEEK);
              headroom.observe(cell, value, hour);
              headroom.ask(cell, 5, 100, Double.NaN, 1e9, hour);
            }
            assertThat(headroom.coverage()).isCloseTo(wanted, within(0.005));
          });
    }
  }

  @Test
  void forecastsAcrossAGapAreNotJudged() {
    Headroom headroom = new Headroom(WEEK, true, 0.9, 0.005);
    headroom.ask(10, 3, 5, Double.NaN, 1e9, 0);
    headroom.observe(11, 5, 0);
    headroom.observe(12, Double.NaN, 0);
    headroom.observe(13, 5, 0);
    assertThat(headroom.judged()).isZero();
    headroom.ask(13, 2, 5, Double.NaN, 1e9, 0);
    headroom.observe(14, 4, 0);
    headroom.observe(15, 5, 0);
    assertThat(headroom.judged()).isEqualTo(1);
  }

  @Test
  void onlyTheLastCellCountsWhereThatIsAsked() {
    Headroom headroom = new Headroom(WEEK, false, 0.9, 0);
    headroom.ask(0, 2, 10, Double.NaN, 1e9, 0);
    headroom.observe(1, 1000, 0);
    headroom.observe(2, 10, 0);
    assertThat(headroom.judged()).isEqualTo(1);
    assertThat(headroom.coverage()).isEqualTo(1);
  }

  @Test
  void shareFollowsMissesThatAreJudgedElsewhere() {
    Headroom headroom = new Headroom(WEEK, false, 0.99, 0);
    for (int i = 0; i < 1000; i++) {
      headroom.move(false);
    }
    double calm = headroom.share();
    assertThat(calm).isLessThan(0.99);
    headroom.move(true);
    assertThat(headroom.share()).isGreaterThan(calm);
    for (int i = 0; i < 1000; i++) {
      headroom.move(true);
    }
    assertThat(headroom.share()).isBetween(0.995, 1.0);
    for (int i = 0; i < 500; i++) {
      headroom.move(false);
    }
    assertThat(headroom.share()).isGreaterThan(0.995); // a cluster of misses is made up for
  }

  @Test
  void boundIsCutOffAndJudgedAsThat() {
    Headroom headroom = new Headroom(WEEK, true, 0.9, 0.005);
    assertThat(headroom.ask(0, 1, 10, Double.NaN, 4, 0)).isEqualTo(4);
    headroom.observe(1, 5, 0);
    assertThat(headroom.coverage()).isZero();
  }
}
