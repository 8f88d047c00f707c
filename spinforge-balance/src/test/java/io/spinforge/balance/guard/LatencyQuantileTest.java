package io.spinforge.balance.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.testkit.Seeds;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LatencyQuantileTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  @Test
  void saysNothingBeforeFiveSamplesLieBeyondIt() {
    LatencyQuantile quantile = new LatencyQuantile(0.95, 0);
    for (int i = 0; i < 99; i++) {
      quantile.record(MILLI * 10, 0);
    }
    assertThat(quantile.nanos(0)).isNegative();
    quantile.record(MILLI * 10, 0);
    assertThat(quantile.nanos(SECOND)).isPositive();
  }

  @Test
  void equalsTheSortedSamplesToASixteenth() {
    Seeds.run(
        50,
        (seed, random) -> {
          long origin = random.nextLong();
          double q = 0.5 + random.nextDouble() * 0.49;
          LatencyQuantile quantile = new LatencyQuantile(q, origin);
          double spread = 1 + random.nextDouble() * 10;
          long[] samples =
              LongStream.generate(() -> (long) (MILLI * Math.exp(random.nextDouble() * spread)))
                  .limit(2_000)
                  .toArray();
          for (long sample : samples) {
            quantile.record(sample, origin + SECOND);
          }
          long exact =
              LongStream.of(samples)
                  .sorted()
                  .skip((long) Math.ceil(q * samples.length) - 1)
                  .findFirst()
                  .orElseThrow();
          assertThat(quantile.nanos(origin + SECOND))
              .isBetween(exact, (long) (exact * (1 + 1.0 / 16)) + 2_048);
        });
  }

  @Test
  void forgetsAfterTwoTurns() {
    LatencyQuantile quantile = new LatencyQuantile(0.5, 0);
    record(quantile, MILLI * 800, 0);
    assertThat(quantile.nanos(SECOND)).isGreaterThanOrEqualTo(MILLI * 800);
    record(quantile, MILLI * 8, 16 * SECOND);
    assertThat(quantile.nanos(17 * SECOND)).as("both turns").isBetween(MILLI * 8, MILLI * 9);
    record(quantile, MILLI * 2, 32 * SECOND);
    record(quantile, MILLI * 2, 32 * SECOND);
    assertThat(quantile.nanos(33 * SECOND)).isBetween(MILLI * 2, MILLI * 3);
    record(quantile, MILLI * 4, 1_000 * SECOND);
    assertThat(quantile.nanos(1_001 * SECOND)).isBetween(MILLI * 4, MILLI * 5);
  }

  private static void record(LatencyQuantile quantile, long nanos, long now) {
    for (int i = 0; i < 100; i++) {
      quantile.record(nanos, now);
    }
  }

  @Test
  void isNeverBelowAMillisecondAndTakesAnyLatency() {
    LatencyQuantile quantile = new LatencyQuantile(0.5, 0);
    record(quantile, -1, 0);
    assertThat(quantile.nanos(0)).isEqualTo(MILLI);
    record(quantile, Long.MAX_VALUE, 0);
    record(quantile, Long.MAX_VALUE, 0);
    assertThat(quantile.nanos(SECOND)).isGreaterThan(TimeUnit.HOURS.toNanos(1));
  }
}
