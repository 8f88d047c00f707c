package io.spinforge.health.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.time.Duration;

/** Answers {@code GET} and {@code HEAD} with a report. */
final class ReportHandler implements HttpHandler {
  private final HealthReport health;
  private final String caching;
  private final boolean details;

  ReportHandler(HealthReport health, Duration cacheFor, boolean details) {
    this.health = health;
    this.caching = cacheFor.toSeconds() > 0 ? "max-age=" + cacheFor.toSeconds() : "no-store";
    this.details = details;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      if (!method.equals("GET") && !method.equals("HEAD")) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        exchange.sendResponseHeaders(405, -1);
        return;
      }
      String group = group(exchange);
      if (!group.isEmpty() && !health.hasGroup(group)) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      Report report = group.isEmpty() ? health.report() : health.report(group);
      byte[] body = report.toJson(details).getBytes(UTF_8);
      Headers headers = exchange.getResponseHeaders();
      headers.set("Content-Type", "application/health+json");
      headers.set("Cache-Control", caching);
      if (method.equals("HEAD")) {
        headers.set("Content-Length", Integer.toString(body.length));
        exchange.sendResponseHeaders(report.status().httpStatus(), -1);
      } else {
        exchange.sendResponseHeaders(report.status().httpStatus(), body.length);
        exchange.getResponseBody().write(body);
      }
    }
  }

  /** Returns what follows the context path, without slashes around it. */
  private static String group(HttpExchange exchange) {
    String context = exchange.getHttpContext().getPath();
    String path = exchange.getRequestURI().getPath();
    String rest = path.length() > context.length() ? path.substring(context.length()) : "";
    return rest.startsWith("/") ? rest.substring(1) : rest;
  }
}
