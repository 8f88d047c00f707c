package io.spinforge.metrics;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.spinforge.metrics.Doctor.Family;
import io.spinforge.metrics.Doctor.Finding;
import io.spinforge.metrics.Doctor.Report;
import io.spinforge.metrics.Doctor.Severity;
import io.spinforge.metrics.page.Level;
import io.spinforge.metrics.page.Remark;
import io.spinforge.metrics.system.HealthyHost;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page with a real doctor and a real watch of goals. */
class DashboardDoctorTest {
  @TempDir Path root;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final HttpClient client = HttpClient.newHttpClient();

  private Dashboard.Builder builder() {
    return Dashboard.builder(SpinForgeMetrics.builder(registry).build())
        .every(Duration.ofSeconds(1))
        .port(0);
  }

  private String get(URI uri) throws Exception {
    return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
  }

  private Doctor doctor() {
    HealthyHost host = HealthyHost.in(root).write("proc/sys/net/core/somaxconn", "128");
    return Doctor.of(host.files(), 4);
  }

  @Test
  void whatTheDoctorFindsIsOnThePageWithTheLineThatMendsIt() throws Exception {
    Doctor doctor = doctor();
    try (Dashboard dashboard = builder().doctor(doctor).start()) {
      await()
          .atMost(30, SECONDS)
          .untilAsserted(
              () ->
                  assertThat(get(dashboard.uri()))
                      .contains("kernel.somaxconn of host: 128")
                      .contains("at least 65535")
                      .contains("sysctl -w net.core.somaxconn=65535"));
      assertThat(doctor.latest()).isNotNull();
    }
  }

  @Test
  void anExaminationIsNotRepeatedByLooksOrRequests() throws Exception {
    Doctor doctor = doctor();
    try (Dashboard dashboard = builder().doctor(doctor).start()) {
      await().atMost(30, SECONDS).until(() -> get(dashboard.uri()).contains("kernel.somaxconn"));
      Report first = doctor.latest();
      String before = get(dashboard.uri());
      await().atMost(30, SECONDS).until(() -> !get(dashboard.uri()).equals(before)); // A look.
      assertThat(doctor.latest()).isSameAs(first);
    }
  }

  @Test
  void theDoctorExaminesAgain() {
    Doctor doctor = doctor();
    try (DoctorRounds rounds = DoctorRounds.start(doctor, Duration.ofMillis(10))) {
      await().atMost(30, SECONDS).until(() -> doctor.latest() != null);
      Report first = doctor.latest();
      await().atMost(30, SECONDS).until(() -> doctor.latest() != first && rounds.get() != null);
    }
  }

  @Test
  void aServerThatDoesNotAnswerTheDoctorHoldsUpNoRequest() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    DataSource silent =
        (DataSource)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("getConnection")) {
                    asked.countDown();
                    answer.await();
                    throw new SQLException("away");
                  }
                  return null;
                });
    Doctor doctor = doctor().dataSource(silent).timeout(Duration.ofMinutes(1));
    try (Dashboard dashboard = builder().doctor(doctor).start()) {
      assertThat(asked.await(30, SECONDS)).isTrue();
      assertThat(get(dashboard.uri())).contains("Nothing was examined yet.");
      assertThat(doctor.latest()).isNull();
      answer.countDown();
      await().atMost(30, SECONDS).until(() -> get(dashboard.uri()).contains("kernel.somaxconn"));
    } finally {
      answer.countDown();
    }
  }

  @Test
  void eachSeverityHasItsLevelAndNothingOfAFindingIsLost() {
    List<Finding> findings =
        Stream.of(Severity.values())
            .map(s -> new Finding(Family.REDIS, "r", s, "s", "live", "exp", "why", "fix", "src"))
            .toList();
    List<Remark> remarks =
        DoctorRounds.remarks(
            new Report(Instant.EPOCH, Duration.ZERO, List.of(Family.REDIS), findings));
    assertThat(remarks)
        .extracting(Remark::level)
        .containsExactly(Level.CRITICAL, Level.WARN, Level.INFO, Level.UNKNOWN);
    assertThat(remarks.get(0))
        .isEqualTo(new Remark(Level.CRITICAL, "redis", "r of s: live", "exp", "why", "fix", "src"));
  }

  @Test
  void oneDoctorIsEnough() {
    assertThatIllegalStateException()
        .isThrownBy(() -> builder().doctor(doctor()).doctor(doctor()))
        .withMessage("doctor: set twice (expected: once)");
  }

  @Test
  void closingThePageEndsTheDoctorsThread() {
    builder().doctor(doctor()).start().close();
    await()
        .atMost(30, SECONDS)
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().equals("spinforge-metrics-page-doctor")));
  }

  @Test
  void burnRateAndBudgetOfAWatchAreOnThePage() throws Exception {
    HttpMetrics http = HttpMetrics.create(registry);
    HttpMetrics.Route route = http.route("/a");
    try (GoalWatch goals = PerformanceGoals.defaults().watch(registry)) {
      for (int i = 0; i < 1000; i++) {
        route.end("GET", i < 2 ? 500 : 200, http.start());
      }
      goals.evaluate();
      try (Dashboard dashboard = builder().goals(goals).start()) {
        // 0.2 % of errors are twice a budget of 0.1 %, and have spent it all twice.
        await()
            .atMost(30, SECONDS)
            .untilAsserted(
                () ->
                    assertThat(get(dashboard.uri()))
                        .contains("burn rate")
                        .contains("budget left")
                        .contains("<td class=\"n wide\">2×</td>"));
      }
    }
  }
}
