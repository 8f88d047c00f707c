package io.spinforge.benchmarks.metrics;

import com.sun.management.OperatingSystemMXBean;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.spinforge.balance.LoadBalancer;
import io.spinforge.balance.Member;
import io.spinforge.balance.Outcome;
import io.spinforge.cache.CacheManager;
import io.spinforge.cache.LayeredCache;
import io.spinforge.metrics.Dashboard;
import io.spinforge.metrics.HttpMetrics;
import io.spinforge.metrics.PerformanceGoals;
import io.spinforge.metrics.SpinForgeMetrics;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * What the page costs the process it is in: CPU time with the page, looked at each second by
 * another process, less CPU time without it. Both are measured in turns, so that what the machine
 * does meanwhile falls on both. The registry has about 500 meters. Prints the size of the document,
 * too.
 */
public final class PageCost {
  private static final Duration PERIOD = Duration.ofSeconds(1);

  private PageCost() {}

  /** Takes the seconds of each turn (60) and to warm up (30), and the number of turns (3). */
  public static void main(String[] args) throws Exception {
    if (args.length == 2 && args[0].equals("--ask")) {
      ask(URI.create(args[1]));
      return;
    }
    int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 60;
    int warmUp = args.length > 1 ? Integer.parseInt(args[1]) : 30;
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    try (CacheManager caches = CacheManager.builder().build();
        SpinForgeMetrics metrics = bind(registry, caches)) {
      System.out.printf("%d meters%n", registry.getMeters().size());
      int turns = args.length > 2 ? Integer.parseInt(args[2]) : 3;
      double[] costs = new double[turns];
      for (int turn = 0; turn < turns; turn++) {
        double without = share(seconds);
        double with = with(metrics, seconds, turn == 0 ? warmUp : 5);
        costs[turn] = with - without;
        System.out.printf(
            Locale.ROOT,
            "CPU without the page %.3f %% of a core, with it %.3f %%: it costs %.3f %%%n",
            without * 100,
            with * 100,
            costs[turn] * 100);
      }
      Arrays.sort(costs);
      System.out.printf(
          Locale.ROOT,
          "it costs %.3f %% of a core (median of %d turns of %d s, %.3f to %.3f)%n",
          costs[turns / 2] * 100,
          turns,
          seconds,
          costs[0] * 100,
          costs[turns - 1] * 100);
    }
  }

  private static double with(SpinForgeMetrics metrics, int seconds, int warmUp) throws Exception {
    try (Dashboard page =
        Dashboard.builder(metrics)
            .goals(PerformanceGoals.defaults())
            .every(PERIOD)
            .port(0)
            .start()) {
      Process asker = start(page.uri());
      try {
        TimeUnit.SECONDS.sleep(warmUp);
        double share = share(seconds);
        System.out.printf(Locale.ROOT, "document %,d bytes; ", size(page.uri()));
        return share;
      } finally {
        asker.destroy();
      }
    }
  }

  /** Returns the share of a core that this process uses, over some seconds. */
  private static double share(int seconds) throws InterruptedException {
    OperatingSystemMXBean process =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    long cpu = process.getProcessCpuTime();
    long start = System.nanoTime();
    TimeUnit.SECONDS.sleep(seconds);
    return (process.getProcessCpuTime() - cpu) / (double) (System.nanoTime() - start);
  }

  private static SpinForgeMetrics bind(PrometheusMeterRegistry registry, CacheManager caches) {
    SpinForgeMetrics.Builder bound = SpinForgeMetrics.builder(registry).bind(caches).system();
    for (String name : List.of("orders", "stock")) {
      LoadBalancer<String> balancer = LoadBalancer.<String>builder().build();
      balancer.update(IntStream.range(0, 30).mapToObj(i -> "10.0.0." + i + ":8080").toList());
      bound.bind(name, balancer);
      use(balancer);
    }
    SpinForgeMetrics metrics = bound.build();
    for (int i = 0; i < 6; i++) {
      LayeredCache<String, String> cache =
          caches
              .cache("cache-" + i, String.class)
              .key((String key) -> key)
              .loader(key -> key)
              .build();
      cache.get("a");
    }
    HttpMetrics http = HttpMetrics.create(registry);
    for (int i = 0; registry.getMeters().size() < 500; i++) {
      http.route("/route/" + i % 50).end("GET", 200 + i / 50, http.start());
    }
    return metrics;
  }

  private static void use(LoadBalancer<String> balancer) {
    for (int i = 0; i < 100; i++) {
      Member<String> member = balancer.acquire();
      member.end(member.begin(), Outcome.SUCCESS);
    }
  }

  /** A process of its own, so that asking costs this one nothing but the answer. */
  private static Process start(URI page) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            PageCost.class.getName(),
            "--ask",
            page.toString())
        .inheritIO()
        .start();
  }

  private static void ask(URI page) throws InterruptedException {
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest request = HttpRequest.newBuilder(page).header("Accept-Encoding", "gzip").build();
    while (true) {
      try {
        client.send(request, BodyHandlers.discarding());
      } catch (IOException gone) {
        return;
      }
      TimeUnit.NANOSECONDS.sleep(PERIOD.toNanos());
    }
  }

  private static int size(URI page) throws IOException, InterruptedException {
    HttpResponse<byte[]> response =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofByteArray());
    return response.body().length;
  }
}
