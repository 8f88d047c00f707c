package io.spinforge.metrics.page;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Answers a scrape as the Prometheus client's own servers do: the format by the {@code Accept}
 * header (OpenMetrics where it is asked for, else the text format), gzip where it is accepted. GET
 * and HEAD only.
 */
public final class PrometheusScrape implements HttpHandler {
  private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
  private static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";

  private final PrometheusMeterRegistry registry;

  private PrometheusScrape(PrometheusMeterRegistry registry) {
    this.registry = registry;
  }

  /** Returns the scrape of this registry, or of the first of its kind within a composite. */
  public static @Nullable PrometheusScrape of(MeterRegistry registry) {
    if (registry instanceof PrometheusMeterRegistry prometheus) {
      return new PrometheusScrape(prometheus);
    }
    if (registry instanceof CompositeMeterRegistry composite) {
      for (MeterRegistry child : composite.getRegistries()) {
        PrometheusScrape scrape = of(child);
        if (scrape != null) {
          return scrape;
        }
      }
    }
    return null;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      if (!exchange.getRequestURI().getPath().equals(exchange.getHttpContext().getPath())) {
        exchange.sendResponseHeaders(404, -1);
      } else if (method.equals("GET") || method.equals("HEAD")) {
        answer(exchange, method.equals("HEAD"));
      } else {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        exchange.sendResponseHeaders(405, -1);
      }
    }
  }

  private void answer(HttpExchange exchange, boolean headersOnly) throws IOException {
    String accept = exchange.getRequestHeaders().getFirst("Accept");
    boolean open = accept != null && accept.contains("application/openmetrics-text");
    String format = open ? OPEN_METRICS : TEXT;
    boolean gzip = acceptsGzip(exchange.getRequestHeaders().getFirst("Accept-Encoding"));
    ByteArrayOutputStream body = new ByteArrayOutputStream(1 << 14);
    try (OutputStream out = gzip ? new GZIPOutputStream(body) : body) {
      registry.scrape(out, format);
    }
    exchange.getResponseHeaders().set("Content-Type", format);
    if (gzip) {
      exchange.getResponseHeaders().set("Content-Encoding", "gzip");
    }
    exchange.sendResponseHeaders(200, headersOnly ? -1 : body.size());
    if (!headersOnly) {
      body.writeTo(exchange.getResponseBody());
    }
  }

  private static boolean acceptsGzip(@Nullable String header) {
    return header != null && header.toLowerCase(Locale.ROOT).contains("gzip");
  }
}
