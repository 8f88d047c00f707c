package io.spinforge.benchmarks.demo;

import io.lettuce.core.RedisClient;
import io.spinforge.benchmarks.load.LoadDriver;
import io.spinforge.benchmarks.load.Phase;
import io.spinforge.benchmarks.load.PhaseResult;
import io.spinforge.health.registry.RedisServiceRegistry;
import io.spinforge.health.registry.ServiceInstance;
import io.spinforge.health.registry.ServiceRegistry;
import io.spinforge.testkit.RedisServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * The cast and what a scene can do with it: a real Redis, a database, worker processes that the
 * crew scales, the shop's gateway in this process, and customers driven by schedule.
 */
final class Stage implements AutoCloseable {
  /** Customers a second on a quiet day: two workers are half busy. */
  static final double QUIET = 75;

  /** Customers a second at the busy hour: more than two workers can serve, easy for four. */
  static final double BUSY = 220;

  /** The 99th percentile that is promised whenever there are enough workers. */
  static final Duration FAST = Duration.ofMillis(500);

  private static final Duration OPENING_TIME = Duration.ofSeconds(60);
  private static final Duration LAST_ANSWER = Duration.ofSeconds(12);
  private static final Duration ADMIN_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration ALLOWED_LATENESS = Duration.ofMillis(100);

  private final long start = System.nanoTime();
  private final RedisServer redis;
  private final Database database;
  private final RedisClient redisClient;
  private final HttpClient client = Gateway.newClient();
  private final Observatory observatory = new Observatory();
  private final Shop shop;
  private final Crew crew;
  private final Customers customers;
  private final LoadDriver driver;
  private final List<Phase> phases = new CopyOnWriteArrayList<>();

  private Stage(Path logs) throws IOException {
    redis = RedisServer.start();
    database = Database.start();
    redisClient = observatory.client(URI.create(redis.uri()));
    shop = new Shop(redisClient, Gateway.newClient(), observatory.meters());
    crew = new Crew(redis.uri(), database.uri(), client, logs);
    customers = new Customers(Gateway.newClient(), shop.gateway().items());
    driver = LoadDriver.of(customers).allowedLateness(ALLOWED_LATENESS).start();
    observatory.watch(shop, crew);
  }

  /** Sets the stage: returns when the first workers serve. */
  static Stage open(Path logs) throws IOException, InterruptedException {
    Stage stage = new Stage(logs);
    if (stage.until(OPENING_TIME, () -> stage.shop.ready() >= Crew.FEWEST).isEmpty()) {
      stage.close();
      throw new IOException("no " + Crew.FEWEST + " workers within " + OPENING_TIME);
    }
    return stage;
  }

  Shop shop() {
    return shop;
  }

  Crew crew() {
    return crew;
  }

  Customers customers() {
    return customers;
  }

  LoadDriver driver() {
    return driver;
  }

  Observatory observatory() {
    return observatory;
  }

  /** Returns the time since the stage was opened. */
  Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** Returns the results of every phase of the load so far, the running one last. */
  List<PhaseResult> results() {
    return phases.stream().map(Phase::result).toList();
  }

  /** Begins a phase of the load; the one before ends. */
  Phase load(String name, double rate) {
    Phase phase = driver.begin(name, rate);
    phases.add(phase);
    return phase;
  }

  /** Ends a phase, if it still runs, by going on at its rate; waits for its last answers. */
  PhaseResult end(Phase phase) throws Exception {
    if (phase == phases.get(phases.size() - 1)) {
      load("between", phase.result().rate());
    }
    try {
      phase.complete().get(LAST_ANSWER.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // The result counts what is unanswered.
    }
    return phase.result();
  }

  void pause(Duration time) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(time.toNanos());
  }

  /** Waits for a condition; returns how long it took, or nothing if the limit passed first. */
  Optional<Duration> until(Duration limit, BooleanSupplier condition) throws InterruptedException {
    long begin = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - begin >= limit.toNanos()) {
        return Optional.empty();
      }
      pause(Duration.ofMillis(10));
    }
    return Optional.of(Duration.ofNanos(System.nanoTime() - begin));
  }

  /** Ends a worker's process with SIGKILL: no hook runs, no connection is closed in good order. */
  void kill(ServiceInstance worker) {
    ProcessHandle.of(crew.pidAt(worker.port())).ifPresent(ProcessHandle::destroyForcibly);
  }

  /** Makes a worker take this long for every customer. */
  void slowDown(ServiceInstance worker, Duration serviceTime) throws Exception {
    put(worker.uri().resolve("/service-time"), String.valueOf(serviceTime.toMillis()));
  }

  /** Changes an item through the gateway, as a customer would, and notes its new version. */
  void change(String item, long version) throws Exception {
    put(shop.gateway().items().resolve(item), String.valueOf(version));
    customers.catalogue().written(item, version, System.nanoTime());
  }

  /** Looks an item's version up in one worker's cache, past the queues; 0 without an answer. */
  long read(ServiceInstance worker, String item) {
    try {
      HttpRequest get =
          HttpRequest.newBuilder(worker.uri().resolve("/cached/" + item))
              .timeout(ADMIN_TIMEOUT)
              .build();
      HttpResponse<String> response = client.send(get, BodyHandlers.ofString());
      return response.statusCode() == 200 ? Long.parseLong(response.body()) : 0;
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  /** Returns how many answers came from this source so far. */
  long answersFrom(String source) {
    return customers.sources().getOrDefault(source, 0L);
  }

  /** Kills Redis; its port stays reserved. */
  void stopRedis() {
    redis.stop();
  }

  /** Starts Redis on the same port, without data. */
  void startRedis() {
    redis.restart();
  }

  /** Opens a registry that knows nothing yet, to see what stands in Redis. */
  ServiceRegistry stranger() {
    return RedisServiceRegistry.builder(redisClient).name("stranger").build();
  }

  private void put(URI uri, String body) throws IOException, InterruptedException {
    HttpRequest put =
        HttpRequest.newBuilder(uri)
            .timeout(ADMIN_TIMEOUT)
            .PUT(BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> response = client.send(put, BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException("PUT " + uri + ": status " + response.statusCode());
    }
  }

  @Override
  public void close() {
    driver.close();
    observatory.close();
    crew.close();
    shop.close();
    redisClient.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    var unused = redisClient.getResources().shutdown(0, 1, TimeUnit.SECONDS);
    database.close();
    redis.close();
  }
}
