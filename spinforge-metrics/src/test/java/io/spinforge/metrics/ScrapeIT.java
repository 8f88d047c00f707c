package io.spinforge.metrics;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.Meter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusNamingConvention;
import io.spinforge.balance.LoadBalancer;
import io.spinforge.balance.Member;
import io.spinforge.balance.Outcome;
import io.spinforge.cache.CacheManager;
import io.spinforge.cache.LayeredCache;
import io.spinforge.cache.RedisLayer;
import io.spinforge.health.HealthChecker;
import io.spinforge.health.probe.Probe;
import io.spinforge.health.probe.ProbeResult;
import io.spinforge.health.registry.ServiceInstance;
import io.spinforge.health.registry.ServiceRegistry;
import io.spinforge.health.registry.ServiceStats;
import io.spinforge.metrics.bind.Binding;
import io.spinforge.metrics.bind.Catalogue;
import io.spinforge.metrics.bind.HostBinding;
import io.spinforge.metrics.system.HealthyHost;
import io.spinforge.scaling.ApplyResult;
import io.spinforge.scaling.Autoscaler;
import io.spinforge.scaling.ScaleTarget;
import io.spinforge.scaling.Signal;
import io.spinforge.testkit.PostgresServer;
import io.spinforge.testkit.RedisServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every component, a real Redis, one real scrape. */
class ScrapeIT {
  @TempDir Path root;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  private static final class Pool implements ScaleTarget {
    @Override
    public State read() {
      return new State(1, 1, 0, "");
    }

    @Override
    public ApplyResult apply(int desired, State seen, OptionalLong fence) {
      return new ApplyResult.Applied(desired);
    }
  }

  @Test
  void everyNameOfTheCatalogueOccursWithItsTags() throws Exception {
    try (RedisServer redis = RedisServer.start();
        CacheManager caches = CacheManager.builder().redis(RedisLayer.of(redis.uri())).build();
        HealthChecker<String> checker =
            HealthChecker.<String>builder()
                .probe(
                    Probe.async(
                        (target, timeout) ->
                            CompletableFuture.completedFuture(ProbeResult.healthy())))
                .build();
        ServiceRegistry services = ServiceRegistry.inMemory();
        PostgresServer database = PostgresServer.start();
        HikariDataSource pool =
            TunedDataSource.postgres(database.jdbcUrl() + "&sslmode=disable", "postgres", null);
        Autoscaler scaler =
            Autoscaler.named("workers")
                .target(new Pool())
                .signal(Signal.totalDemand(() -> 10, 10))
                .build()) {
      LoadBalancer<String> balancer = LoadBalancer.<String>builder().build();
      Doctor doctor = Doctor.standard();
      doctor.examine();
      // A container with every limit, which the machine of a test need not have.
      Binding host = HostBinding.of(registry, HealthyHost.in(root).devices().files());
      Doctor.Gauges findings = doctor.bindTo(registry);
      try (SpinForgeMetrics metrics =
              SpinForgeMetrics.builder(registry)
                  .bind(caches)
                  .bind("checkout", balancer)
                  .bind(checker)
                  .bind(services)
                  .bind(scaler)
                  .bind(pool)
                  .system()
                  .build();
          SlowOperations slow = SlowOperations.watch(registry, Duration.ofMillis(100));
          GoalWatch goals = PerformanceGoals.defaults().watch(metrics.registry());
          MetricsEndpoint endpoint = MetricsEndpoint.builder(registry).port(0).start()) {
        LayeredCache<String, String> prices = use(caches, balancer);
        checker.targets(List.of("a"));
        await().atMost(20, SECONDS).until(() -> checker.healthy().size() == 1);
        var watch = services.watch("checkout", instances -> {});
        services.register(ServiceInstance.of("checkout", "127.0.0.1", 8080).build());
        scaler.tick(Instant.now());
        slow.call("price", () -> 1);
        pool.getConnection().close();
        HttpMetrics http = HttpMetrics.create(registry);
        http.route("/a").end("GET", 200, http.start());
        http.route("/a").end("GET", 500, http.start());
        assertThat(goals.evaluate().goal("p50").samples()).isEqualTo(2);

        await()
            .atMost(20, SECONDS)
            .until(
                () -> {
                  ServiceStats stats = services.serviceStats().get("checkout");
                  return stats != null && stats.watched() && stats.heartbeatAge() != null;
                });
        // What was built after the binding is found by a scrape, and told by one after it.
        List<String> lines = new ArrayList<>();
        await()
            .atMost(20, SECONDS)
            .untilAsserted(
                () -> {
                  lines.clear();
                  lines.addAll(scrape(endpoint));
                  assertThat(missing(lines)).isEmpty();
                });
        watch.close();
        assertThat(lines).anyMatch(line -> line.startsWith("jvm_memory_used_bytes{"));
        everySelectorMatches(Artifacts.grafana(), lines);
        everySelectorMatches(Artifacts.alerts(), lines);
        everySelectorMatches(PerformanceGoals.defaults().toPrometheusRules(), lines);
        everySelectorMatches(PerformanceGoals.defaults().toOpenSlo("shop"), lines);
        assertThat(lines).anyMatch(line -> line.startsWith("hikaricp_connections_active{"));
        assertThat(lines)
            .contains(
                "spinforge_cache_requests_total{cache=\"prices\",manager=\"default\","
                    + "outcome=\"miss\",source=\"fresh\"} 1.0");
        String up = "spinforge_cache_redis_up{manager=\"default\"} ";
        await().atMost(30, SECONDS).until(() -> scrape(endpoint).contains(up + "1.0"));
        redis.stop();
        await()
            .atMost(30, SECONDS)
            .until(
                () -> {
                  prices.invalidate("a");
                  return scrape(endpoint).contains(up + "0.0");
                });
      }
      host.close();
      findings.close();
      assertThat(registry.getMeters())
          .extracting(Meter::getId)
          .noneMatch(id -> id.getName().startsWith("spinforge."));
    }
  }

  private static final Pattern SELECTOR =
      Pattern.compile("\\b((?:spinforge|http|active)_[a-z_]+)(?:\\{([^}]*)})?");

  private static final Pattern LABEL = Pattern.compile("([a-z]+)(=~?)\"([^\"]*)\"");

  /** Each name, with each label it is asked by, is that of a line. */
  private static void everySelectorMatches(String text, List<String> lines) {
    Matcher selectors = SELECTOR.matcher(text.replace("\\\"", "\""));
    int found = 0;
    for (; selectors.find(); found++) {
      String name = selectors.group(1);
      List<String> candidates =
          lines.stream().filter(line -> line.matches(name + "[{ ].*")).toList();
      Matcher labels = LABEL.matcher(selectors.group(2) == null ? "" : selectors.group(2));
      while (labels.find()) {
        String value =
            labels.group(2).equals("=") ? Pattern.quote(labels.group(3)) : labels.group(3);
        Pattern label = Pattern.compile("[{,]" + labels.group(1) + "=\"(" + value + ")\"");
        candidates = candidates.stream().filter(line -> label.matcher(line).find()).toList();
      }
      assertThat(candidates).as(selectors.group()).isNotEmpty();
    }
    assertThat(found).isGreaterThan(5);
  }

  private static LayeredCache<String, String> use(
      CacheManager caches, LoadBalancer<String> balancer) {
    LayeredCache<String, String> prices =
        caches.cache("prices", String.class).key((String key) -> key).loader(key -> key).build();
    prices.get("a");
    balancer.update(List.of("10.0.0.1"));
    Member<String> member = balancer.acquire();
    member.end(member.begin(), Outcome.SUCCESS);
    return prices;
  }

  private static List<String> missing(List<String> lines) {
    return Arrays.stream(Catalogue.values())
        .filter(meter -> lines.stream().noneMatch(line -> isOf(meter, line)))
        .map(Catalogue::id)
        .toList();
  }

  private static boolean isOf(Catalogue meter, String line) {
    String unit = meter.type() == Meter.Type.TIMER ? "seconds" : meter.baseUnit();
    String name = new PrometheusNamingConvention().name(meter.id(), meter.type(), unit);
    String start =
        switch (meter.type()) {
          case TIMER, DISTRIBUTION_SUMMARY -> name + "_count";
          case COUNTER -> name + "_total";
          default -> name;
        };
    return line.startsWith(start + (meter.tags().isEmpty() ? " " : "{"))
        && meter.tags().stream()
            .allMatch(tag -> line.contains(tag.toLowerCase(Locale.ROOT) + "=\""));
  }

  private static List<String> scrape(MetricsEndpoint endpoint)
      throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(endpoint.uri()).build();
    return HttpClient.newHttpClient()
        .send(request, BodyHandlers.ofString())
        .body()
        .lines()
        .toList();
  }
}
