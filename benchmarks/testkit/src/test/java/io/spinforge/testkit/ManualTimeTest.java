package io.spinforge.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ManualTimeTest {

  @Test
  void tickerMovesOnlyWhenToldTo() {
    ManualTicker ticker = new ManualTicker();
    assertThat(ticker.getAsLong()).isZero();
    ticker.advance(Duration.ofMillis(3));
    assertThat(ticker.getAsLong()).isEqualTo(3_000_000);
    ticker.set(7);
    assertThat(ticker.getAsLong()).isEqualTo(7);
  }

  @Test
  void tickerOverflowsAsNanoTimeMay() {
    ManualTicker ticker = new ManualTicker(Long.MAX_VALUE);
    ticker.advance(Duration.ofNanos(1));
    assertThat(ticker.getAsLong()).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void tickerDoesNotAdvanceBackwards() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ManualTicker().advance(Duration.ofNanos(-1)))
        .withMessage("by: PT-0.000000001S (expected: >= 0)");
  }

  @Test
  void clockMovesBothWays() {
    Instant start = Instant.parse("2026-03-29T01:00:00Z");
    ManualClock clock = new ManualClock(start);
    clock.advance(Duration.ofHours(-1));
    assertThat(clock.instant()).isEqualTo(start.minusSeconds(3600));
    clock.set(start);
    assertThat(clock.instant()).isEqualTo(start);
  }
}
