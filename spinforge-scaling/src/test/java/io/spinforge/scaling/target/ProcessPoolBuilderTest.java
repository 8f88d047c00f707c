package io.spinforge.scaling.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ProcessPoolBuilderTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  static Stream<Arguments> wrongValues() {
    return Stream.of(
        wrong(b -> b.name("a/b"), "name: 'a/b' (expected: 1 to 64 of A-Z a-z 0-9 . _ -)"),
        wrong(
            b -> b.directory(Path.of("/no/such/place")),
            "directory: /no/such/place (expected: an existing directory)"),
        wrong(
            b -> b.pidFile(Path.of("/no/such/place/pids")),
            "pidFile: /no/such/place/pids (expected: in an existing directory)"),
        wrong(
            b -> b.startTimeout(Duration.ZERO),
            "startTimeout: PT0S (expected: above PT0S, up to PT1H)"),
        wrong(b -> b.grace(Duration.ofHours(2)), "grace: PT2H (expected: above PT0S, up to PT1H)"),
        wrong(b -> b.initial(-1), "initial: -1 (expected: >= 0)"),
        wrong(b -> b.maximum(0), "maximum: 0 (expected: >= 1)"),
        wrong(b -> Readiness.http("health"), "path: 'health' (expected: starts with /)"),
        wrong(
            b -> b.command(c -> List.of()).build().cpu(0),
            "cores: 0.0 (expected: above 0.0, up to 1024.0)"));
  }

  private static Arguments wrong(Consumer<ProcessPoolBuilder> call, String message) {
    return Arguments.of(call, message);
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("wrongValues")
  void wrongValueSaysWhatIsExpected(Consumer<ProcessPoolBuilder> call, String message) {
    assertThatThrownBy(() -> call.accept(ProcessPoolTarget.builder()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  static Stream<Consumer<ProcessPoolBuilder>> setters() {
    return Stream.of(
        b -> b.name("a"),
        b -> b.command(context -> List.of("true")),
        b -> b.environment(context -> Map.of()),
        b -> b.directory(Path.of(".")),
        b -> b.output(context -> Path.of("out")),
        b -> b.lines((context, line) -> {}),
        b -> b.readiness(Readiness.tcp()),
        b -> b.startTimeout(SECOND),
        b -> b.drain(worker -> {}),
        b -> b.grace(SECOND),
        b -> b.initial(1),
        b -> b.maximum(1),
        b -> b.pidFile(Path.of("pids")),
        b -> b.events(event -> {}),
        b -> b.clock(Clock.systemUTC()),
        b -> b.ticker(System::nanoTime));
  }

  @ParameterizedTest
  @MethodSource("setters")
  void secondSetOfTheSameThingIsAnError(Consumer<ProcessPoolBuilder> setter) {
    ProcessPoolBuilder builder = ProcessPoolTarget.builder();
    setter.accept(builder);
    assertThatThrownBy(() -> setter.accept(builder))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(": set twice (before: ");
  }

  @Test
  void buildReportsEveryProblemAtOnce() {
    assertThatThrownBy(() -> ProcessPoolTarget.builder().initial(3).maximum(2).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "The process pool cannot be built: command: missing (expected: command(...)); initial:"
                + " 3 (expected: <= the maximum of 2)");
  }

  @Test
  void poolThatDoesNotRunRefuses() {
    try (ProcessPoolTarget pool =
        ProcessPoolTarget.builder().command(context -> List.of("true")).build()) {
      assertThat(pool.read().desired()).isEqualTo(1);
      assertThat(pool.apply(2, pool.read(), OptionalLong.empty()).toString())
          .contains("Rejected", "not running");
    }
  }
}
