package io.spinforge.scaling.target;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What an API server does to a Deployment's scale, over real HTTP: it keeps versions, wants the
 * token of the moment, refuses old versions with 409, and has faults on request.
 */
final class KubernetesStandIn implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String PATH = "/apis/apps/v1/namespaces/shop/deployments/checkout";

  /** How the next call of a method goes wrong. */
  enum Way {
    /** Another answer, and nothing is done. */
    INSTEAD,
    /** It is done, and half of the answer comes. */
    HALF,
    /** It is done, and the head of the answer comes, but the body never ends. */
    ENDLESS,
    /** It is done, and no answer comes. */
    SILENT
  }

  /** A fault to come. */
  record Fault(String method, Way way, int status, String body, @Nullable String retryAfter) {}

  final List<String> calls = Collections.synchronizedList(new ArrayList<>());
  private final Deque<Fault> faults = new ArrayDeque<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;
  private @Nullable String token;
  private int replicas = 3;
  private int ready = 2;
  private long version = 41;

  private KubernetesStandIn(HttpServer server) {
    this.server = server;
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
  }

  static KubernetesStandIn http() throws IOException {
    return new KubernetesStandIn(HttpServer.create(anyPort(), 0));
  }

  static KubernetesStandIn https(SSLContext context) throws IOException {
    HttpsServer server = HttpsServer.create(anyPort(), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    return new KubernetesStandIn(server);
  }

  private static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  int port() {
    return server.getAddress().getPort();
  }

  URI uri() {
    return URI.create(
        (server instanceof HttpsServer ? "https" : "http") + "://127.0.0.1:" + port());
  }

  synchronized void token(String token) {
    this.token = token;
  }

  synchronized void state(int replicas, int ready) {
    this.replicas = replicas;
    this.ready = ready;
    version++;
  }

  synchronized int replicas() {
    return replicas;
  }

  synchronized void next(String method, Way way, int status, String body) {
    faults.add(new Fault(method, way, status, body, null));
  }

  synchronized void next(String method, int status, String body, String retryAfter) {
    faults.add(new Fault(method, Way.INSTEAD, status, body, retryAfter));
  }

  private void serve(HttpExchange exchange) throws IOException {
    String method = exchange.getRequestMethod();
    String path = exchange.getRequestURI().toString();
    byte[] body = exchange.getRequestBody().readAllBytes();
    calls.add(method + " " + path);
    Fault fault;
    Reply reply;
    synchronized (this) {
      fault =
          !faults.isEmpty() && faults.element().method().equals(method) ? faults.remove() : null;
      reply =
          fault != null && fault.way() == Way.INSTEAD
              ? new Reply(fault.status(), fault.body())
              : reply(exchange, method, path, body);
    }
    byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    if (fault != null && fault.retryAfter() != null) {
      exchange.getResponseHeaders().set("Retry-After", fault.retryAfter());
    }
    Way way = fault == null ? Way.INSTEAD : fault.way();
    if (way == Way.SILENT) {
      hold();
    }
    exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length);
    if (way == Way.HALF || way == Way.ENDLESS) {
      exchange.getResponseBody().write(bytes, 0, bytes.length / 2);
      exchange.getResponseBody().flush();
      if (way == Way.ENDLESS) {
        hold();
      }
      throw new IOException("the connection breaks here");
    }
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private void hold() throws IOException {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new IOException("over");
  }

  private Reply reply(HttpExchange exchange, String method, String path, byte[] body)
      throws IOException {
    String wanted = token == null ? null : "Bearer " + token;
    String given = exchange.getRequestHeaders().getFirst("Authorization");
    if (wanted == null ? given != null : !wanted.equals(given)) {
      return status(401, "Unauthorized", "Unauthorized");
    }
    if (method.equals("GET") && path.equals(PATH)) {
      String status = ready == 0 ? "" : "\"readyReplicas\":" + ready + ",";
      return new Reply(
          200,
          "{\"kind\":\"Deployment\",\"apiVersion\":\"apps/v1\",\"spec\":{\"replicas\":"
              + replicas
              + "},\"status\":{"
              + status
              + "\"observedGeneration\":4}}");
    }
    if (!path.equals(PATH + "/scale")) {
      return status(404, "NotFound", "deployments.apps \\\"" + path + "\\\" not found");
    }
    return method.equals("PUT") ? put(MAPPER.readTree(body)) : new Reply(200, scale());
  }

  private Reply put(JsonNode scale) {
    JsonNode meta = scale.path("metadata");
    if (!scale.path("kind").asText().equals("Scale")
        || !scale.path("apiVersion").asText().equals("autoscaling/v1")
        || !meta.path("name").asText().equals("checkout")
        || !meta.path("namespace").asText().equals("shop")) {
      return status(400, "BadRequest", "that is no scale of checkout");
    }
    if (!meta.path("resourceVersion").asText().equals(Long.toString(version))) {
      return status(
          409,
          "Conflict",
          "Operation cannot be fulfilled on deployments.apps \\\"checkout\\\": the object has been"
              + " modified; please apply your changes to the latest version and try again");
    }
    replicas = scale.path("spec").path("replicas").asInt();
    version++;
    return new Reply(200, scale());
  }

  /** As the real one, without numbers that are 0 in the specification. */
  private String scale() {
    return "{\"kind\":\"Scale\",\"apiVersion\":\"autoscaling/v1\",\"metadata\":{\"name\":\"checkout\","
               + "\"namespace\":\"shop\",\"resourceVersion\":\""
        + version
        + "\"},\"spec\":{"
        + (replicas == 0 ? "" : "\"replicas\":" + replicas)
        + "},\"status\":{\"replicas\":"
        + Math.max(ready, replicas - 1)
        + ",\"selector\":\"app=checkout\"}}";
  }

  private static Reply status(int code, String reason, String message) {
    return new Reply(
        code,
        "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"message\":\""
            + message
            + "\",\"reason\":\""
            + reason
            + "\",\"code\":"
            + code
            + "}");
  }

  private record Reply(int status, String body) {}

  @Override
  public void close() {
    end.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
