package io.spinforge.balance.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.spinforge.testkit.Seeds;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The limits against what Netflix' concurrency-limits do, and against the formulas by hand. */
class EstimateTest {
  private static final long MILLI = 1_000_000;

  private static Estimate of(Limit limit) {
    return Estimate.of(limit, new SplittableRandom(1));
  }

  private static Limit vegas(int initial, int max) {
    return Limit.vegas().bounds(initial, max).over(Duration.ZERO);
  }

  @Test
  void aimdGrowsByOneWhileHalfOfItIsUsed() {
    assertThat(of(Limit.aimd()).update(MILLI, 10, false, 0)).isEqualTo(21);
    assertThat(of(Limit.aimd()).update(MILLI, 9, false, 0)).isEqualTo(20);
  }

  @Test
  void aimdShrinksByATenthWhenARequestIsLostOrSlow() {
    Limit thirty = Limit.aimd().bounds(30, 20, 200);
    assertThat(of(thirty).update(1, 0, true, 0)).isEqualTo(27);
    assertThat(of(thirty).update(Duration.ofSeconds(5).toNanos() + 1, 0, false, 0)).isEqualTo(27);
  }

  @Test
  void aimdStaysInItsBounds() {
    assertThat(of(Limit.aimd().bounds(21, 1, 21)).update(MILLI, 21, false, 0)).isEqualTo(21);
    assertThat(of(Limit.aimd().bounds(20, 20, 21)).update(MILLI, 21, true, 0)).isEqualTo(20);
  }

  @Test
  void vegasGrowsBySixLogarithmsWithoutAQueue() {
    Estimate vegas = of(vegas(10, 20));
    assertThat(vegas.update(10 * MILLI, 10, false, 0)).as("the shortest").isEqualTo(10);
    assertThat(vegas.update(10 * MILLI, 11, false, 0)).isEqualTo(16);
    Estimate large = of(vegas(10_000, 20_000));
    assertThat(large.update(10_000 * MILLI, 5_000, false, 0)).isEqualTo(10_000);
    assertThat(large.update(10_000 * MILLI, 6_000, false, 0)).isEqualTo(10_024);
  }

  @Test
  void vegasShrinksByALogarithmWhenTheQueueIsLong() {
    Estimate vegas = of(vegas(10, 20));
    vegas.update(10 * MILLI, 10, false, 0);
    assertThat(vegas.update(50 * MILLI, 11, false, 0)).isEqualTo(9);
    assertThat(vegas.update(50 * MILLI, 11, true, 0)).isEqualTo(8);
  }

  @Test
  void vegasKeepsAShortQueue() {
    Estimate vegas = of(vegas(10, 20));
    vegas.update(10 * MILLI, 10, false, 0);
    assertThat(vegas.update(14 * MILLI, 14, false, 0)).isEqualTo(10);
  }

  @Test
  void vegasMeasuresTheShortestTimeAnew() {
    Estimate vegas = of(vegas(10, 20));
    vegas.update(10 * MILLI, 1, false, 0);
    for (int i = 0; i < 300; i++) {
      vegas.update(50 * MILLI, 1, false, 0);
    }
    assertThat(vegas.update(50 * MILLI, 10, false, 0)).as("50 ms is no queue now").isEqualTo(16);
  }

  @Test
  void gradientEqualsItsFormula() {
    Seeds.run(
        200,
        (seed, random) -> {
          Limit.Gradient rule = new Limit.Gradient(20, 5, 100, 0.2, 1.5, 4, 50, Duration.ZERO);
          Estimate gradient = of(rule);
          double limit = 20;
          double sum = 0;
          double average = 0;
          for (int i = 1; i <= 500; i++) {
            long rtt = 1 + random.nextLong(1 + random.nextLong(200 * MILLI));
            int inFlight = random.nextInt(1, 120);
            if (i <= 10) {
              sum += rtt;
              average = sum / i;
            } else {
              average = average * (1 - 2.0 / 51) + rtt * (2.0 / 51);
            }
            double slope = Math.max(0.5, Math.min(1, 1.5 * average / rtt));
            if (average / rtt > 2) {
              average *= 0.95;
            }
            boolean lost = random.nextInt(20) == 0;
            slope = lost ? 0.5 : slope;
            if (inFlight >= limit / 2) {
              limit = limit * 0.8 + (limit * slope + 4) * 0.2;
              limit = Math.max(5, Math.min(100, limit));
            }
            assertThat((double) gradient.update(rtt, inFlight, lost, 0))
                .isCloseTo(Math.floor(limit), within(1.0));
          }
        });
  }

  @Test
  void gradientGrowsToItsMaximumWhenTimesStayTheSame() {
    Estimate gradient = of(Limit.gradient().over(Duration.ZERO));
    int limit = 20;
    for (int i = 0; i < 1_000; i++) {
      limit = gradient.update(10 * MILLI, limit, false, 0);
    }
    assertThat(limit).isEqualTo(200);
  }

  @Test
  void aWindowIsOneSampleOfTheMeanAndTheMost() {
    Estimate windowed = of(Limit.vegas().bounds(10, 20).over(Duration.ofMillis(100)));
    window(windowed, 0, false);
    assertThat(window(windowed, 200 * MILLI, false)).as("as short as the shortest").isEqualTo(16);
    assertThat(window(windowed, 400 * MILLI, true)).as("one was lost").isEqualTo(15);
  }

  /** Ten answers, of 5 to 15 ms, within 100 ms; returns the limit after the one that ends it. */
  private static int window(Estimate windowed, long start, boolean loss) {
    int limit = 0;
    for (int i = 0; i <= 10; i++) {
      limit = windowed.update((5 + i) * MILLI, i, loss && i == 5, start + i * 10 * MILLI);
    }
    return limit;
  }

  @Test
  void fixedNeverMoves() {
    assertThat(of(Limit.fixed(7)).update(MILLI, 7, true, 0)).isEqualTo(7);
  }

  @Test
  void valuesOutOfRangeAreNamed() {
    assertThatThrownBy(() -> Limit.fixed(0)).hasMessage("limit: 0 (expected: >= 1)");
    assertThatThrownBy(() -> Limit.aimd().bounds(5, 10, 20))
        .hasMessage("initial: 5 (expected: 10 to 20)");
    assertThatThrownBy(() -> Limit.aimd().timeout(Duration.ZERO))
        .hasMessage("timeout: PT0S (expected: > 0, <= 365 days)");
    assertThatThrownBy(() -> new Limit.Aimd(5, 1, 10, 1, Duration.ofSeconds(1)))
        .hasMessage("backoff: 1.0 (expected: >= 0.5, < 1)");
    assertThatThrownBy(() -> Limit.vegas().bounds(1, 0)).hasMessage("max: 0 (expected: >= 1)");
    assertThatThrownBy(() -> new Limit.Vegas(1, 1, Double.NaN, Limit.WINDOW))
        .hasMessage("smoothing: NaN (expected: > 0, <= 1)");
    assertThatThrownBy(() -> Limit.gradient().tolerance(0.9))
        .hasMessage("tolerance: 0.9 (expected: >= 1)");
    assertThatThrownBy(() -> new Limit.Gradient(1, 1, 1, 1, 1, -1, 10, Limit.WINDOW))
        .hasMessage("queue: -1 (expected: >= 0)");
    assertThatThrownBy(() -> new Limit.Gradient(1, 1, 1, 1, 1, 0, 9, Limit.WINDOW))
        .hasMessage("memory: 9 (expected: >= 10)");
    assertThatThrownBy(() -> Limit.vegas().over(Duration.ofSeconds(-1)))
        .hasMessage("window: PT-1S (expected: >= 0, <= 365 days)");
  }
}
