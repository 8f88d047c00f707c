package io.spinforge.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HttpMetricsTest {
  private final MockClock clock = new MockClock();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
  private final HttpMetrics http = HttpMetrics.create(registry);

  @Test
  void aScrapeHasTheGuidesNamesLabelsAndBuckets() {
    PrometheusMeterRegistry prometheus =
        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, new PrometheusRegistry(), clock);
    HttpMetrics metrics = HttpMetrics.create(prometheus);
    HttpMetrics.Route orders = metrics.route("/orders/{id}");
    orders.end("GET", 200, metrics.start());
    metrics.start();

    String labels = "{method=\"GET\",route=\"/orders/{id}\",status=\"200\"";
    assertThat(prometheus.scrape().lines())
        .contains("# TYPE http_request_duration_seconds histogram")
        .contains("http_request_duration_seconds_count" + labels + "} 1")
        .contains("http_requests_total" + labels + "} 1.0")
        .contains("active_connections 1.0")
        .filteredOn(line -> line.startsWith("http_request_duration_seconds_bucket"))
        .containsExactly(
            "http_request_duration_seconds_bucket" + labels + ",le=\"0.1\"} 1",
            "http_request_duration_seconds_bucket" + labels + ",le=\"0.5\"} 1",
            "http_request_duration_seconds_bucket" + labels + ",le=\"1.0\"} 1",
            "http_request_duration_seconds_bucket" + labels + ",le=\"2.0\"} 1",
            "http_request_duration_seconds_bucket" + labels + ",le=\"5.0\"} 1",
            "http_request_duration_seconds_bucket" + labels + ",le=\"+Inf\"} 1");
  }

  @Test
  void aRequestIsActiveUntilItEndsAndItsTimeIsThatOfTheClock() {
    long first = http.start();
    http.start();
    assertThat(registry.get("active.connections").gauge().value()).isEqualTo(2);

    clock.add(Duration.ofMillis(120));
    http.route("/a").end("POST", 503, first);

    assertThat(registry.get("active.connections").gauge().value()).isEqualTo(1);
    Timer timer = registry.get("http.request.duration").tags("method", "POST").timer();
    assertThat(timer.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(120);
    assertThat(timer.getId().getTag("status")).isEqualTo("503");
  }

  @Test
  void unknownMethodsAndImpossibleStatusesCountAsOther() {
    HttpMetrics.Route route = http.route("/a");
    route.end("BREW", 200, http.start());
    route.end("GET", -1, http.start());
    route.end("GET", 600, http.start());

    assertThat(registry.get("http.requests").tags("method", "other", "status", "200").counter())
        .satisfies(counter -> assertThat(counter.count()).isEqualTo(1));
    assertThat(registry.get("http.requests").tags("method", "GET", "status", "other").counter())
        .satisfies(counter -> assertThat(counter.count()).isEqualTo(2));
  }

  @Test
  void eachMethodHasItsOwnSeries() {
    String[] methods = {
      "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"
    };
    for (String method : methods) {
      http.route("/a").end(method, 200, http.start());
    }
    assertThat(registry.get("http.requests").counters())
        .extracting(counter -> counter.getId().getTag("method"))
        .containsExactlyInAnyOrder(methods);
  }

  @Test
  void routesBeyondTheCapCountAsOtherAndAreWarnedOfOnce() {
    String log =
        Logged.during(
            () -> {
              for (int i = 0; i < 300; i++) {
                http.route("/orders/" + i).end("GET", 200, http.start());
              }
            });

    assertThat(registry.get("http.requests").counters()).hasSize(HttpMetrics.MAX_ROUTES + 1);
    assertThat(registry.get("http.requests").tags("route", "other").counter().count())
        .isEqualTo(200);
    assertThat(log).containsOnlyOnce("count as \"other\"").contains("/orders/100");
    assertThat(http.route("/orders/7").pattern()).isEqualTo("/orders/7");
  }

  @Test
  void aRegistryHasOneHttpMetrics() {
    assertThat(HttpMetrics.create(registry)).isSameAs(http);
    assertThat(HttpMetrics.create(new SimpleMeterRegistry())).isNotSameAs(http);
  }

  @Test
  void aRegistryKeepsItsHttpMetricsWhenTheHostDoesNot() {
    SimpleMeterRegistry other = new SimpleMeterRegistry();
    HttpMetrics.create(other).start();
    for (int i = 0; i < 5; i++) {
      System.gc();
    }
    HttpMetrics.create(other).start();
    assertThat(other.get("active.connections").gauge().value()).isEqualTo(2);
  }

  @Test
  void aBlankRouteIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> http.route(" "))
        .withMessage("pattern: \" \" (expected: not blank)");
    assertThatNullPointerException().isThrownBy(() -> HttpMetrics.create(null));
  }

  @Test
  void aClosedRegistryDoesNotHurtRequests() {
    registry.close();
    http.route("/late").end("GET", 200, http.start());
  }

  @Test
  void aRequestAllocatesNothing() {
    PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    HttpMetrics metrics = HttpMetrics.create(prometheus);
    HttpMetrics.Route route = metrics.route("/orders/{id}");
    try (GoalWatch watch = PerformanceGoals.defaults().watch(prometheus)) {
      double bytes =
          Allocation.perCall(() -> route.end("GET", 200, metrics.start()), /* calls */ 20_000);
      assertThat(bytes).isLessThanOrEqualTo(0.01);
      assertThat(watch.evaluate().goal("p50").samples()).isPositive();
    }
  }
}
