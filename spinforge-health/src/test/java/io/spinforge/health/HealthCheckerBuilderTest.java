package io.spinforge.health;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spinforge.health.probe.Failure;
import io.spinforge.health.probe.HttpProbe;
import io.spinforge.health.probe.Probe;
import io.spinforge.health.probe.ProbeResult;
import io.spinforge.health.probe.Verdict;
import java.net.URI;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HealthCheckerBuilderTest {
  private static final Probe<String> PROBE = Probe.async((t, limit) -> new CompletableFuture<>());

  static Stream<Arguments> badValues() {
    return Stream.of(
        row(b -> b.interval(ZERO), "interval: PT0S (expected: 1 ms to 1 day)"),
        row(b -> b.interval(ofDays(2)), "interval: PT48H (expected: 1 ms to 1 day)"),
        row(b -> b.timeout(ofSeconds(-1)), "timeout: PT-1S (expected: 1 ms to 1 day)"),
        row(b -> b.fastInterval(ZERO), "fastInterval: PT0S (expected: 1 ms to 1 day)"),
        row(b -> b.rise(0), "rise: 0 (expected: >= 1)"),
        row(b -> b.fall(-3), "fall: -3 (expected: >= 1)"),
        row(b -> b.jitter(0.5), "jitter: 0.5 (expected: 0 to 0.4)"),
        row(b -> b.jitter(Double.NaN), "jitter: NaN (expected: 0 to 0.4)"),
        row(b -> b.panicBelow(1.1), "panicBelow: 1.1 (expected: 0 to 1.0)"),
        row(b -> b.panicBelow(-0.1), "panicBelow: -0.1 (expected: 0 to 1.0)"),
        row(b -> b.flapHold(ZERO, ZERO), "flapHold first: PT0S (expected: 1 ms to 1 day)"),
        row(
            b -> b.flapHold(ofSeconds(2), ofSeconds(1)),
            "flapHold longest: PT1S (expected: >= first PT2S)"),
        row(b -> b.localHealth(8), "localHealth: 8 (expected: 0 to 7)"),
        row(b -> b.name("a b"), "name: a b (expected: 1 to 64 of A-Z a-z 0-9 . _ -)"),
        row(b -> b.name(""), "name:  (expected: 1 to 64 of A-Z a-z 0-9 . _ -)"));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("badValues")
  void aBadValueIsRefusedAtOnce(Consumer<HealthCheckerBuilder<String>> set, String message) {
    assertThatThrownBy(() -> set.accept(HealthChecker.builder()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  static Stream<Arguments> setters() {
    return Stream.of(
        row(b -> b.probe(PROBE), "probe"),
        row(b -> b.interval(ofSeconds(1)), "interval"),
        row(b -> b.timeout(ofSeconds(1)), "timeout"),
        row(b -> b.fastInterval(ofSeconds(1)), "fastInterval"),
        row(b -> b.rise(1), "rise"),
        row(b -> b.fall(1), "fall"),
        row(b -> b.jitter(0), "jitter"),
        row(b -> b.panicBelow(1), "panicBelow"),
        row(b -> b.flapHold(ofSeconds(1), ofSeconds(1)), "flapHold"),
        row(b -> b.noFlapHold(), "flapHold"),
        row(b -> b.localHealth(0), "localHealth"),
        row(b -> b.name("n"), "name"),
        row(b -> b.seed(1), "seed"),
        row(b -> b.clock(InstantSource.system()), "clock"),
        row(b -> b.listener(new HealthListener<Object>() {}), "listener"));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("setters")
  void aSecondSetIsRefused(Consumer<HealthCheckerBuilder<String>> set, String name) {
    HealthCheckerBuilder<String> builder = HealthChecker.builder();
    set.accept(builder);
    assertThatThrownBy(() -> set.accept(builder))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith(name + ": already set to ");
  }

  static Stream<Arguments> nulls() {
    return Stream.of(
        row(b -> b.probe(null), "probe"),
        row(b -> b.clock(null), "clock"),
        row(b -> b.listener(null), "listener"));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("nulls")
  void nullIsRefusedByName(Consumer<HealthCheckerBuilder<String>> set, String name) {
    assertThatThrownBy(() -> set.accept(HealthChecker.builder()))
        .isInstanceOf(NullPointerException.class)
        .hasMessage(name);
  }

  @Test
  void buildListsEverythingThatIsWrong() {
    HealthCheckerBuilder<String> builder =
        HealthChecker.<String>builder()
            .interval(ofMillis(500))
            .timeout(ofSeconds(1))
            .fastInterval(ofSeconds(2));
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "probe: not set (expected: a probe); timeout: PT1S (expected: <= interval PT0.5S);"
                + " fastInterval: PT2S (expected: <= interval PT0.5S)");
  }

  @Test
  void defaultsThatAreLongerThanTheIntervalShrinkWithIt() {
    HealthChecker.<String>builder().probe(PROBE).interval(ofMillis(100)).build().close();
  }

  @Test
  void headersThatCouldChangeTheRequestsShapeAreRefused() {
    HttpProbe<URI> probe = HttpProbe.get(uri -> uri);
    for (String name : new String[] {"", "a b", "a:", "Host", "CONNECTION", "Content-Length"}) {
      assertThatThrownBy(() -> probe.header(name, "v"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("header: " + name + " (expected: ");
    }
    for (String value : new String[] {"", "a\r\nb: c", " a", "a ", "ä"}) {
      assertThatThrownBy(() -> probe.header("A", value))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("header A: value (expected: ");
    }
    assertThatThrownBy(() -> probe.header("A", "b").header("a", "c"))
        .hasMessage("header: a (expected: set once)");
    assertThat(probe.headers()).isEmpty();
  }

  @Test
  void aResultHasAKindOfFailureExactlyIfItFailed() {
    assertThatThrownBy(() -> new ProbeResult(Verdict.HEALTHY, Failure.RESET, ""))
        .hasMessage("failure: RESET (expected: present exactly for a failed verdict)");
    assertThatThrownBy(() -> new ProbeResult(Verdict.FAILED, null, ""))
        .hasMessage("failure: null (expected: present exactly for a failed verdict)");
  }

  private static Arguments row(Consumer<HealthCheckerBuilder<String>> set, String text) {
    return Arguments.of(set, text);
  }
}
