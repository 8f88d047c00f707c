package io.spinforge.balance.pick;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spinforge.testkit.Seeds;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EwmaTest {
  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long TAU = 10_000 * MS;

  private final Ewma ewma = new Ewma(TAU);

  @Test
  void staysCloseToTheFormula() {
    Seeds.run(
        50,
        (seed, random) -> {
          Ewma fast = new Ewma(TAU);
          double exact = 0;
          long now = random.nextLong() >> 1;
          long stamp = now;
          for (int i = 0; i < 300; i++) {
            now += (1 + random.nextInt(500)) * MS;
            long sample = (1 + random.nextInt(1_000)) * MS;
            double keep = Math.exp(-(double) (now - stamp) / TAU);
            exact = sample >= exact ? sample : exact * keep + sample * (1 - keep);
            stamp = now;
            fast.add(sample, false, now);
            assertThat(fast.at(now)).isCloseTo(exact, within(0.002 * exact + MS / 10.0));
          }
        });
  }

  @Test
  void knowsNothingBeforeTheFirstSample() {
    assertThat(ewma.at(123)).isZero();
  }

  @Test
  void jumpsToAPeakAndComesDownSlowly() {
    ewma.add(10 * MS, false, 0);
    ewma.add(900 * MS, false, 100 * MS);
    assertThat(ewma.at(100 * MS)).isCloseTo(900 * MS, within(MS / 10.0));
    ewma.add(10 * MS, false, 1_100 * MS);
    assertThat(ewma.at(1_100 * MS)).isCloseTo(815 * MS, within(1.0 * MS));
  }

  @Test
  void decaysInSilence() {
    ewma.add(900 * MS, false, 0);
    assertThat(ewma.at(10_000 * MS)).isBetween(0.35 * 900 * MS, 0.41 * 900 * MS);
    assertThat(ewma.at(100_000 * MS)).isLessThan(0.01 * 900 * MS);
  }

  @Test
  void aLowerBoundRaisesButNeverLowers() {
    ewma.add(100 * MS, true, 0);
    ewma.add(MS, true, 5_000 * MS);
    assertThat(ewma.at(5_000 * MS)).isCloseTo(100 * MS, within(MS / 10.0));
  }

  @Test
  void takesSamplesThatAreReportedOutOfOrder() {
    ewma.add(100 * MS, false, 50 * MS);
    ewma.add(50 * MS, false, 40 * MS);
    assertThat(ewma.at(45 * MS)).isCloseTo(100 * MS, within(MS / 10.0));
  }

  @Test
  void survivesAClockThatWrapsAround() {
    ewma.add(100 * MS, false, Long.MAX_VALUE - MS);
    assertThat(ewma.at(Long.MIN_VALUE + MS)).isCloseTo(100 * MS, within(1.0 * MS));
  }
}
