package io.spinforge.benchmarks.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.spinforge.health.registry.RedisServiceRegistry;
import io.spinforge.health.registry.ServiceInstance;
import io.spinforge.health.registry.ServiceRegistry;
import io.spinforge.testkit.RedisServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The demo's worker as a real process, with a real Redis: the demo in short. */
@Timeout(120)
class ShopWorkerIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir private Path logs;

  private final HttpClient client = Gateway.newClient();
  private RedisServer redis;
  private Database database;
  private RedisClient redisClient;
  private ServiceRegistry registry;
  private Process worker;
  private URI uri;

  @BeforeEach
  void start() throws Exception {
    redis = RedisServer.start();
    database = Database.start();
    redisClient = RedisClient.create(redis.uri());
    registry = RedisServiceRegistry.builder(redisClient).build();
    ProcessBuilder builder = new ProcessBuilder(Crew.command(redis.uri(), database.uri()));
    builder.environment().putAll(Map.of("SPINFORGE_WORKER_ID", "w1", "SPINFORGE_WORKER_PORT", "0"));
    builder.redirectErrorStream(true).redirectOutput(logs.resolve("output").toFile());
    worker = builder.start();
    Awaitility.await().atMost(SOON).until(() -> instances().size() == 1);
    uri = instances().get(0).uri();
  }

  @AfterEach
  void stop() {
    worker.destroyForcibly();
    registry.close();
    redisClient.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    database.close();
    redis.close();
  }

  @Test
  void servesThroughTheCacheAndEndsWithGoodManners() throws Exception {
    assertThat(get("/health").statusCode()).isEqualTo(200);
    assertThat(get("/item/7").body()).isEqualTo("1");
    Awaitility.await().atMost(SOON).until(() -> source("/item/7").equals("memory"));
    long reads = database.reads();
    assertThat(source("/item/7")).isEqualTo("memory");
    assertThat(database.reads()).isEqualTo(reads);

    assertThat(put("/item/7", "2").statusCode()).isEqualTo(200);
    assertThat(get("/item/7").body()).isEqualTo("2");
    assertThat(database.reads()).isEqualTo(reads + 1);

    assertThat(put("/service-time", "300").statusCode()).isEqualTo(200);
    long before = System.nanoTime();
    get("/item/7");
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(300));
    assertThat(Double.parseDouble(get("/load").body())).isBetween(0.0, 1.0);

    worker.destroy();
    Awaitility.await().atMost(SOON).until(() -> instances().isEmpty());
    assertThat(worker.waitFor(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void endsWhenWhoeverStartedItIsGone() throws Exception {
    worker.getOutputStream().close();
    assertThat(worker.waitFor(30, TimeUnit.SECONDS)).isTrue();
  }

  private List<ServiceInstance> instances() {
    return registry.discover(Wire.SERVICE);
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(HttpRequest.newBuilder(uri.resolve(path)).build(), BodyHandlers.ofString());
  }

  private String source(String path) throws Exception {
    return get(path).headers().firstValue(Wire.SOURCE).orElse("");
  }

  private HttpResponse<String> put(String path, String body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(uri.resolve(path)).PUT(BodyPublishers.ofString(body)).build(),
        BodyHandlers.ofString());
  }
}
