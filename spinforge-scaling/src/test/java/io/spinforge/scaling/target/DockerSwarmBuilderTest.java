package io.spinforge.scaling.target;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DockerSwarmBuilderTest {
  static Stream<Arguments> wrongValues() {
    String far = "/" + "a".repeat(100);
    return Stream.of(
        wrong(b -> b.service("a/b"), "service: 'a/b' (expected: 1 to 128 of A-Z a-z 0-9 _ . -)"),
        wrong(
            b -> b.socket(Path.of(far)),
            "socket: " + far + " (expected: up to 100 characters, the system's limit)"),
        wrong(b -> b.apiVersion("v2"), "apiVersion: 'v2' (expected: like 1.44)"),
        wrong(b -> b.timeout(Duration.ZERO), "timeout: PT0S (expected: PT0.01S to PT1M)"));
  }

  private static Arguments wrong(Consumer<DockerSwarmBuilder> call, String message) {
    return Arguments.of(call, message);
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("wrongValues")
  void wrongValueSaysWhatIsExpected(Consumer<DockerSwarmBuilder> call, String message) {
    assertThatThrownBy(() -> call.accept(DockerSwarmTarget.builder()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  static Stream<Consumer<DockerSwarmBuilder>> setters() {
    return Stream.of(
        b -> b.service("a"),
        b -> b.socket(Path.of("/a")),
        b -> b.apiVersion("1.44"),
        b -> b.timeout(Duration.ofSeconds(1)));
  }

  @ParameterizedTest
  @MethodSource("setters")
  void secondSetOfTheSameThingIsAnError(Consumer<DockerSwarmBuilder> setter) {
    DockerSwarmBuilder builder = DockerSwarmTarget.builder();
    setter.accept(builder);
    assertThatThrownBy(() -> setter.accept(builder))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(": set twice (before: ");
  }

  @Test
  void missingServiceIsNamed() {
    assertThatThrownBy(() -> DockerSwarmTarget.builder().build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "The Docker Swarm target cannot be built: service: missing (expected: service(...))");
  }
}
