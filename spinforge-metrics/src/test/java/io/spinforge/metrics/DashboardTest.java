package io.spinforge.metrics;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.spinforge.balance.LoadBalancer;
import io.spinforge.health.HealthChecker;
import io.spinforge.health.probe.Probe;
import io.spinforge.health.probe.ProbeResult;
import io.spinforge.metrics.page.Level;
import io.spinforge.metrics.page.Remark;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DashboardTest {
  private static final String EVIL = "<img src=x onerror=\"alert('1')\">&";
  private static final String HARMLESS =
      "&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final HttpClient client = HttpClient.newHttpClient();

  private Dashboard.Builder builder() {
    return Dashboard.builder(SpinForgeMetrics.builder(registry).build()).port(0);
  }

  private HttpResponse<String> send(URI uri, String method) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(uri).method(method, BodyPublishers.noBody()).build();
    return client.send(request, BodyHandlers.ofString());
  }

  private String get(URI uri) throws Exception {
    HttpResponse<String> response = send(uri, "GET");
    assertThat(response.statusCode()).isEqualTo(200);
    return response.body();
  }

  @Test
  void aServiceSaysThatItIsWellAndOnASmallPageWhatIsNot() throws Exception {
    try (Scene scene = new Scene(true, "")) {
      assertThat(get(scene.uri())).contains("All is well").doesNotContain("class=\"reasons\"");
      scene.fail("");
      String page = get(scene.uri());
      assertThat(page.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(60 * 1024);
      assertThat(page)
          .contains("Needs a look")
          .contains("error-rate is ")
          .contains("balancer checkout: 1 of 6 ejected")
          .contains("health workers: 1 of 6 down")
          .contains("redis-cli CONFIG SET maxmemory-policy allkeys-lru")
          .contains("disk I/O")
          .doesNotContain("://")
          .doesNotContain("src=")
          .doesNotContain("style=\"")
          .doesNotContain(" onclick");
    }
  }

  @Test
  void thePolicyAllowsTheStyleAndTheScriptOfThePageAndNothingElse() throws Exception {
    try (Dashboard dashboard = builder().start()) {
      HttpResponse<String> response = send(dashboard.uri(), "GET");
      String policy = response.headers().firstValue("Content-Security-Policy").orElseThrow();
      assertThat(policy)
          .startsWith("default-src 'none'; style-src 'sha256-")
          .contains(
              "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
          .contains("style-src '" + hash(response.body(), "style") + "'")
          .contains("script-src '" + hash(response.body(), "script") + "'")
          .doesNotContain("unsafe");
      assertThat(response.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
      assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
    }
  }

  private static String hash(String page, String tag) throws Exception {
    int from = page.indexOf("<" + tag + ">") + tag.length() + 2;
    String text = page.substring(from, page.indexOf("</" + tag + ">", from));
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    return "sha256-" + Base64.getEncoder().encodeToString(digest);
  }

  @Test
  void whateverComesFromOutsideIsEscaped() throws Exception {
    Remark remark = new Remark(Level.CRITICAL, EVIL, EVIL, EVIL, EVIL, EVIL, EVIL);
    LoadBalancer<String> balancer = LoadBalancer.<String>builder().build();
    balancer.update(List.of(EVIL));
    try (HealthChecker<String> checker =
            HealthChecker.<String>builder()
                .interval(Duration.ofMillis(50))
                .probe(
                    Probe.async(
                        (target, timeout) ->
                            CompletableFuture.completedFuture(ProbeResult.failedNow(EVIL))))
                .build();
        SpinForgeMetrics metrics =
            SpinForgeMetrics.builder(registry).bind(EVIL, balancer).bind(EVIL, checker).build()) {
      checker.targets(List.of(EVIL));
      await().atMost(30, SECONDS).until(() -> checker.view().unhealthy().size() == 1);
      HttpMetrics http = HttpMetrics.create(registry);
      http.route(EVIL).end("GET", 200, http.start());
      try (Dashboard dashboard =
          Dashboard.builder(metrics).title(EVIL).remarks(() -> List.of(remark)).port(0).start()) {
        String page = get(dashboard.uri());
        assertThat(page).doesNotContain("<img").contains(HARMLESS);
        assertThat(page.split(Pattern.quote(HARMLESS), -1).length).isGreaterThan(10);
      }
    }
  }

  @Test
  void withNothingBoundItSaysWhatCouldBe() throws Exception {
    try (Dashboard dashboard = builder().start()) {
      assertThat(get(dashboard.uri()))
          .contains("Too early to tell")
          .contains("No goals are set.")
          .contains("Not bound: CacheManager, LoadBalancer, HealthChecker, ServiceRegistry");
    }
  }

  @Test
  void twoHundredMembersAndTargetsFitOnThePage() throws Exception {
    List<String> many =
        IntStream.range(0, 200).mapToObj(i -> "member-with-a-long-name-" + i).toList();
    LoadBalancer<String> balancer = LoadBalancer.<String>builder().build();
    balancer.update(many);
    try (HealthChecker<String> checker =
            HealthChecker.<String>builder()
                .probe(
                    Probe.async(
                        (target, timeout) ->
                            CompletableFuture.completedFuture(ProbeResult.healthy())))
                .build();
        SpinForgeMetrics metrics =
            SpinForgeMetrics.builder(registry).bind(balancer).bind(checker).system().build()) {
      checker.targets(many);
      await().atMost(30, SECONDS).until(() -> checker.healthy().size() == 200);
      try (Dashboard dashboard = Dashboard.builder(metrics).port(0).start()) {
        String page = get(dashboard.uri());
        assertThat(page.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(60 * 1024);
        assertThat(page).contains("and 184 more with 0 in flight").contains("and 184 more, none");
      }
    }
  }

  @Test
  void whatDoesNotFitIsNamedInstead() throws Exception {
    List<String> members = IntStream.range(0, 16).mapToObj(i -> "member-" + i).toList();
    SpinForgeMetrics.Builder many = SpinForgeMetrics.builder(registry);
    for (int i = 0; i < 40; i++) {
      LoadBalancer<String> balancer = LoadBalancer.<String>builder().build();
      balancer.update(members);
      many.bind("balancer " + i, balancer);
    }
    try (SpinForgeMetrics metrics = many.build();
        Dashboard dashboard = Dashboard.builder(metrics).port(0).start()) {
      String page = get(dashboard.uri());
      assertThat(page.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(60 * 1024);
      assertThat(page).containsPattern("and \\d+ more components, on /metrics");
    }
  }

  @Test
  void aPartThatCannotBeReadDoesNotHideTheRest() throws Exception {
    LoadBalancer<String> balancer = LoadBalancer.<String>builder().build();
    balancer.update(List.of("a"));
    try (Dashboard dashboard =
        Dashboard.builder(SpinForgeMetrics.builder(registry).bind(balancer).build())
            .remarks(
                () -> {
                  throw new IllegalStateException("no");
                })
            .port(0)
            .start()) {
      assertThat(get(dashboard.uri()))
          .contains("Not all can be seen")
          .contains("Doctor could not be read")
          .contains("It could not be read: IllegalStateException")
          .contains("Balancer default")
          .contains("What should be watched");
    }
  }

  @Test
  void aRegistryThatIsClosedUnderItLeavesThePageThere() throws Exception {
    try (Dashboard dashboard =
        builder().goals(PerformanceGoals.defaults()).every(Duration.ofSeconds(1)).start()) {
      registry.close();
      String before = get(dashboard.uri());
      await().atMost(30, SECONDS).until(() -> !get(dashboard.uri()).equals(before));
      assertThat(get(dashboard.uri())).contains("p99");
    }
  }

  @Test
  void aGaugeThatIsNoNumberIsADashAndSpoilsNoSum() throws Exception {
    Gauge.builder("process.cpu.usage", () -> Double.NaN).register(registry);
    Gauge.builder("jvm.memory.used", () -> Double.NaN).tag("area", "heap").register(registry);
    Gauge.builder("jvm.memory.used", () -> 2048)
        .tag("area", "heap")
        .tag("id", "a")
        .register(registry);
    Gauge.builder("spinforge.container.memory", () -> Double.NaN)
        .tag("kind", "used")
        .register(registry);
    try (Dashboard dashboard = builder().start()) {
      assertThat(get(dashboard.uri())).contains("–, heap 2.0 KiB").doesNotContain("NaN");
      assertThat(get(dashboard.uri().resolve("goals.json"))).doesNotContain("NaN");
    }
  }

  @Test
  void aTakenPortIsNamedAndNothingStaysBehind() {
    try (Dashboard first = builder().start()) {
      assertThatExceptionOfType(UncheckedIOException.class)
          .isThrownBy(
              () ->
                  Dashboard.builder(SpinForgeMetrics.builder(registry).build())
                      .goals(PerformanceGoals.defaults())
                      .port(first.port())
                      .start())
          .withMessageContaining(":" + first.port() + " (expected: free to bind)");
      PerformanceGoals.defaults().watch(registry).close(); // Nobody watches them.
    }
  }

  @Test
  void itListensOnLoopbackUnlessTold() throws Exception {
    try (Dashboard local = builder().start();
        Dashboard wide = builder().address(InetAddress.getByName("0.0.0.0")).start()) {
      assertThat(InetAddress.getByName(local.uri().getHost()).isLoopbackAddress()).isTrue();
      assertThat(InetAddress.getByName(wide.uri().getHost()).isAnyLocalAddress()).isTrue();
      assertThat(asked(wide.port(), "shop.example.com")).contains(" 200 ");
    }
  }

  @Test
  void aNameFromTheWebThatPointsHereIsNotAnswered() throws Exception {
    try (Dashboard dashboard = builder().start()) {
      assertThat(asked(dashboard.port(), "evil.example.com")).contains(" 421 ");
      assertThat(asked(dashboard.port(), "127.0.0.1.evil.example.com")).contains(" 421 ");
      assertThat(asked(dashboard.port(), "localhost:" + dashboard.port())).contains(" 200 ");
      assertThat(asked(dashboard.port(), "127.0.0.1")).contains(" 200 ");
    }
  }

  /** Returns the status line for a Host of one's own. */
  private static String asked(int port, String host) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      String request = "GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return answer.substring(0, answer.indexOf('\r'));
    }
  }

  @Test
  void onlyReadsAreAnsweredAndNoFileIsServed() throws Exception {
    try (Dashboard dashboard = builder().start()) {
      for (String method : List.of("POST", "PUT", "DELETE")) {
        HttpResponse<String> response = send(dashboard.uri(), method);
        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("Allow")).hasValue("GET, HEAD");
      }
      assertThat(send(dashboard.uri(), "HEAD").statusCode()).isEqualTo(200);
      for (String path :
          List.of("profile", "heap", "heap.hprof", "metricsx", "a/b", "index.html")) {
        assertThat(send(dashboard.uri().resolve(path), "GET").statusCode()).isEqualTo(404);
      }
    }
  }

  @Test
  void goalsAndMetersAreThereForMachinesToo() throws Exception {
    registry.counter("cups").increment();
    try (Dashboard dashboard = builder().goals(PerformanceGoals.defaults()).start()) {
      assertThat(get(dashboard.uri().resolve("goals.json")))
          .startsWith("{\"at\":\"")
          .contains(
              "{\"goal\":\"p50\",\"level\":\"INSUFFICIENT_DATA\",\"value\":null,\"target\":0.1,")
          .contains("\"goal\":\"memory\",\"level\":\"");
      assertThat(get(dashboard.uri().resolve("metrics"))).contains("cups_total 1.0");
    }
  }

  @Test
  void withoutPrometheusOnlyTheScrapeIsMissingAndNamesTheArtifact() throws Exception {
    MeterRegistry simple = new SimpleMeterRegistry();
    try (Dashboard dashboard =
        Dashboard.builder(SpinForgeMetrics.builder(simple).build()).port(0).start()) {
      assertThat(send(dashboard.uri(), "GET").statusCode()).isEqualTo(200);
      HttpResponse<String> scrape = send(dashboard.uri().resolve("metrics"), "GET");
      assertThat(scrape.statusCode()).isEqualTo(501);
      assertThat(scrape.body()).contains("io.micrometer:micrometer-registry-prometheus");
    }
  }

  @Test
  void goalsAreWatchedByThePageOrByTheHost() throws Exception {
    GoalWatch own = PerformanceGoals.defaults().watch(registry);
    assertThatIllegalStateException()
        .isThrownBy(() -> builder().goals(PerformanceGoals.defaults()).start())
        .withMessageContaining("is watched on this registry already");
    try (Dashboard dashboard = builder().goals(own).start()) {
      assertThat(get(dashboard.uri())).contains("throughput");
    }
    assertThat(own.evaluate().goals()).hasSize(7);
    own.close();
    builder().goals(PerformanceGoals.defaults()).start().close();
    PerformanceGoals.defaults().watch(registry).close();
  }

  @Test
  void settersRefuseWrongAndSecondValues() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().every(Duration.ofMillis(999)))
        .withMessage("every: PT0.999S (expected: PT1S to PT1M)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().title(" "))
        .withMessage("title: \" \" (expected: not blank)");
    assertThatIllegalStateException()
        .isThrownBy(() -> builder().port(1))
        .withMessage("port: set twice (expected: once)");
    assertThatIllegalStateException()
        .isThrownBy(
            () -> builder().goals(PerformanceGoals.defaults()).goals(PerformanceGoals.defaults()))
        .withMessage("goals: set twice (expected: once)");
  }

  @Test
  void closeEndsItsThreadsAndIsFineTwice() {
    Dashboard dashboard = builder().start();
    dashboard.close();
    dashboard.close();
    await()
        .atMost(30, SECONDS)
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().startsWith("spinforge-metrics-page")));
  }
}
