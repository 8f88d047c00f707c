package io.spinforge.metrics;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JdkHttpFilterTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final HttpMetrics http = HttpMetrics.create(registry);
  private final HttpClient client = HttpClient.newHttpClient();
  private HttpServer server;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void get(String path) throws InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    try {
      client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding());
    } catch (IOException e) {
      assertThat(path).as("only a handler that threw hangs up").isEqualTo("/broken");
    }
  }

  private static void answer(HttpExchange exchange, int status) throws IOException {
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }

  private void awaitOne(String route, String status) {
    await()
        .atMost(10, SECONDS)
        .untilAsserted(
            () ->
                assertThat(
                        registry
                            .find("http.requests")
                            .tags("route", route, "status", status)
                            .counters())
                    .hasSize(1));
    await()
        .atMost(10, SECONDS)
        .until(() -> registry.get("active.connections").gauge().value() == 0);
  }

  @Test
  void aRequestCountsUnderItsContextsPath() throws Exception {
    server.createContext("/orders", e -> answer(e, 204)).getFilters().add(http.filter());
    get("/orders/17");
    awaitOne("/orders", "204");
  }

  @Test
  void aHandlerThatThrowsCountsAs500() throws Exception {
    server
        .createContext(
            "/broken",
            e -> {
              throw new IOException("as a test wants");
            })
        .getFilters()
        .add(http.filter());
    get("/broken");
    awaitOne("/broken", "500");
  }

  @Test
  void aRouteThatIsNullOrCannotBeNamedCountsAsOther() throws Exception {
    server.createContext("/a", e -> answer(e, 200)).getFilters().add(http.filter(e -> null));
    server
        .createContext("/b", e -> answer(e, 201))
        .getFilters()
        .add(
            http.filter(
                e -> {
                  throw new IllegalStateException("as a test wants");
                }));
    get("/a");
    get("/b");
    awaitOne("other", "200");
    awaitOne("other", "201");
  }
}
