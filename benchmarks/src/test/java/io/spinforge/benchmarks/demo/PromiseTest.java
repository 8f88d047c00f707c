package io.spinforge.benchmarks.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.benchmarks.load.Latency;
import io.spinforge.benchmarks.load.PhaseResult;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PromiseTest {
  @Test
  void everyRequestMustBeAnsweredWell() {
    assertThat(Promise.noneFailed(phase(1_500, 1_500, Map.of(), 40)))
        .isEqualTo(new Promise("failed requests: 0", "0 of 1,500", true));
  }

  @Test
  void failuresAreNamedWithTheirReasons() {
    assertThat(Promise.noneFailed(phase(100, 95, Map.of("status 503", 3L, "IOException", 2L), 40)))
        .isEqualTo(
            new Promise("failed requests: 0", "5 of 100 (IOException 2, status 503 3)", false));
  }

  @Test
  void aRequestWithoutAnswerIsAFailedOne() {
    assertThat(Promise.noneFailed(phase(100, 99, Map.of(), 40)))
        .isEqualTo(new Promise("failed requests: 0", "1 of 100 (unanswered 1)", false));
    assertThat(Promise.noneFailed(phase(100, 97, Map.of("stale", 2L), 40)).measured())
        .isEqualTo("3 of 100 (stale 2, unanswered 1)");
  }

  @Test
  void severalPhasesAreAddedUp() {
    PhaseResult good = phase(1_000, 1_000, Map.of(), 40);
    PhaseResult bad = phase(100, 97, Map.of("stale", 2L), 40);
    assertThat(Promise.noneFailed(good, bad, bad))
        .isEqualTo(new Promise("failed requests: 0", "6 of 1,200 (stale 4, unanswered 2)", false));
  }

  @Test
  void noRequestsAtAllProveNothing() {
    PhaseResult silence = phase(0, 0, Map.of(), 0);
    assertThat(Promise.noneFailed(silence).kept()).isFalse();
    assertThat(Promise.p99Below(Duration.ofMillis(100), silence).kept()).isFalse();
    assertThat(Promise.shareBelow(20, "share", Double.NaN))
        .isEqualTo(new Promise("share < 20 %", "not seen", false));
  }

  @Test
  void aPercentileMustStayBelowItsLimit() {
    assertThat(Promise.p99Below(Duration.ofMillis(100), phase(10, 10, Map.of(), 99)))
        .isEqualTo(new Promise("p99 < 100 ms", "99 ms", true));
    assertThat(Promise.p99Below(Duration.ofMillis(100), phase(10, 10, Map.of(), 100)).kept())
        .isFalse();
  }

  @Test
  void aPercentileProvesNothingWhenTheDriverWasLate() {
    Duration p99 = Duration.ofMillis(40);
    Latency times = new Latency(10, p99, p99, p99, p99);
    PhaseResult late =
        new PhaseResult("late", 100, 10, 10, Map.of(), times, times, Duration.ofMillis(39));
    assertThat(Promise.p99Below(Duration.ofMillis(100), late))
        .isEqualTo(new Promise("p99 < 100 ms", "40 ms (invalid: driver late by 40 ms)", false));
  }

  @Test
  void whatMustHappenInTimeIsBrokenWhenLateOrNeverSeen() {
    Duration limit = Duration.ofSeconds(10);
    assertThat(Promise.within(limit, "replaced", Optional.of(Duration.ofMillis(3_250))))
        .isEqualTo(new Promise("replaced within 10.0 s", "after 3.3 s", true));
    assertThat(Promise.within(limit, "replaced", Optional.of(limit)).kept()).isTrue();
    assertThat(Promise.within(limit, "replaced", Optional.of(limit.plusMillis(1))).kept())
        .isFalse();
    assertThat(Promise.within(Duration.ofMillis(500), "seen", Optional.empty()))
        .isEqualTo(new Promise("seen within 500 ms", "not seen", false));
  }

  @Test
  void countsHaveALimitOrALeast() {
    assertThat(Promise.atMost(0, "stale reads", 0))
        .isEqualTo(new Promise("stale reads: 0", "0", true));
    assertThat(Promise.atMost(2, "stale reads", 3))
        .isEqualTo(new Promise("stale reads: <= 2", "3", false));
    assertThat(Promise.atLeast(4, "workers", 4)).isEqualTo(new Promise("workers: >= 4", "4", true));
    assertThat(Promise.atLeast(4, "workers", 3).kept()).isFalse();
  }

  @Test
  void aShareMustStayBelowItsLimit() {
    assertThat(Promise.shareBelow(25, "its share", 3.14))
        .isEqualTo(new Promise("its share < 25 %", "3.1 %", true));
    assertThat(Promise.shareBelow(25, "its share", 25).kept()).isFalse();
  }

  private static PhaseResult phase(long due, long ok, Map<String, Long> failures, long p99Millis) {
    Duration p99 = Duration.ofMillis(p99Millis);
    Latency latency = new Latency(due, p99, p99, p99, p99);
    Duration none = Duration.ZERO;
    return new PhaseResult(
        "phase", 100, due, ok, failures, latency, new Latency(due, none, none, none, none), none);
  }
}
