package io.spinforge.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spinforge.testkit.ManualTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadMeterTest {
  private static final Duration STEP = Duration.ofNanos(1 << 16);

  private final ManualTicker ticker = new ManualTicker();
  private final LoadMeter meter = LoadMeter.create(ticker);

  @Test
  void knowsNothingBeforeTheFirstEnd() {
    assertThat(meter.load()).isEqualTo(new ServerLoad(0, Duration.ZERO));
    meter.begin();
    assertThat(meter.load()).isEqualTo(new ServerLoad(1, Duration.ZERO));
  }

  @Test
  void tellsTheMedianOfThoseThatFoundAsManyOthers() {
    for (int millis : new int[] {10, 20, 30, 40, 50, 60, 70}) {
      serve(0, millis);
    }
    for (int i = 0; i < 9; i++) {
      serve(3, 500);
    }
    assertThat(meter.load().latency()).isBetween(millis(40), millis(40).plus(STEP));
    List<Long> three = List.of(meter.begin(), meter.begin(), meter.begin());
    assertThat(meter.load().inFlight()).isEqualTo(3);
    assertThat(meter.load().latency()).isBetween(millis(500), millis(500).plus(STEP));
    three.forEach(meter::end);
  }

  @Test
  void forgetsAllButTheLastSixtyFour() {
    for (int i = 0; i < 64; i++) {
      serve(0, 900);
    }
    for (int i = 0; i < 64; i++) {
      serve(0, 10);
    }
    assertThat(meter.load().latency()).isLessThan(millis(11));
  }

  @Test
  void wrongLoadsAreRejected() {
    assertThatThrownBy(() -> new ServerLoad(-1, Duration.ZERO))
        .hasMessage("inFlight: -1 (expected: >= 0)");
    assertThatThrownBy(() -> new ServerLoad(0, Duration.ofNanos(-1)))
        .hasMessage("latency: PT-0.000000001S (expected: >= 0)");
  }

  private static Duration millis(int millis) {
    return Duration.ofMillis(millis);
  }

  /** One request that finds so many others, which are not counted themselves. */
  private void serve(int others, int millis) {
    List<Long> tokens = new ArrayList<>();
    for (int i = 0; i < others; i++) {
      tokens.add(meter.begin());
    }
    long token = meter.begin();
    ticker.advance(millis(millis));
    meter.end(token);
    tokens.forEach(meter::end);
  }
}
