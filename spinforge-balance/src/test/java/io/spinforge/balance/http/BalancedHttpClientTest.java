package io.spinforge.balance.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.spinforge.balance.LoadBalancer;
import io.spinforge.balance.NoMembersException;
import io.spinforge.balance.Policy;
import io.spinforge.balance.Retry;
import io.spinforge.balance.limit.ConcurrencyLimiter;
import io.spinforge.balance.limit.Limit;
import io.spinforge.balance.limit.LimitExceededException;
import io.spinforge.testkit.ManualTicker;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against real servers of this JVM. */
@Timeout(60)
class BalancedHttpClientTest {
  private final ManualTicker ticker = new ManualTicker();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<HttpServer> servers = new ArrayList<>();
  private final CountDownLatch never = new CountDownLatch(1);
  private final LoadBalancer<URI> balancer =
      LoadBalancer.<URI>builder().policy(Policy.roundRobin()).build();
  private final BalancedHttpClient client = client(BalancedHttpClient.builder());

  private BalancedHttpClient client(BalancedHttpClient.Builder builder) {
    return builder.service("orders", balancer).ticker(ticker).build();
  }

  private interface Answer {
    void give(HttpExchange exchange) throws Exception;
  }

  private URI serve(Answer answer) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            answer.give(exchange);
          } catch (Exception e) {
            throw new IOException(e);
          }
        });
    server.start();
    servers.add(server);
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private static Answer status(int status, String... header) {
    return exchange -> {
      exchange.getRequestBody().readAllBytes();
      if (header.length > 0) {
        exchange.getResponseHeaders().add(header[0], header[1]);
      }
      byte[] body = exchange.getRequestURI().toString().getBytes();
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    };
  }

  private static Answer counted(AtomicInteger count, Answer answer) {
    return exchange -> {
      count.incrementAndGet();
      answer.give(exchange);
    };
  }

  /** An address where nobody listens. */
  private static URI nobody() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }
  }

  private static HttpRequest get(String path) {
    return HttpRequest.newBuilder(URI.create("http://orders" + path)).build();
  }

  private static HttpRequest post() {
    return HttpRequest.newBuilder(URI.create("http://orders/"))
        .POST(BodyPublishers.ofString("order"))
        .build();
  }

  @AfterEach
  void stop() {
    never.countDown();
    servers.forEach(server -> server.stop(0));
    threads.shutdownNow();
  }

  @Test
  void balancesOverTheMembersOfTheService() throws Exception {
    AtomicInteger one = new AtomicInteger();
    AtomicInteger two = new AtomicInteger();
    balancer.update(List.of(serve(counted(one, status(200))), serve(counted(two, status(200)))));
    for (int i = 0; i < 6; i++) {
      HttpResponse<String> response =
          client.send(get("/path/a%20b?x=%2F&y=1"), BodyHandlers.ofString());
      assertThat(response.body()).isEqualTo("/path/a%20b?x=%2F&y=1");
    }
    assertThat(one).hasValue(3);
    assertThat(two).hasValue(3);
    assertThat(balancer.stats().successes()).isEqualTo(6);
    assertThat(balancer.stats().inFlight()).isZero();
  }

  @Test
  void methodHeadersAndBodyArriveAndTheMembersPathComesFirst() throws Exception {
    AtomicReference<String> seen = new AtomicReference<>();
    URI base =
        serve(
            exchange -> {
              String body = new String(exchange.getRequestBody().readAllBytes());
              seen.set(
                  exchange.getRequestMethod()
                      + " "
                      + exchange.getRequestURI()
                      + " "
                      + exchange.getRequestHeaders().getFirst("X-Tag")
                      + " "
                      + body);
              exchange.sendResponseHeaders(204, -1);
            });
    balancer.update(List.of(base.resolve("/v1/")));
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://ORDERS/new"))
            .header("X-Tag", "7")
            .PUT(BodyPublishers.ofString("order"))
            .build();
    assertThat(client.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(204);
    assertThat(seen).hasValue("PUT /v1/new 7 order");
  }

  @Test
  void valuesThatAreNoUrisHaveOne() throws Exception {
    URI base = serve(status(200));
    LoadBalancer<Integer> ports = LoadBalancer.<Integer>builder().build();
    ports.update(List.of(base.getPort()));
    BalancedHttpClient byPort =
        BalancedHttpClient.builder()
            .service("a:80", ports, port -> URI.create("http://127.0.0.1:" + port))
            .build();
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://a:80/x")).build();
    assertThat(byPort.send(request, BodyHandlers.ofString()).body()).isEqualTo("/x");
  }

  @Test
  void aMemberThatIsGoneIsReplacedByAnotherForEveryMethod() throws Exception {
    balancer.update(List.of(nobody(), serve(status(200))));
    for (int i = 0; i < 4; i++) {
      assertThat(client.send(get("/"), BodyHandlers.ofString()).statusCode()).isEqualTo(200);
      assertThat(client.send(post(), BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }
    assertThat(balancer.stats().failures()).isPositive();
    assertThat(balancer.stats().inFlight()).isZero();
  }

  @Test
  void aServerKilledInTheMiddleIsReplacedForWhatMayBeDoneTwice() throws Exception {
    URI dying =
        serve(
            exchange -> {
              exchange.getRequestBody().readAllBytes();
              exchange.close(); // no response
            });
    balancer.update(List.of(dying, serve(status(200))));
    int failed = 0;
    for (int i = 0; i < 4; i++) {
      assertThat(client.send(get("/"), BodyHandlers.ofString()).statusCode()).isEqualTo(200);
      for (int turn = 0; turn < 2; turn++) { // the retry of a GET may have taken a turn, or not
        try {
          client.send(post(), BodyHandlers.ofString());
        } catch (IOException e) {
          failed++;
        }
      }
    }
    assertThat(failed).as("a POST that was sent is not sent again").isPositive();
  }

  @Test
  void overloadedMembersAreLeftAloneAsLongAsTheyAskFor() throws Exception {
    AtomicInteger busy = new AtomicInteger();
    URI overloaded = serve(counted(busy, status(503, "Retry-After", "7")));
    balancer.update(List.of(overloaded, serve(status(200))));
    for (int i = 0; i < 6; i++) {
      assertThat(client.send(get("/"), BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }
    assertThat(busy).hasValue(1);
    assertThat(balancer.stats().overloaded()).isEqualTo(1);
    ticker.advance(Duration.ofSeconds(7));
    for (int i = 0; i < 2; i++) {
      client.send(get("/"), BodyHandlers.ofString());
    }
    assertThat(busy).hasValue(2);
    balancer.update(List.of(overloaded));
    assertThat(client.send(get("/"), BodyHandlers.ofString()).statusCode())
        .as("there is nobody else")
        .isEqualTo(503);
  }

  @Test
  void theLastAnswerIsReturnedWhenAllFail() throws Exception {
    balancer.update(List.of(serve(status(500)), serve(status(500)), serve(status(500))));
    assertThat(client.send(get("/"), BodyHandlers.ofString()).statusCode()).isEqualTo(500);
    assertThat(balancer.stats().failures()).as("two attempts").isEqualTo(2);
  }

  @Test
  void clientErrorsAreSuccessesOfTheMember() throws Exception {
    balancer.update(List.of(serve(status(404))));
    assertThat(client.send(get("/"), BodyHandlers.ofString()).statusCode()).isEqualTo(404);
    assertThat(balancer.stats().successes()).isEqualTo(1);
  }

  @Test
  void anExhaustedBudgetSuppressesTheExtraAttemptOnly() throws Exception {
    BalancedHttpClient poor =
        client(BalancedHttpClient.builder().retry(Retry.budget(0, 1).maxAttempts(2)));
    AtomicInteger count = new AtomicInteger();
    Answer answer = counted(count, status(500));
    balancer.update(List.of(serve(answer), serve(answer)));
    for (int i = 0; i < 20; i++) {
      poor.send(get("/"), BodyHandlers.ofString());
    }
    assertThat(count).as("20, and 10 in 10 seconds").hasValue(30);
    assertThat(balancer.stats().inFlight()).isZero();
  }

  @Test
  void failuresAreThrownAsTheJdksWithTheFirstSuppressed() throws Exception {
    balancer.update(List.of(nobody(), nobody()));
    assertThatThrownBy(() -> client.send(get("/"), BodyHandlers.ofString()))
        .isInstanceOf(ConnectException.class)
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
  }

  @Test
  void aTimeoutIsATimeout() throws Exception {
    balancer.update(List.of(serve(exchange -> never.await())));
    BalancedHttpClient hasty = client(BalancedHttpClient.builder().timeout(Duration.ofMillis(200)));
    assertThatThrownBy(() -> hasty.send(get("/"), BodyHandlers.ofString()))
        .isInstanceOf(HttpTimeoutException.class);
    assertThat(balancer.stats().timeouts()).isEqualTo(1);
  }

  @Test
  void cancellingEndsTheAttempt() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    balancer.update(
        List.of(
            serve(
                exchange -> {
                  arrived.countDown();
                  never.await();
                })));
    ConcurrencyLimiter limiter = ConcurrencyLimiter.of(Limit.fixed(1));
    BalancedHttpClient limited = client(BalancedHttpClient.builder().limit(limiter));
    CompletableFuture<HttpResponse<String>> response =
        limited.sendAsync(get("/"), BodyHandlers.ofString());
    arrived.await();
    assertThatThrownBy(() -> limited.send(get("/"), BodyHandlers.ofString()))
        .isSameAs(LimitExceededException.INSTANCE);
    response.cancel(true);
    assertThat(balancer.stats().cancelled()).isEqualTo(1);
    assertThat(balancer.stats().inFlight()).isZero();
    assertThat(limiter.inFlight()).isZero();
  }

  @Test
  void anInterruptEndsTheAttempt() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    balancer.update(
        List.of(
            serve(
                exchange -> {
                  arrived.countDown();
                  never.await();
                })));
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                client.send(get("/"), BodyHandlers.ofString());
              } catch (Exception e) {
                thrown.set(e);
              }
            });
    caller.start();
    arrived.await();
    caller.interrupt();
    caller.join(30_000);
    assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    await().until(() -> balancer.stats().inFlight() == 0);
  }

  @Test
  void everyBodyHandlerWorksAlsoOverARetry() throws Exception {
    balancer.update(List.of(serve(status(500)), serve(status(200))));
    for (int i = 0; i < 4; i++) {
      HttpResponse<InputStream> response = client.send(get("/x"), BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        assertThat(new String(body.readAllBytes())).isEqualTo("/x");
      }
    }
  }

  @Test
  void mistakesAreNamed() {
    HttpRequest other = HttpRequest.newBuilder(URI.create("http://others/x")).build();
    assertThatThrownBy(() -> client.send(other, BodyHandlers.ofString()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("uri: http://others/x (expected: the host to be one of [orders])");
    assertThatThrownBy(() -> client.send(get("/"), BodyHandlers.ofString()))
        .isInstanceOf(NoMembersException.class);
    assertThatThrownBy(() -> BalancedHttpClient.builder().build())
        .hasMessage("services: none (expected: one or more)");
    assertThatThrownBy(
            () -> BalancedHttpClient.builder().service("a", balancer).service("A", balancer))
        .hasMessage("service: A set twice (expected: once)");
    assertThatThrownBy(() -> BalancedHttpClient.builder().timeout(Duration.ZERO))
        .hasMessage("timeout: PT0S (expected: > 0)");
  }
}
