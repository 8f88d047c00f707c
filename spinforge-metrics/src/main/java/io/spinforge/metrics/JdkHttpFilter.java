package io.spinforge.metrics;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Measures the requests of a JDK {@code HttpServer}. */
final class JdkHttpFilter extends Filter {
  private final HttpMetrics http;
  private final Function<HttpExchange, @Nullable String> route;

  JdkHttpFilter(HttpMetrics http, Function<HttpExchange, @Nullable String> route) {
    this.http = http;
    this.route = route;
  }

  @Override
  public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
    HttpMetrics.Route handle = http.routeOf(route, exchange);
    long start = http.start();
    boolean returned = false;
    try {
      chain.doFilter(exchange);
      returned = true;
    } finally {
      int status = exchange.getResponseCode();
      boolean failed = status == -1 && !returned;
      handle.end(exchange.getRequestMethod(), failed ? 500 : status, start);
    }
  }

  @Override
  public String description() {
    return "SpinForge HTTP metrics";
  }
}
