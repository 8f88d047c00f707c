package io.spinforge.metrics.page;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Answers "/", "/goals.json" and, if there is a scrape, "/metrics"; reads only, GET and HEAD. */
public final class PageHandler implements HttpHandler {
  private final Page page;
  private final @Nullable HttpHandler scrape;
  private final boolean localOnly;

  /**
   * Creates a handler.
   *
   * @param scrape answers /metrics; null if nothing can
   * @param localOnly whether to answer only those who ask for this machine by a local name: a page
   *     of the web must not read this one by way of a name that it points here
   */
  public PageHandler(Page page, @Nullable HttpHandler scrape, boolean localOnly) {
    this.page = page;
    this.scrape = scrape;
    this.localOnly = localOnly;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    String method = exchange.getRequestMethod();
    String path = exchange.getRequestURI().getPath();
    if (localOnly && !isLocal(exchange.getRequestHeaders().getFirst("Host"))) {
      plain(exchange, 421, "This page is for this machine: ask for 127.0.0.1 or localhost.\n");
    } else if (!method.equals("GET") && !method.equals("HEAD")) {
      exchange.getResponseHeaders().set("Allow", "GET, HEAD");
      plain(exchange, 405, "Only GET and HEAD.\n");
    } else if (path.equals("/")) {
      exchange.getResponseHeaders().set("Content-Security-Policy", Assets.POLICY);
      answer(exchange, 200, "text/html; charset=utf-8", page.html());
    } else if (path.equals("/goals.json")) {
      answer(exchange, 200, "application/json", page.goalsJson());
    } else if (path.equals("/metrics")) {
      metrics(exchange);
    } else {
      plain(exchange, 404, "There are /, /metrics and /goals.json.\n");
    }
  }

  private void metrics(HttpExchange exchange) throws IOException {
    if (scrape == null) {
      String missing = "io.micrometer:micrometer-registry-prometheus";
      plain(
          exchange, 501, "The registry is none of Prometheus's; expected one of " + missing + "\n");
    } else {
      scrape.handle(exchange);
    }
  }

  private static boolean isLocal(@Nullable String host) {
    if (host == null) {
      return false;
    }
    String name = host.replaceAll(":\\d+$", "").toLowerCase(Locale.ROOT);
    return name.equals("localhost")
        || name.matches("127(\\.\\d{1,3}){3}")
        || name.equals("[::1]")
        || name.equals("[0:0:0:0:0:0:0:1]");
  }

  private static void plain(HttpExchange exchange, int status, String text) throws IOException {
    answer(exchange, status, "text/plain; charset=utf-8", text);
  }

  private static void answer(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    try (exchange) {
      Headers headers = exchange.getResponseHeaders();
      headers.set("Content-Type", type);
      headers.set("Cache-Control", "no-store");
      headers.set("X-Content-Type-Options", "nosniff");
      headers.set("Referrer-Policy", "no-referrer");
      headers.set("Cross-Origin-Resource-Policy", "same-origin");
      byte[] body = text.getBytes(StandardCharsets.UTF_8);
      String accepted = exchange.getRequestHeaders().getFirst("Accept-Encoding");
      if (accepted != null && accepted.toLowerCase(Locale.ROOT).contains("gzip")) {
        headers.set("Content-Encoding", "gzip");
        body = zipped(body);
      }
      boolean headersOnly = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(status, headersOnly ? -1 : body.length);
      if (!headersOnly) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  private static byte[] zipped(byte[] body) throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream(body.length / 4);
    try (OutputStream out = new Fast(zipped)) {
      out.write(body);
    }
    return zipped.toByteArray();
  }

  /** The page goes to this machine mostly: time matters more than size. */
  private static final class Fast extends GZIPOutputStream {
    Fast(OutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}
