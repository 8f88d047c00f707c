package io.spinforge.benchmarks.demo;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.spinforge.balance.Classifier;
import io.spinforge.balance.LoadBalancer;
import io.spinforge.balance.NoMembersException;
import io.spinforge.balance.Outcome;
import io.spinforge.health.registry.ServiceInstance;
import io.spinforge.metrics.HttpMetrics;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shop's door: takes a request, lets the balancer choose a worker, passes the request on, and
 * answers what the worker answered. All that makes it more than a pipe is {@link
 * LoadBalancer#call}: choice, feedback, and a second try on another worker.
 */
final class Gateway implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
  private static final int THREADS = 600;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(5);

  private final LoadBalancer<ServiceInstance> balancer;
  private final HttpClient client;
  private final UnaryOperator<String> labels;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(THREADS, Threads.named("gateway"));
  private final HttpServer server;

  Gateway(
      LoadBalancer<ServiceInstance> balancer,
      HttpClient client,
      UnaryOperator<String> labels,
      HttpMetrics metrics)
      throws IOException {
    this.balancer = balancer;
    this.client = client;
    this.labels = labels;
    this.server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 512);
    HttpContext items = server.createContext("/item/", this::passOn);
    items.getFilters().add(metrics.filter(exchange -> "/item/{id}"));
    server.setExecutor(threads);
    server.start();
  }

  /** A client as the gateway and the customers need it: HTTP/1.1, connections kept alive. */
  static HttpClient newClient() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(CONNECT_TIMEOUT)
        .build();
  }

  /** A worker that answers but cannot serve has failed too, and another one may be asked. */
  static Classifier byStatus() {
    Classifier byException = Classifier.byException();
    return (reply, failure) -> {
      int status = status(reply);
      if (status == 503) {
        return Outcome.OVERLOADED;
      }
      return status >= 500 ? Outcome.FAILURE : byException.classify(reply, failure);
    };
  }

  private static int status(@Nullable Object reply) {
    return reply instanceof HttpResponse<?> response ? response.statusCode() : 0;
  }

  URI items() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/item/");
  }

  private void passOn(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String path = exchange.getRequestURI().getPath();
      String method = exchange.getRequestMethod();
      if (method.equals("GET")) {
        String item = path.substring("/item/".length());
        exchange.getResponseHeaders().set(Wire.LABEL, labels.apply(item));
      }
      try {
        answer(exchange, balancer.call(worker -> send(request(worker, method, path, body))));
      } catch (NoMembersException e) {
        exchange.sendResponseHeaders(503, -1);
      } catch (IOException e) {
        LOG.warn("no worker could answer {}", path, e);
        exchange.sendResponseHeaders(502, -1);
      }
    }
  }

  private HttpResponse<byte[]> send(HttpRequest request) throws IOException {
    try {
      return client.send(request, BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the gateway closes");
    }
  }

  private static HttpRequest request(
      ServiceInstance worker, String method, String path, byte[] body) {
    return HttpRequest.newBuilder(worker.uri().resolve(path))
        .timeout(ATTEMPT_TIMEOUT)
        .method(
            method, body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body))
        .build();
  }

  private static void answer(HttpExchange exchange, HttpResponse<byte[]> from) throws IOException {
    for (String header : List.of(Wire.WORKER, Wire.SOURCE)) {
      from.headers()
          .firstValue(header)
          .ifPresent(value -> exchange.getResponseHeaders().set(header, value));
    }
    byte[] body = from.body();
    exchange.sendResponseHeaders(from.statusCode(), body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
