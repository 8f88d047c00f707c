package io.spinforge.balance.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.spinforge.balance.LoadBalancer;
import io.spinforge.balance.Member;
import io.spinforge.balance.Outcome;
import io.spinforge.balance.Outlier;
import io.spinforge.balance.Policy;
import io.spinforge.testkit.ManualTicker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whom requests go to, with real servers of this JVM. */
@Timeout(60)
class BalancedHttpChoiceTest {
  private final ManualTicker ticker = new ManualTicker();
  private final List<HttpServer> servers = new ArrayList<>();

  @AfterEach
  void stop() {
    servers.forEach(server -> server.stop(0));
  }

  private URI serve(HttpHandler handler) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    server.createContext("/", handler);
    server.start();
    servers.add(server);
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Test
  void withAHashRequestsStickToTheirMembersAndFailOverInTheKeysOrder() throws Exception {
    LoadBalancer<URI> sticky = LoadBalancer.<URI>builder().policy(Policy.ring(50)).build();
    BalancedHttpClient hashed =
        BalancedHttpClient.builder()
            .service("orders", sticky)
            .hash(request -> request.uri().getPath().hashCode())
            .build();
    URI dead;
    try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      dead = URI.create("http://127.0.0.1:" + gone.getLocalPort());
    }
    List<URI> all = new ArrayList<>(List.of(dead));
    Map<URI, String> names = new HashMap<>();
    for (int i = 0; i < 3; i++) {
      String name = "server " + i;
      URI uri = serve(exchange -> answer(exchange, 200, name));
      names.put(uri, name);
      all.add(uri);
    }
    sticky.update(all);
    for (int i = 0; i < 40; i++) {
      HttpRequest request = HttpRequest.newBuilder(URI.create("http://orders/" + i)).build();
      long key = ("/" + i).hashCode();
      Member<URI> owner = sticky.pick(key);
      if (owner.value().equals(dead)) {
        owner = sticky.acquireOther(key, List.of(owner));
        owner.end(owner.begin(), Outcome.IGNORED);
      }
      assertThat(hashed.send(request, BodyHandlers.ofString()).body())
          .isEqualTo(names.get(owner.value()));
    }
  }

  @Test
  void aHashThatThrowsOrIsMissingFailsTheRequestAndLeavesNothing() {
    LoadBalancer<URI> sticky = LoadBalancer.<URI>builder().policy(Policy.ring(50)).build();
    sticky.update(List.of(URI.create("http://127.0.0.1:1")));
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://orders/")).build();
    BalancedHttpClient without = BalancedHttpClient.builder().service("orders", sticky).build();
    assertThatThrownBy(() -> without.send(request, BodyHandlers.ofString()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("hash: none");
    BalancedHttpClient broken =
        BalancedHttpClient.builder()
            .service("orders", sticky)
            .hash(
                any -> {
                  throw new IllegalArgumentException("no key");
                })
            .build();
    assertThatThrownBy(() -> broken.send(request, BodyHandlers.ofString())).hasMessage("no key");
    assertThat(sticky.stats().inFlight()).isZero();
  }

  @Test
  void anEjectedMemberGetsItsTrialWhileAnotherRests() throws Exception {
    LoadBalancer<URI> guarded =
        LoadBalancer.<URI>builder()
            .policy(Policy.roundRobin())
            .outlier(Outlier.consecutive(1, Outcome.FAILURE))
            .ticker(ticker)
            .build();
    AtomicInteger status = new AtomicInteger(500);
    AtomicInteger asked = new AtomicInteger();
    guarded.update(
        List.of(
            serve(exchange -> answer(exchange, 200, "")),
            serve(
                exchange -> {
                  asked.incrementAndGet();
                  answer(exchange, status.get(), "");
                }),
            serve(
                exchange -> {
                  exchange.getResponseHeaders().add("Retry-After", "60");
                  answer(exchange, 503, "");
                })));
    BalancedHttpClient http =
        BalancedHttpClient.builder().service("orders", guarded).ticker(ticker).build();
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://orders/")).build();
    for (int i = 0; i < 6; i++) {
      http.send(request, BodyHandlers.ofString());
    }
    assertThat(asked).hasValue(1);
    status.set(200);
    ticker.advance(Duration.ofSeconds(31));
    for (int i = 0; i < 6; i++) {
      http.send(request, BodyHandlers.ofString());
    }
    assertThat(asked).hasValueGreaterThan(1);
    assertThat(guarded.stats().inFlight()).isZero();
  }
}
