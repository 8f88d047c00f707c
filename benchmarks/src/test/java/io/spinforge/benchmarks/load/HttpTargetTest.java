package io.spinforge.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HttpTargetTest {
  /** One thread answers, so that one slow answer holds up all that come meanwhile. */
  private final ExecutorService oneThread = Executors.newSingleThreadExecutor();

  private final AtomicLong stallNanos = new AtomicLong();
  private HttpServer server;
  private HttpTarget target;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200);
    server.setExecutor(oneThread);
    server.createContext("/ok", exchange -> answer(exchange, 200));
    server.createContext("/busy", exchange -> answer(exchange, 503));
    server.start();
    target = target("/ok");
  }

  @AfterEach
  void stop() {
    server.stop(0);
    oneThread.shutdownNow();
  }

  @Test
  void aStallOfTheServiceShowsInThePercentiles() throws Exception {
    try (LoadDriver driver = LoadDriver.of(target).start()) {
      Phase phase = driver.begin("with a stall", 100);
      TimeUnit.MILLISECONDS.sleep(1_000);
      Duration stall = Duration.ofSeconds(1);
      stallNanos.set(stall.toNanos());
      TimeUnit.MILLISECONDS.sleep(2_000);
      driver.begin("end", 0);
      phase.complete().get(20, TimeUnit.SECONDS);
      PhaseResult result = phase.result();
      // One answer of 300 took a second, which a closed loop reports as one slow request of 300:
      // p99 untouched. Of those that were due during the stall, the first 30 % waited 0.7 s.
      assertThat(result.failures()).isEmpty();
      assertThat(result.due()).isBetween(300L, 3_000L);
      assertThat(result.latency().max())
          .isGreaterThanOrEqualTo(stall.multipliedBy(95).dividedBy(100));
      assertThat(result.latency().p99()).isGreaterThan(Duration.ofMillis(700));
      assertThat(result.latency().p95()).isGreaterThan(Duration.ofMillis(300));
    }
  }

  @Test
  void aStatusOtherThanSuccessIsAFailureNamedByIt() throws Exception {
    assertThat(target("/ok").send(1).toCompletableFuture().get()).isEqualTo(Answer.ok());
    assertThat(target("/busy").send(1).toCompletableFuture().get())
        .isEqualTo(Answer.failed("status 503"));
  }

  private HttpTarget target(String path) {
    URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20)).build();
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    return new HttpTarget(client, n -> request, HttpTarget.successful());
  }

  private void answer(HttpExchange exchange, int status) throws IOException {
    long end = System.nanoTime() + stallNanos.getAndSet(0);
    while (end - System.nanoTime() > 0) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }
}
