package io.spinforge.benchmarks.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lettuce.core.RedisClient;
import io.spinforge.cache.CacheManager;
import io.spinforge.cache.Cached;
import io.spinforge.cache.LayeredCache;
import io.spinforge.cache.RedisLayer;
import io.spinforge.cache.codec.Codec;
import io.spinforge.health.registry.RedisServiceRegistry;
import io.spinforge.health.registry.Registration;
import io.spinforge.health.registry.ServiceInstance;
import io.spinforge.health.registry.ServiceRegistry;
import io.spinforge.scaling.target.WorkerLifeline;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process of the shop's service, started by the pool with the addresses of Redis and of the
 * database. It serves items through a cache in memory and Redis, with the database behind it;
 * enters itself in the registry; on SIGTERM tells the registry, finishes what it has begun and
 * ends; and does the same when the demo is gone, however it went.
 */
final class ShopWorker {
  private static final Logger LOG = LoggerFactory.getLogger(ShopWorker.class);

  /** Places at the desk; with {@link #SERVICE_TIME} they make the capacity: 100 customers/s. */
  static final int PLACES = 4;

  static final Duration SERVICE_TIME = Duration.ofMillis(40);

  /** Short, so that a demo of 90 seconds shows every layer at work. */
  private static final Duration MEMORY_TIME = Duration.ofSeconds(5);

  private static final Duration REDIS_TIME = Duration.ofSeconds(20);

  /**
   * Who waits for a worker that loads the same item waits this long if that worker is killed: much
   * longer than a query takes, and much shorter than the default, which is for slow loads.
   */
  private static final Duration LEASE_TIME = Duration.ofMillis(500);

  private static final int QUEUE = 500;
  private static final Duration QUERY_TIMEOUT = Duration.ofSeconds(2);

  /** How long callers have to see that this worker drains before it stops listening. */
  private static final Duration DRAIN = Duration.ofMillis(800);

  private final String id = environment("SPINFORGE_WORKER_ID");
  private final Desk desk = new Desk(PLACES, QUEUE, SERVICE_TIME);
  private final HttpClient database =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI rows;
  private final CacheManager caches;
  private final LayeredCache<String, String> items;
  private final ServiceRegistry registry;
  private final HttpServer server;

  private ShopWorker(RedisClient redis, URI rows) throws IOException {
    this.rows = rows;
    int port = Integer.parseInt(environment("SPINFORGE_WORKER_PORT"));
    this.caches =
        CacheManager.builder()
            .name(Wire.SERVICE)
            .memory(memory -> memory.maximumEntries(10_000).timeToLive(MEMORY_TIME))
            .redis(RedisLayer.of(redis).leaseTimeToLive(LEASE_TIME))
            .defaults(defaults -> defaults.freshFor(REDIS_TIME))
            .build();
    this.items =
        caches
            .cache("item", String.class)
            .key((String item) -> item)
            .codec(Codec.utf8())
            .loader(this::query)
            .build();
    this.registry = RedisServiceRegistry.builder(redis).build();
    this.server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 256);
    server.setExecutor(Executors.newCachedThreadPool(Threads.named("worker")));
    server.createContext("/item/", this::item);
    server.createContext("/health", exchange -> answer(exchange, 200, "ok"));
    server.createContext("/load", this::load);
    server.createContext("/cached/", this::cached);
    server.createContext("/service-time", this::serviceTime);
  }

  /** Runs until it is told to end; the arguments are the URIs of Redis and of the database. */
  public static void main(String[] args) throws IOException {
    WorkerLifeline.hold();
    Jvm.keepConnections();
    new ShopWorker(RedisClient.create(args[0]), URI.create(args[1])).run();
  }

  /** What the pool tells each of its processes. */
  private static String environment(String name) {
    return requireNonNull(System.getenv(name), name);
  }

  private void run() {
    server.start();
    Registration registration =
        registry.register(
            ServiceInstance.of(Wire.SERVICE, "127.0.0.1", server.getAddress().getPort())
                .id(id)
                .build());
    Runtime.getRuntime().addShutdownHook(new Thread(() -> drain(registration), "worker-drain"));
  }

  private void drain(Registration registration) {
    registration.drain(DRAIN);
    registration.close();
    server.stop(1);
    registry.close();
    caches.close();
  }

  private void item(HttpExchange exchange) throws IOException {
    String item = exchange.getRequestURI().getPath().substring("/item/".length());
    byte[] sent = exchange.getRequestBody().readAllBytes();
    try {
      if (!desk.serve()) {
        answer(exchange, 503, "queue full");
      } else if (exchange.getRequestMethod().equals("PUT")) {
        change(item, new String(sent, UTF_8));
        answer(exchange, 200, "changed");
      } else {
        Cached<String> cached = items.get(item);
        exchange
            .getResponseHeaders()
            .set(Wire.SOURCE, cached.source().name().toLowerCase(Locale.ROOT));
        answer(exchange, 200, requireNonNull(cached.value()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      answer(exchange, 503, "ending");
    } catch (IOException | RuntimeException e) {
      LOG.warn("could not serve {}", item, e);
      answer(exchange, 500, String.valueOf(e));
    }
  }

  /** Answers what the cache says without a place at the desk, for a look behind the counter. */
  private void cached(HttpExchange exchange) throws IOException {
    String item = exchange.getRequestURI().getPath().substring("/cached/".length());
    answer(exchange, 200, requireNonNull(items.get(item).value()));
  }

  /** Reads the item's row: what the cache spares the database. */
  private String query(String item) throws IOException, InterruptedException {
    return ask(HttpRequest.newBuilder(rows.resolve(item)));
  }

  /** Writes the truth first and then invalidates: the order that a cache needs. */
  private void change(String item, String version) throws IOException, InterruptedException {
    ask(HttpRequest.newBuilder(rows.resolve(item)).PUT(BodyPublishers.ofString(version)));
    items.invalidate(item);
  }

  private String ask(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> response =
        database.send(request.timeout(QUERY_TIMEOUT).build(), BodyHandlers.ofString());
    if (response.statusCode() / 100 != 2) {
      throw new IOException("database: status " + response.statusCode());
    }
    return response.body();
  }

  private void load(HttpExchange exchange) throws IOException {
    answer(exchange, 200, String.valueOf(desk.utilization()));
  }

  /** The admin path: {@code PUT /service-time} with milliseconds makes this worker slow. */
  private void serviceTime(HttpExchange exchange) throws IOException {
    String millis = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    desk.serviceTime(Duration.ofMillis(Long.parseLong(millis)));
    answer(exchange, 200, "takes " + millis + " ms");
  }

  private void answer(HttpExchange exchange, int status, String text) throws IOException {
    try (exchange) {
      byte[] body = text.getBytes(UTF_8);
      exchange.getResponseHeaders().set(Wire.WORKER, id);
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }
}
