package io.spinforge.metrics;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.spinforge.metrics.page.PrometheusScrape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Serves {@code /metrics} for Prometheus from the JDK's HTTP server, on loopback unless told
 * otherwise. A host that has a server already mounts {@link #handler(MeterRegistry)} instead.
 * Thread-safe.
 *
 * <p>Needs {@code io.micrometer:micrometer-registry-prometheus}, and a registry that is, or
 * contains, a {@code PrometheusMeterRegistry}.
 */
public final class MetricsEndpoint implements AutoCloseable {
  private static final String PATH = "/metrics";
  private static final int THREADS = 4;

  private final HttpServer server;
  private final ExecutorService executor;
  private final AtomicBoolean closed = new AtomicBoolean();

  private MetricsEndpoint(HttpServer server, ExecutorService executor) {
    this.server = server;
    this.executor = executor;
  }

  /** Returns a builder for an endpoint that serves this registry. */
  public static Builder builder(MeterRegistry registry) {
    return new Builder(handler(registry));
  }

  /**
   * Returns the handler alone, for a server of the host's own. It answers exactly the path of the
   * context it is mounted at.
   *
   * @throws IllegalArgumentException if Prometheus's registry is missing, or its artifact
   */
  public static HttpHandler handler(MeterRegistry registry) {
    HttpHandler handler = handlerIfAny(Objects.requireNonNull(registry, "registry"));
    if (handler == null) {
      throw new IllegalArgumentException(
          "registry: "
              + registry.getClass().getSimpleName()
              + " (expected: a PrometheusMeterRegistry, or a composite with one, of"
              + " io.micrometer:micrometer-registry-prometheus)");
    }
    return handler;
  }

  /** Returns the handler, or null if the registry, or its artifact, is none of Prometheus's. */
  static @Nullable HttpHandler handlerIfAny(MeterRegistry registry) {
    try {
      return PrometheusScrape.of(registry);
    } catch (NoClassDefFoundError absent) {
      return null;
    }
  }

  /** Returns where the metrics are, with the port that was really bound. */
  public URI uri() {
    InetSocketAddress address = server.getAddress();
    String host = address.getAddress().getHostAddress();
    String literal = host.contains(":") ? "[" + host + "]" : host;
    return URI.create("http://" + literal + ":" + address.getPort() + PATH);
  }

  /** Returns the port that was really bound. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** Closes the port and every connection at once. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      server.stop(0);
      executor.shutdownNow();
    }
  }

  /** Settings of an endpoint. Not thread-safe. */
  public static final class Builder {
    private static final int DEFAULT_PORT = 9400;

    private final HttpHandler handler;
    private @Nullable Integer port;
    private @Nullable InetAddress address;

    private Builder(HttpHandler handler) {
      this.handler = handler;
    }

    /** Sets the port, 0 (any free one) to 65,535; default 9400. */
    public Builder port(int port) {
      if (this.port != null) {
        throw new IllegalStateException("port: set twice (expected: once)");
      }
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
      }
      this.port = port;
      return this;
    }

    /** Sets the address to listen on; default loopback, which other machines cannot reach. */
    public Builder address(InetAddress address) {
      if (this.address != null) {
        throw new IllegalStateException("address: set twice (expected: once)");
      }
      this.address = Objects.requireNonNull(address, "address");
      return this;
    }

    /**
     * Binds the port and serves.
     *
     * @throws UncheckedIOException if the port cannot be bound; it names the address
     */
    public MetricsEndpoint start() {
      InetSocketAddress where =
          new InetSocketAddress(
              address == null ? InetAddress.getLoopbackAddress() : address,
              port == null ? DEFAULT_PORT : port);
      HttpServer server;
      try {
        server = HttpServer.create(where, 0);
      } catch (IOException e) {
        throw new UncheckedIOException("port: " + where + " (expected: free to bind)", e);
      }
      AtomicInteger number = new AtomicInteger();
      ExecutorService executor =
          Executors.newFixedThreadPool(
              THREADS,
              task -> {
                Thread thread =
                    new Thread(task, "spinforge-metrics-endpoint-" + number.incrementAndGet());
                thread.setDaemon(true);
                return thread;
              });
      server.createContext(PATH, handler);
      server.setExecutor(executor);
      // The server's own thread is a daemon only if a daemon starts it.
      CompletableFuture.runAsync(server::start, executor).join();
      return new MetricsEndpoint(server, executor);
    }
  }
}
