package io.spinforge.health.report;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.spinforge.health.HealthChecker;
import io.spinforge.health.probe.Probe;
import io.spinforge.health.probe.ProbeResult;
import io.spinforge.health.probe.TcpProbe;
import io.spinforge.testkit.ManualTicker;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealthReportTest {

  @ParameterizedTest
  @CsvSource({
    "'', UNKNOWN, 200",
    "UP, UP, 200",
    "UNKNOWN, UNKNOWN, 200",
    "UP UNKNOWN, UP, 200",
    "UP OUT_OF_SERVICE UNKNOWN, OUT_OF_SERVICE, 503",
    "OUT_OF_SERVICE DOWN UP, DOWN, 503"
  })
  void statusesAreAggregatedAndMappedAsActuatorDoes(
      String statuses, ComponentStatus expected, int http) {
    List<ComponentStatus> all =
        statuses.isEmpty()
            ? List.of()
            : List.of(statuses.split(" ")).stream().map(ComponentStatus::valueOf).toList();
    assertThat(ComponentStatus.aggregate(all)).isEqualTo(expected);
    assertThat(expected.httpStatus()).isEqualTo(http);
  }

  @Test
  void componentsMayBeSuppliersCheckersAndProbes() throws Exception {
    Probe<String> half =
        Probe.async(
            (t, limit) ->
                CompletableFuture.completedFuture(
                    t.equals("a") ? ProbeResult.healthy() : ProbeResult.failedNow("down")));
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
        HealthChecker<String> checker =
            HealthChecker.<String>builder().probe(half).interval(ofMinutes(5)).build();
        HealthReport health =
            HealthReport.builder()
                .component("disk", () -> ComponentHealth.warning("90 % used"))
                .component("backends", checker)
                .component("socket", TcpProbe.<InetSocketAddress>connect(a -> a), address(server))
                .component("throws", this::broken)
                .component("null", () -> null)
                .build()) {
      Map<String, ComponentHealth> before = health.report().components();
      assertThat(before.get("backends"))
          .isEqualTo(ComponentHealth.unknown("0 of 0 targets are fit"));
      checker.targets(List.of("a", "b"));
      checker.ready().get(30, TimeUnit.SECONDS);
      await()
          .until(() -> health.report().components().get("backends").status() == ComponentStatus.UP);
      Report report = health.report();
      assertThat(report.status()).isEqualTo(ComponentStatus.DOWN);
      assertThat(report.components())
          .containsEntry("disk", ComponentHealth.warning("90 % used"))
          .containsEntry("backends", ComponentHealth.warning("1 of 2 targets are fit"))
          .containsEntry("socket", ComponentHealth.up())
          .containsEntry("throws", ComponentHealth.down("java.lang.IllegalStateException: boom"))
          .containsEntry("null", ComponentHealth.down("the component said null"));
      assertThat(report.components().keySet())
          .containsExactly("disk", "backends", "socket", "throws", "null");
    }
  }

  @Test
  void aDeadProbedComponentIsDownWithTheKindOfItsFailure() throws Exception {
    InetSocketAddress nobody;
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
      nobody = address(server);
    }
    try (HealthReport health =
        HealthReport.builder()
            .component("socket", TcpProbe.<InetSocketAddress>connect(a -> a), nobody)
            .component("silent", Probe.<String>async((t, l) -> new CompletableFuture<>()), "x")
            .timeout(ofMillis(200))
            .build()) {
      Map<String, ComponentHealth> components = health.report().components();
      assertThat(components.get("socket"))
          .isEqualTo(ComponentHealth.down("REFUSED: connection refused"));
      assertThat(components.get("silent").status()).isEqualTo(ComponentStatus.DOWN);
    }
  }

  @Test
  void aComponentThatHangsIsDownInTimeAndNobodyWaitsForItAgain() {
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger calls = new AtomicInteger();
    try (HealthReport health =
        HealthReport.builder()
            .component("hangs", () -> hang(calls, release))
            .component("fine", ComponentHealth::up)
            .timeout(ofMillis(300))
            .cacheFor(ofMillis(0))
            .build()) {
      Report first = health.report();
      assertThat(first.components().get("hangs"))
          .isEqualTo(ComponentHealth.down("no answer within 300 ms"));
      assertThat(first.components().get("fine")).isEqualTo(ComponentHealth.up());
      long start = System.nanoTime();
      for (int i = 0; i < 100; i++) {
        assertThat(health.report().status()).isEqualTo(ComponentStatus.DOWN);
      }
      assertThat(System.nanoTime() - start)
          .as("100 x 300 ms would be 30 s")
          .isLessThan(20_000_000_000L);
      assertThat(calls.get()).isEqualTo(1);
      release.countDown();
      await().until(() -> health.report().status() == ComponentStatus.UP);
    }
  }

  @Test
  void aStormOfRequestsAsksOnceUntilTheAnswerIsOld() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    ManualTicker ticker = new ManualTicker();
    HealthReportBuilder builder = HealthReport.builder().ticker(ticker);
    builder.component("counted", () -> counted(calls)).cacheFor(ofSeconds(1));
    ExecutorService storm = Executors.newFixedThreadPool(8);
    try (HealthReport health = builder.build()) {
      List<CompletableFuture<Report>> all =
          IntStream.range(0, 2_000)
              .mapToObj(i -> CompletableFuture.supplyAsync(health::report, storm))
              .toList();
      for (CompletableFuture<Report> one : all) {
        assertThat(one.get(1, TimeUnit.MINUTES).status()).isEqualTo(ComponentStatus.UP);
      }
      assertThat(calls.get()).isEqualTo(1);
      ticker.advance(ofMillis(999));
      health.report();
      assertThat(calls.get()).isEqualTo(1);
      ticker.advance(ofMillis(1));
      health.report();
      assertThat(calls.get()).isEqualTo(2);
    } finally {
      storm.shutdownNow();
    }
  }

  @Test
  void livenessAsksNobodyAndReadinessEverybodyUnlessToldOtherwise() {
    try (HealthReport health =
        HealthReport.builder()
            .component("db", () -> ComponentHealth.down("away"))
            .component("cache", ComponentHealth::up)
            .build()) {
      assertThat(health.report(HealthReport.LIVENESS).status()).isEqualTo(ComponentStatus.UP);
      assertThat(health.report(HealthReport.LIVENESS).components()).isEmpty();
      assertThat(health.report(HealthReport.READINESS).status()).isEqualTo(ComponentStatus.DOWN);
      assertThatThrownBy(() -> health.report("x")).hasMessageStartingWith("group: x (expected: ");
    }
    try (HealthReport health =
        HealthReport.builder()
            .component("db", () -> ComponentHealth.down("away"))
            .component("cache", ComponentHealth::up)
            .readiness("cache")
            .group("stores", "db", "cache")
            .build()) {
      assertThat(health.report(HealthReport.READINESS).status()).isEqualTo(ComponentStatus.UP);
      assertThat(health.report("stores").components()).hasSize(2);
    }
  }

  @Test
  void theHandlerRepliesInTheDraftsFormat() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 10);
    ExecutorService threads = Executors.newCachedThreadPool();
    server.setExecutor(threads);
    try (HealthReport health =
            HealthReport.builder()
                .component("db", () -> ComponentHealth.outOfService("says \"later\"\n"))
                .component("cache", ComponentHealth::up)
                .readiness("cache")
                .showDetails()
                .clock(() -> Instant.EPOCH)
                .build();
        HealthReport quiet =
            HealthReport.builder().component("db", () -> ComponentHealth.down("x")).build()) {
      server.createContext("/health", health.handler());
      server.createContext("/quiet/", quiet.handler());
      server.start();
      HttpResponse<String> all = send(server, "GET", "/health");
      assertThat(all.statusCode()).isEqualTo(503);
      assertThat(all.headers().firstValue("Content-Type")).contains("application/health+json");
      assertThat(all.headers().firstValue("Cache-Control")).contains("max-age=1");
      assertThat(all.body())
          .isEqualTo(
              "{\"status\":\"fail\",\"checks\":{\"db\":[{\"status\":\"fail\","
                  + "\"time\":\"1970-01-01T00:00:00Z\","
                  + "\"output\":\"OUT_OF_SERVICE: says \\\"later\\\"\\u000a\"}],"
                  + "\"cache\":[{\"status\":\"pass\",\"time\":\"1970-01-01T00:00:00Z\"}]}}");
      assertThat(send(server, "GET", "/health/readiness").statusCode()).isEqualTo(200);
      assertThat(send(server, "GET", "/health/liveness").body())
          .isEqualTo("{\"status\":\"pass\",\"checks\":{}}");
      assertThat(send(server, "GET", "/health/nope").statusCode()).isEqualTo(404);
      assertThat(send(server, "HEAD", "/health").statusCode()).isEqualTo(503);
      assertThat(send(server, "HEAD", "/health").body()).isEmpty();
      assertThat(send(server, "POST", "/health").statusCode()).isEqualTo(405);
      assertThat(send(server, "GET", "/quiet/").body()).isEqualTo("{\"status\":\"fail\"}");
      assertThat(send(server, "GET", "/quiet/liveness").statusCode()).isEqualTo(200);
    } finally {
      server.stop(0);
      threads.shutdownNow();
    }
  }

  @Test
  void mistakesAreNamed() {
    HealthReportBuilder builder = HealthReport.builder().component("a", ComponentHealth::up);
    assertThatThrownBy(() -> builder.component("a", ComponentHealth::up))
        .hasMessage("component: a (expected: added once)");
    assertThatThrownBy(() -> builder.component("b/c", ComponentHealth::up))
        .hasMessage("component: b/c (expected: 1 to 64 of A-Z a-z 0-9 . _ -)");
    assertThatThrownBy(() -> builder.timeout(ofMinutes(2)))
        .hasMessage("timeout: PT2M (expected: PT0.001S to PT1M)");
    assertThatThrownBy(() -> builder.timeout(ofSeconds(1)).timeout(ofSeconds(1)))
        .hasMessage("timeout: already set to PT1S");
    assertThatThrownBy(() -> builder.cacheFor(ofSeconds(-1)))
        .hasMessage("cacheFor: PT-1S (expected: PT0S to PT1M)");
    assertThatThrownBy(() -> builder.readiness("a", "z").build())
        .hasMessage("group readiness: z (expected: one of [a])");
    assertThatThrownBy(() -> new ComponentHealth(ComponentStatus.DOWN, true, ""))
        .hasMessage("warning: true (expected: false unless the status is UP)");
  }

  @Test
  void afterCloseEveryComponentIsDownAndNoThreadIsLeft() {
    HealthReport health =
        HealthReport.builder()
            .component("a", ComponentHealth::up)
            .component("p", Probe.<String>blocking(t -> ProbeResult.healthy()), "x")
            .timeout(ofMillis(100))
            .cacheFor(ofMillis(0))
            .build();
    assertThat(health.report().status()).isEqualTo(ComponentStatus.UP);
    health.close();
    health.close();
    assertThat(health.report().status()).isEqualTo(ComponentStatus.DOWN);
    await()
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(t -> t.getName().startsWith("spinforge-health-report")));
  }

  private ComponentHealth broken() {
    throw new IllegalStateException("boom");
  }

  private static ComponentHealth counted(AtomicInteger calls) {
    calls.incrementAndGet();
    return ComponentHealth.up();
  }

  private static ComponentHealth hang(AtomicInteger calls, CountDownLatch release) {
    calls.incrementAndGet();
    try {
      release.await(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return ComponentHealth.up();
  }

  private static InetSocketAddress address(ServerSocket server) {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  private static HttpResponse<String> send(HttpServer server, String method, String path)
      throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    HttpRequest request =
        HttpRequest.newBuilder(uri).method(method, BodyPublishers.noBody()).build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
  }
}
