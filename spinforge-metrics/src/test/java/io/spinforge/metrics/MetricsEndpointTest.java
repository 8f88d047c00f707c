package io.spinforge.metrics;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsEndpointTest {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final MetricsEndpoint endpoint = MetricsEndpoint.builder(registry).port(0).start();
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    endpoint.close();
  }

  private HttpResponse<byte[]> send(URI uri, String method, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofByteArray());
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Test
  void aPlainGetIsAnsweredInTheTextFormat() throws Exception {
    registry.counter("cups").increment();
    HttpResponse<byte[]> response = send(endpoint.uri(), "GET");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type"))
        .hasValue("text/plain; version=0.0.4; charset=utf-8");
    assertThat(text(response.body())).contains("cups_total 1.0").doesNotContain("# EOF");
  }

  @Test
  void openMetricsIsAnsweredWhereItIsAccepted() throws Exception {
    registry.counter("cups").increment();
    String accept = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.2,*/*;q=0.1";
    HttpResponse<byte[]> response = send(endpoint.uri(), "GET", "Accept", accept);
    assertThat(response.headers().firstValue("Content-Type"))
        .hasValue("application/openmetrics-text; version=1.0.0; charset=utf-8");
    assertThat(text(response.body())).contains("cups_total 1.0").endsWith("# EOF\n");
  }

  @Test
  void gzipIsUsedWhereItIsAccepted() throws Exception {
    registry.counter("cups").increment();
    HttpResponse<byte[]> response = send(endpoint.uri(), "GET", "Accept-Encoding", "gzip");
    assertThat(response.headers().firstValue("Content-Encoding")).hasValue("gzip");
    byte[] plain = new GZIPInputStream(new ByteArrayInputStream(response.body())).readAllBytes();
    assertThat(text(plain)).contains("cups_total 1.0");
  }

  @Test
  void headIsAnsweredWithoutABody() throws Exception {
    HttpResponse<byte[]> response = send(endpoint.uri(), "HEAD");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEmpty();
  }

  @Test
  void otherMethodsAndOtherPathsAreRefused() throws Exception {
    HttpResponse<byte[]> post = send(endpoint.uri(), "POST");
    assertThat(post.statusCode()).isEqualTo(405);
    assertThat(post.headers().firstValue("Allow")).hasValue("GET, HEAD");
    assertThat(send(URI.create(endpoint.uri() + "x"), "GET").statusCode()).isEqualTo(404);
    assertThat(send(endpoint.uri().resolve("/"), "GET").statusCode()).isEqualTo(404);
  }

  @Test
  void itListensOnLoopbackUnlessTold() throws Exception {
    assertThat(InetAddress.getByName(endpoint.uri().getHost()).isLoopbackAddress()).isTrue();
    try (MetricsEndpoint wide =
        MetricsEndpoint.builder(registry)
            .address(InetAddress.getByName("127.0.0.2"))
            .port(0)
            .start()) {
      assertThat(wide.uri().getHost()).isEqualTo("127.0.0.2");
    }
  }

  @Test
  void aCompositeServesThePrometheusRegistryWithinIt() throws Exception {
    CompositeMeterRegistry composite = new CompositeMeterRegistry();
    composite.add(new SimpleMeterRegistry());
    composite.add(registry);
    composite.counter("cups").increment();
    try (MetricsEndpoint other = MetricsEndpoint.builder(composite).port(0).start()) {
      assertThat(text(send(other.uri(), "GET").body())).contains("cups_total 1.0");
    }
  }

  @Test
  void aRegistryOfAnotherKindIsRefusedWithTheArtifactToAdd() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MetricsEndpoint.builder(new SimpleMeterRegistry()))
        .withMessageContaining("registry: SimpleMeterRegistry (expected: ")
        .withMessageContaining("io.micrometer:micrometer-registry-prometheus");
  }

  @Test
  void aTakenPortIsNamed() {
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> MetricsEndpoint.builder(registry).port(endpoint.port()).start())
        .withMessageContaining("port: ")
        .withMessageContaining(":" + endpoint.port() + " (expected: free to bind)");
  }

  @Test
  void settersRefuseWrongAndSecondValues() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MetricsEndpoint.builder(registry).port(-1))
        .withMessage("port: -1 (expected: 0 to 65535)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MetricsEndpoint.builder(registry).port(65_536));
    assertThatIllegalStateException()
        .isThrownBy(() -> MetricsEndpoint.builder(registry).port(1).port(2))
        .withMessage("port: set twice (expected: once)");
    InetAddress loopback = InetAddress.getLoopbackAddress();
    assertThatIllegalStateException()
        .isThrownBy(() -> MetricsEndpoint.builder(registry).address(loopback).address(loopback))
        .withMessage("address: set twice (expected: once)");
  }

  @Test
  void closeEndsItsThreadsAndThePortTwiceIsFine() {
    endpoint.close();
    endpoint.close();
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> send(endpoint.uri(), "GET"));
    await()
        .atMost(10, SECONDS)
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(t -> t.getName().startsWith("spinforge-metrics-endpoint")));
  }

  @Test
  void everyThreadIsADaemon() throws Exception {
    send(endpoint.uri(), "GET");
    assertThat(Thread.getAllStackTraces().keySet())
        .filteredOn(
            t ->
                t.getName().startsWith("spinforge-metrics-endpoint")
                    || t.getName().startsWith("HTTP-Dispatcher"))
        .isNotEmpty()
        .allMatch(Thread::isDaemon);
  }
}
