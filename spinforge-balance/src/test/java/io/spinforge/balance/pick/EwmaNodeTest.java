package io.spinforge.balance.pick;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spinforge.testkit.Seeds;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EwmaNodeTest {
  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long TAU = 10_000 * MS;

  private final EwmaNode ewma = new EwmaNode(TAU);

  @Test
  void staysCloseToTheFormula() {
    Seeds.run(
        50,
        (seed, random) -> {
          EwmaNode fast = new EwmaNode(TAU);
          double exact = 0;
          long now = random.nextLong() >> 1;
          long stamp = now;
          for (int i = 0; i < 300; i++) {
            now += (1 + random.nextInt(500)) * MS;
            long sample = (1 + random.nextInt(1_000)) * MS;
            double keep = Math.exp(-(double) (now - stamp) / TAU);
            exact = sample >= exact ? sample : exact * keep + sample * (1 - keep);
            stamp = now;
            fast.learn(sample, false, now);
            assertThat(fast.average(now)).isCloseTo(exact, within(0.002 * exact + MS / 10.0));
          }
        });
  }

  @Test
  void knowsNothingBeforeTheFirstSample() {
    assertThat(ewma.average(123)).isZero();
  }

  @Test
  void jumpsToAPeakAndComesDownSlowly() {
    ewma.learn(10 * MS, false, 0);
    ewma.learn(900 * MS, false, 100 * MS);
    assertThat(ewma.average(100 * MS)).isCloseTo(900 * MS, within(MS / 10.0));
    ewma.learn(10 * MS, false, 1_100 * MS);
    assertThat(ewma.average(1_100 * MS)).isCloseTo(815 * MS, within(1.0 * MS));
  }

  @Test
  void decaysInSilence() {
    ewma.learn(900 * MS, false, 0);
    assertThat(ewma.average(10_000 * MS)).isBetween(0.35 * 900 * MS, 0.41 * 900 * MS);
    assertThat(ewma.average(100_000 * MS)).isLessThan(0.01 * 900 * MS);
  }

  @Test
  void aLowerBoundRaisesButNeverLowers() {
    ewma.learn(100 * MS, true, 0);
    ewma.learn(MS, true, 5_000 * MS);
    assertThat(ewma.average(5_000 * MS)).isCloseTo(100 * MS, within(MS / 10.0));
  }

  @Test
  void takesSamplesThatAreReportedOutOfOrder() {
    ewma.learn(100 * MS, false, 50 * MS);
    ewma.learn(50 * MS, false, 40 * MS);
    assertThat(ewma.average(45 * MS)).isCloseTo(100 * MS, within(MS / 10.0));
  }

  @Test
  void survivesAClockThatWrapsAround() {
    ewma.learn(100 * MS, false, Long.MAX_VALUE - MS);
    assertThat(ewma.average(Long.MIN_VALUE + MS)).isCloseTo(100 * MS, within(1.0 * MS));
  }
}
