package io.spinforge.scaling.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LimitsTest {
  private static final Rate FOUR = new Rate(false, 4, 60);
  private static final Rate TENTH = new Rate(true, 10, 60);

  @Test
  void shrinkingFollowsTheExampleOfTheKubernetesDocumentation() {
    // 4 instances or 10 % in 60 s: 80 lose 8, 72 lose 8 (7.2 rounded up), from 40 on 4 at a time.
    List<Rate> rates = List.of(FOUR, TENTH);
    assertThat(Limits.lowest(80, rates, false, List.of(), List.of(), 0)).isEqualTo(72);
    assertThat(Limits.lowest(72, rates, false, List.of(), List.of(), 0)).isEqualTo(64);
    assertThat(Limits.lowest(40, rates, false, List.of(), List.of(), 0)).isEqualTo(36);
    assertThat(Limits.lowest(36, rates, false, List.of(), List.of(), 0)).isEqualTo(32);
  }

  @Test
  void smallestPolicyCountsWhenItIsSelected() {
    List<Rate> rates = List.of(new Rate(false, 5, 60), TENTH);
    assertThat(Limits.lowest(80, rates, true, List.of(), List.of(), 0)).isEqualTo(75);
    assertThat(Limits.highest(80, rates, true, List.of(), List.of(), 0)).isEqualTo(85);
    assertThat(Limits.highest(80, rates, false, List.of(), List.of(), 0)).isEqualTo(88);
  }

  @Test
  void defaultGrowthIsFourOrDouble() {
    List<Rate> rates = List.of(new Rate(true, 100, 15), new Rate(false, 4, 15));
    assertThat(Limits.highest(1, rates, false, List.of(), List.of(), 0)).isEqualTo(5);
    assertThat(Limits.highest(10, rates, false, List.of(), List.of(), 0)).isEqualTo(20);
  }

  @Test
  void whatWasRemovedInThePeriodCountsAndWhatIsOlderDoesNot() {
    List<Mark> downs = List.of(new Mark(0, 3));
    List<Rate> rates = List.of(FOUR);
    assertThat(Limits.lowest(17, rates, false, List.of(), downs, 59)).isEqualTo(16);
    assertThat(Limits.lowest(17, rates, false, List.of(), downs, 60)).isEqualTo(13);
    assertThat(Limits.lowest(10, rates, false, List.of(), List.of(new Mark(0, 9)), 1))
        .isEqualTo(10);
  }

  @Test
  void percentagesAreTheFloatingPointOfKubernetes() {
    // 10 x (1 - 0.9) is a little less than 1, and 100 x (1 + 0.1) a little more than 110.
    assertThat(Limits.lowest(10, List.of(new Rate(true, 90, 60)), false, List.of(), List.of(), 0))
        .isZero();
    assertThat(Limits.highest(100, List.of(TENTH), false, List.of(), List.of(), 0)).isEqualTo(111);
  }

  @Test
  void stabilizationTakesTheHighestOfTheWindowOnTheWayDownAndTheLowestOnTheWayUp() {
    List<Mark> marks = List.of(new Mark(0, 9), new Mark(100, 4), new Mark(200, 6));
    assertThat(Limits.stabilize(10, 3, marks, 250, 0, 300)).isEqualTo(9);
    assertThat(Limits.stabilize(10, 3, marks, 300, 0, 300)).isEqualTo(6);
    assertThat(Limits.stabilize(2, 8, marks, 250, 300, 0)).isEqualTo(4);
    assertThat(Limits.stabilize(5, 8, marks, 250, 0, 300)).isEqualTo(8);
  }

  @Test
  void randomLimitsEqualCountingByHand() {
    Seeds.run(
        40,
        (seed, random) -> {
          for (int i = 0; i < 300; i++) {
            compare(random);
          }
        });
  }

  private static void compare(SplittableRandom random) {
    int now = 60;
    int current = random.nextInt(0, 200);
    List<Mark> ups = marks(random, now);
    List<Mark> downs = marks(random, now);
    List<Rate> rates = new ArrayList<>();
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      boolean percent = random.nextBoolean();
      rates.add(new Rate(percent, random.nextInt(1, 101), random.nextInt(1, 80)));
    }
    boolean smallest = random.nextBoolean();
    int highest = smallest ? Integer.MAX_VALUE : Integer.MIN_VALUE;
    int lowest = smallest ? Integer.MIN_VALUE : Integer.MAX_VALUE;
    for (Rate rate : rates) {
      int start = current;
      for (int second = now; second > now - rate.period(); second--) {
        start += at(downs, second) - at(ups, second);
      }
      int up = start + rate.amount();
      int down = start - rate.amount();
      if (rate.percent()) {
        double share = (double) rate.amount() / 100;
        up = (int) Math.ceil((double) start * (1 + share));
        down = (int) ((double) start * (1 - share));
      }
      highest = smallest ? Math.min(highest, up) : Math.max(highest, up);
      lowest = smallest ? Math.max(lowest, down) : Math.min(lowest, down);
    }
    String input = current + " " + rates + " " + smallest + " " + ups + " " + downs;
    assertThat(Limits.highest(current, rates, smallest, ups, downs, now))
        .as(input)
        .isEqualTo(Math.max(current, highest));
    assertThat(Limits.lowest(current, rates, smallest, ups, downs, now))
        .as(input)
        .isEqualTo(Math.max(0, Math.min(current, lowest)));
  }

  private static int at(List<Mark> marks, int second) {
    return marks.stream().filter(mark -> mark.at() == second).mapToInt(Mark::value).sum();
  }

  private static List<Mark> marks(SplittableRandom random, int now) {
    List<Mark> marks = new ArrayList<>();
    for (int i = random.nextInt(0, 4); i > 0; i--) {
      marks.add(new Mark(random.nextInt(now + 1), random.nextInt(1, 20)));
    }
    return marks;
  }
}
