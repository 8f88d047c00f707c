package io.spinforge.metrics;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import com.zaxxer.hikari.HikariDataSource;
import io.lettuce.core.RedisClient;
import io.lettuce.core.metrics.MicrometerCommandLatencyRecorder;
import io.lettuce.core.metrics.MicrometerOptions;
import io.lettuce.core.resource.ClientResources;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.spinforge.balance.LoadBalancer;
import io.spinforge.balance.Member;
import io.spinforge.balance.Outcome;
import io.spinforge.balance.Outlier;
import io.spinforge.balance.Policy;
import io.spinforge.cache.CacheManager;
import io.spinforge.cache.LayeredCache;
import io.spinforge.cache.RedisLayer;
import io.spinforge.health.HealthChecker;
import io.spinforge.health.probe.Probe;
import io.spinforge.health.probe.ProbeResult;
import io.spinforge.metrics.page.Clocking;
import io.spinforge.metrics.page.Level;
import io.spinforge.metrics.page.Page;
import io.spinforge.metrics.page.PageHandler;
import io.spinforge.metrics.page.Remark;
import io.spinforge.scaling.ApplyResult;
import io.spinforge.scaling.Autoscaler;
import io.spinforge.scaling.Forecaster;
import io.spinforge.scaling.PredictivePolicy;
import io.spinforge.scaling.ScaleTarget;
import io.spinforge.scaling.Signal;
import io.spinforge.testkit.ManualClock;
import io.spinforge.testkit.ManualTicker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A service as a page shows it: five minutes of a made-up day are played in a moment, by a seed, so
 * that a picture has something to show. Components are the real ones.
 */
final class Scene implements AutoCloseable {
  private static final Clocking CLOCKING = new Clocking(2, 150);
  private static final String HOST = "10.0.3.";

  private final Random random = new Random(7);
  private final MockClock time = new MockClock();
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, new PrometheusRegistry(), time);
  private final ManualTicker ticker = new ManualTicker();
  private final ManualClock clock = new ManualClock(Instant.parse("2026-03-02T09:40:00Z"));
  private final Set<String> down = ConcurrentHashMap.newKeySet();
  private final LoadBalancer<String> balancer;
  private final Servers servers;
  private final @Nullable RedisClient redis;
  private final CacheManager caches;

  /** Another process, as it were, whose loads are this one's hits in Redis. */
  private final @Nullable CacheManager others;

  private final List<LayeredCache<Integer, String>> layered = new ArrayList<>();
  private final List<LayeredCache<Integer, String>> layeredThere = new ArrayList<>();
  private final HealthChecker<String> checker;
  private final Autoscaler scaler;
  private final Pool pool = new Pool();
  private final Deque<Open> open = new ArrayDeque<>();
  private final HttpMetrics http;
  private final GoalWatch goals;
  private final SpinForgeMetrics metrics;
  private final Page page;
  private final HttpServer server;

  /** Volatile: the page asks on threads of its own. */
  private volatile boolean well;

  private double demand = 300;
  private int look;

  private record Open(Member<String> member, long start, long end, boolean failed) {}

  private static final class Pool implements ScaleTarget {
    int instances = 4;
    int asked = 4;

    @Override
    public State read() {
      int starting = Math.max(0, asked - instances);
      return new State(asked, instances, starting, "");
    }

    @Override
    public ApplyResult apply(int desired, State seen, OptionalLong fence) {
      asked = desired;
      return new ApplyResult.Applied(desired);
    }
  }

  /** A forecast that a picture can show: somewhat more than now. */
  private static final class Rising implements Forecaster {
    private double last;

    @Override
    public void observe(long slot, double value, boolean censored) {
      last = value;
    }

    @Override
    public double forecast(int ahead) {
      return last * 1.12;
    }
  }

  /**
   * What a scene may have besides.
   *
   * @param redis the address of a Redis
   * @param database a pool with a table {@code items}
   */
  record Servers(@Nullable String redis, @Nullable HikariDataSource database) {
    static final Servers NONE = new Servers(null, null);
  }

  Scene(boolean wellBehaved, String memberPrefix) throws IOException {
    this(wellBehaved, memberPrefix, Servers.NONE);
  }

  Scene(boolean wellBehaved, String memberPrefix, Servers servers) throws IOException {
    this.servers = servers;
    this.well = wellBehaved;
    redis = servers.redis == null ? null : recorded(servers.redis);
    caches = manager();
    others = redis == null ? null : manager();
    balancer =
        LoadBalancer.<String>builder()
            .policy(Policy.roundRobin())
            .outlier(Outlier.nginx(3, Duration.ofSeconds(60)))
            .ticker(ticker)
            .build();
    balancer.update(List.of(members(memberPrefix)));
    for (String name : new String[] {"products", "prices", "sessions"}) {
      layered.add(cache(caches, name));
      if (others != null) {
        layeredThere.add(cache(others, name));
      }
    }
    checker =
        HealthChecker.<String>builder()
            .name("workers")
            .interval(Duration.ofMillis(50))
            .fastInterval(Duration.ofMillis(50))
            .fall(1)
            .probe(
                Probe.async((target, timeout) -> CompletableFuture.completedFuture(probe(target))))
            .build();
    checker.targets(List.of(members(memberPrefix)));
    await().atMost(30, SECONDS).until(() -> checker.healthy().size() == 6);
    scaler =
        Autoscaler.named("workers")
            .target(pool)
            .signal(Signal.totalDemand(() -> demand, 100))
            .predictive(
                PredictivePolicy.overload(0.01).forecaster((slot, zone, aheads) -> new Rising()))
            .limits(2, 10)
            .clock(clock)
            .build();
    http = HttpMetrics.create(registry);
    goals =
        PerformanceGoals.builder()
            .latency(50, Duration.ofMillis(100), Duration.ofMillis(200))
            .latency(95, Duration.ofMillis(500), Duration.ofSeconds(1))
            .latency(99, Duration.ofSeconds(1), Duration.ofSeconds(2))
            .throughput(50, 20)
            .errorRate(0.001, 0.01)
            .cpu(0.99, 1)
            .memory(0.99, 1)
            .build()
            .watch(registry);
    SpinForgeMetrics.Builder bound =
        SpinForgeMetrics.builder(registry)
            .bind("checkout", balancer)
            .bind(caches)
            .bind("workers", checker)
            .bind(scaler)
            .system();
    metrics = (servers.database == null ? bound : bound.bind(servers.database)).build();
    page =
        new Page(
            new Page.Sources(
                "checkout",
                registry,
                metrics.parts(),
                metrics.naming(),
                () -> Dashboard.Builder.rows(goals.evaluate()),
                () -> well ? List.of() : remarks(),
                clock),
            CLOCKING);
    play(0, memberPrefix);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    PageHandler handler = new PageHandler(page, MetricsEndpoint.handler(registry), true);
    server.createContext("/", handler);
    server.createContext("/metrics", handler);
    server.start();
  }

  private RedisClient recorded(String uri) {
    ClientResources resources =
        ClientResources.builder()
            .commandLatencyRecorder(
                new MicrometerCommandLatencyRecorder(registry, MicrometerOptions.create()))
            .build();
    return RedisClient.create(resources, uri);
  }

  private CacheManager manager() {
    CacheManager.Builder builder = CacheManager.builder().name("shop");
    return redis == null ? builder.build() : builder.redis(RedisLayer.of(redis)).build();
  }

  private static LayeredCache<Integer, String> cache(CacheManager manager, String name) {
    return manager
        .cache(name, String.class)
        .key((Integer key) -> "" + key)
        .loader(key -> "value " + key)
        .build();
  }

  private static String[] members(String prefix) {
    String[] members = new String[6];
    for (int i = 0; i < members.length; i++) {
      members[i] = prefix + HOST + (11 + i) + ":8080";
    }
    return members;
  }

  private ProbeResult probe(String target) {
    return down.contains(target) ? ProbeResult.failed("connection refused") : ProbeResult.healthy();
  }

  private void play(int from, String prefix) {
    String[] members = members(prefix);
    for (look = from; look < CLOCKING.history(); look++) {
      double wave = Math.sin(look / 150.0 * 5);
      demand = 330 + 150 * wave + random.nextGaussian() * 12;
      if (!well && look == 90) {
        health(members[2], false);
      }
      if (!well && (look == 40 || look == 52)) {
        health(members[4], look == 52);
      }
      second();
      second();
      if (look % 8 == 0) {
        scaler.tick(clock.instant());
        pool.instances += Integer.signum(pool.asked - pool.instances);
      }
      sample();
    }
  }

  /** Looks while some connections are busy. */
  private void sample() {
    HikariDataSource database = servers.database;
    if (database == null) {
      page.sample();
      return;
    }
    int busy = look > 90 && look < 110 ? 4 : random.nextInt(3);
    List<Connection> connections = new ArrayList<>();
    try {
      for (int i = 0; i <= busy; i++) {
        connections.add(database.getConnection());
        query(connections.get(i));
      }
      page.sample();
      for (Connection connection : connections) {
        connection.close();
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void query(Connection connection) throws SQLException {
    try (PreparedStatement select =
            connection.prepareStatement("select name from items where id = ?");
        PreparedStatement update =
            connection.prepareStatement("update items set name = 'x' where id = ?")) {
      for (int i = random.nextInt(3); i >= 0; i--) {
        select.setInt(1, random.nextInt(100));
        select.executeQuery().close();
      }
      if (random.nextInt(4) == 0) {
        update.setInt(1, random.nextInt(100));
        update.executeUpdate();
      }
    }
  }

  private void health(String target, boolean up) {
    if (up) {
      down.remove(target);
    } else {
      down.add(target);
    }
    int fit = 6 - down.size();
    await().atMost(30, SECONDS).until(() -> checker.healthy().size() == fit);
  }

  /** One second of traffic. */
  private void second() {
    time.add(1, TimeUnit.SECONDS);
    clock.advance(Duration.ofSeconds(1));
    int requests = (int) (90 + demand / 8);
    HttpMetrics.Route route = http.route("/orders/{id}");
    for (int i = 0; i < requests; i++) {
      boolean bad = !well && look > 95 && random.nextInt(60) == 0;
      double slow = !well && look > 95 ? 9 : 1;
      double millis = Math.min(4000, 14 * Math.exp(random.nextGaussian() * 0.7) * slow);
      route.end("GET", bad ? 503 : 200, ago(millis));
      read();
    }
    for (int i = 0; i < 14; i++) {
      balance();
    }
    ticker.advance(Duration.ofSeconds(1));
    while (!open.isEmpty() && open.size() > 24) {
      end(open.pollFirst());
    }
  }

  private long ago(double millis) {
    http.start();
    return time.monotonicTime() - (long) (millis * 1e6);
  }

  private void read() {
    int key = (int) Math.abs(random.nextGaussian() * 60 * (look % 50 < 6 ? 8 : 1));
    int cache = random.nextInt(10) < 6 ? 0 : random.nextInt(3);
    if (others != null && random.nextInt(2) == 0) {
      layeredThere.get(cache).get(key + look / 50 * 7);
    } else {
      layered.get(cache).get(key + look / 50 * 7);
    }
  }

  private void balance() {
    Member<String> member = balancer.acquire();
    boolean failed = !well && look > 92 && member.value().endsWith("13:8080");
    open.addLast(new Open(member, member.begin(), look, failed));
    if (failed) {
      end(open.pollLast());
    }
  }

  private void end(Open request) {
    ticker.advance(Duration.ofMillis(2));
    request.member.end(request.start, request.failed ? Outcome.FAILURE : Outcome.SUCCESS);
  }

  private static List<Remark> remarks() {
    return List.of(
        new Remark(
            Level.CRITICAL,
            "Redis",
            "maxmemory-policy is noeviction",
            "allkeys-lru",
            "a full Redis refuses writes instead of forgetting what is old",
            "redis-cli CONFIG SET maxmemory-policy allkeys-lru",
            "Redis documentation, key eviction"),
        new Remark(
            Level.WARN,
            "kernel",
            "net.core.somaxconn is 128",
            "65535",
            "connections beyond the backlog are refused while a service is busy for a moment",
            "sysctl -w net.core.somaxconn=65535",
            "tuning guide, Linux"),
        new Remark(
            Level.WARN,
            "pools",
            "a pool of 20 connections on 2 cores",
            "cores × 2 + spindles = 5",
            "more connections than the database's cores can serve only wait inside it",
            "TunedDataSource.builder(url).databaseCores(2)",
            "HikariCP, about pool sizing"));
  }

  /** Has what was well fail, as the second part of a scene does that is not. */
  void fail(String memberPrefix) {
    well = false;
    play(85, memberPrefix);
  }

  /** One look more. */
  void goOn() {
    second();
    second();
    sample();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
  }

  Page page() {
    return page;
  }

  @Override
  public void close() {
    server.stop(0);
    page.close();
    metrics.close();
    goals.close();
    scaler.close();
    checker.close();
    caches.close();
    if (others != null && redis != null) {
      others.close();
      redis.shutdown(Duration.ZERO, Duration.ofSeconds(1));
      redis.getResources().shutdown(0, 1, SECONDS);
    }
  }

  /** Serves one until a key is pressed; for a look at it. */
  public static void main(String[] args) throws Exception {
    Scene scene = new Scene(args.length > 0 && args[0].equals("well"), "");
    System.out.println(scene.uri() + " until Enter or the end of the input");
    int unused = System.in.read();
    System.exit(0);
  }
}
