package io.spinforge.scaling.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class KubernetesBuilderTest {
  private static final Path NOWHERE = Path.of("/no/such/place");
  private static final URI HTTPS = URI.create("https://10.0.0.1:6443");

  private static KubernetesBuilder builder() {
    return new KubernetesBuilder(Map.of(), NOWHERE);
  }

  static Stream<Arguments> wrongValues() {
    return Stream.of(
        wrong(b -> b.deployment("a/b"), "name: 'a/b' (expected: a name of Kubernetes)"),
        wrong(b -> b.statefulSet("A"), "name: 'A' (expected: a name of Kubernetes)"),
        wrong(
            b -> b.resource("apps", "deployments", "a"),
            "apiVersion: 'apps' (expected: group/version or version)"),
        wrong(
            b -> b.resource("apps/v1", "../pods", "a"),
            "plural: '../pods' (expected: a name in lower case)"),
        wrong(b -> b.namespace(""), "namespace: '' (expected: a name of Kubernetes)"),
        wrong(
            b -> b.server(URI.create("ftp://a")), "server: ftp://a (expected: https://host:port)"),
        wrong(
            b -> b.server(URI.create("https://a/b")),
            "server: https://a/b (expected: https://host:port)"),
        wrong(b -> b.timeout(Duration.ZERO), "timeout: PT0S (expected: PT0.01S to PT1M)"),
        wrong(b -> b.timeout(Duration.ofHours(1)), "timeout: PT1H (expected: PT0.01S to PT1M)"));
  }

  private static Arguments wrong(Consumer<KubernetesBuilder> call, String message) {
    return Arguments.of(call, message);
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("wrongValues")
  void wrongValueSaysWhatIsExpected(Consumer<KubernetesBuilder> call, String message) {
    assertThatThrownBy(() -> call.accept(builder()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  static Stream<Consumer<KubernetesBuilder>> setters() {
    return Stream.of(
        b -> b.deployment("a"),
        b -> b.namespace("a"),
        b -> b.server(HTTPS),
        b -> b.tokenFile(NOWHERE),
        b -> b.caFile(NOWHERE),
        b -> b.timeout(Duration.ofSeconds(1)),
        b -> b.ticker(System::nanoTime));
  }

  @ParameterizedTest
  @MethodSource("setters")
  void secondSetOfTheSameThingIsAnError(Consumer<KubernetesBuilder> setter) {
    KubernetesBuilder builder = builder();
    setter.accept(builder);
    assertThatThrownBy(() -> setter.accept(builder))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(": set twice (before: ");
  }

  @Test
  void buildReportsEveryProblemAtOnce() {
    assertThatThrownBy(() -> builder().build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "The Kubernetes target cannot be built: server: missing (expected: server(...), or"
                + " KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT as in a pod); namespace:"
                + " missing (expected: namespace(...)); resource: missing (expected:"
                + " deployment(...) or another resource)");
  }

  @Test
  void tokenNeverGoesOverPlainHttpToAnotherMachine() {
    KubernetesBuilder builder =
        builder()
            .server(URI.create("http://10.0.0.1:8001"))
            .namespace("a")
            .deployment("b")
            .tokenFile(NOWHERE)
            .caFile(NOWHERE);
    assertThatThrownBy(builder::build)
        .hasMessage(
            "The Kubernetes target cannot be built: server: http://10.0.0.1:8001 (expected: https,"
                + " or the token could be read on the way); caFile: /no/such/place (expected: none"
                + " with plain HTTP)");
  }

  @Test
  void podsDefaultsAreFoundWithAnAddressOfVersionSix(@TempDir Path secrets) throws IOException {
    Files.writeString(secrets.resolve("namespace"), "shop\n");
    Map<String, String> pod =
        Map.of("KUBERNETES_SERVICE_HOST", "fd00::1", "KUBERNETES_SERVICE_PORT", "443");
    try (KubernetesTarget target =
        new KubernetesBuilder(pod, secrets).resource("v1", "replicationcontrollers", "a").build()) {
      assertThat(target)
          .hasToString("KubernetesTarget[/api/v1/namespaces/shop/replicationcontrollers/a/scale]");
    }
  }

  @Test
  void missingJacksonIsNamed() throws Exception {
    ClassLoader without =
        new ClassLoader(getClass().getClassLoader()) {
          @Override
          protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("com.fasterxml.")) {
              throw new ClassNotFoundException(name);
            }
            if (!name.startsWith("io.spinforge.scaling.target.")) {
              return super.loadClass(name, resolve);
            }
            Class<?> known = findLoadedClass(name);
            return known != null ? known : define(name);
          }

          private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
              byte[] bytes = in.readAllBytes();
              return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
              throw new ClassNotFoundException(name, e);
            }
          }
        };
    Class<?> type = without.loadClass("io.spinforge.scaling.target.KubernetesTarget");
    Object builder = type.getMethod("builder").invoke(null);
    assertThatThrownBy(() -> builder.getClass().getMethod("build").invoke(builder))
        .cause()
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "KubernetesTarget needs com.fasterxml.jackson.core:jackson-databind on the class"
                + " path");
  }
}
