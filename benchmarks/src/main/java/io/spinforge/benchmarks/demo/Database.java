package io.spinforge.benchmarks.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * The shop's truth: a row per item with a version, behind HTTP so that worker processes can ask it,
 * slow enough that a cache is worth having. {@code GET /row/17} answers the version; {@code PUT
 * /row/17} with a version as body sets it.
 */
final class Database implements AutoCloseable {
  private static final Duration QUERY_TIME = Duration.ofMillis(10);

  private final Map<String, Long> versions = new ConcurrentHashMap<>();
  private final LongAdder reads = new LongAdder();
  private final ExecutorService threads =
      Executors.newFixedThreadPool(32, Threads.named("database"));
  private final HttpServer server;

  private Database(HttpServer server) {
    this.server = server;
    server.createContext("/row/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  static Database start() throws IOException {
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return new Database(HttpServer.create(anyPort, 128));
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/row/");
  }

  /** Returns how often the database was read: what the caches did not answer. */
  long reads() {
    return reads.sum();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String id = exchange.getRequestURI().getPath().substring("/row/".length());
      byte[] sent = exchange.getRequestBody().readAllBytes();
      if (exchange.getRequestMethod().equals("PUT")) {
        versions.put(id, Long.valueOf(new String(sent, UTF_8)));
        exchange.sendResponseHeaders(204, -1);
        return;
      }
      reads.increment();
      long version = versions.getOrDefault(id, 1L);
      TimeUnit.NANOSECONDS.sleep(QUERY_TIME.toNanos());
      byte[] row = String.valueOf(version).getBytes(UTF_8);
      exchange.sendResponseHeaders(200, row.length);
      exchange.getResponseBody().write(row);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
