package io.spinforge.metrics;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Measures the requests of a servlet container into {@link HttpMetrics}; needs {@code
 * jakarta.servlet:jakarta.servlet-api}, which every container brings. Thread-safe.
 *
 * <p>The route is asked for when the request ends, so that it may come from what the framework has
 * matched. An asynchronous request ends when its {@code AsyncContext} completes.
 */
public final class ServletMetricsFilter implements Filter {
  private final HttpMetrics http;
  private final Function<HttpServletRequest, @Nullable String> route;

  private ServletMetricsFilter(
      HttpMetrics http, Function<HttpServletRequest, @Nullable String> route) {
    this.http = Objects.requireNonNull(http, "http");
    this.route = Objects.requireNonNull(route, "route");
  }

  /** Returns a filter whose routes are the URL patterns that the servlets are mapped to. */
  public static ServletMetricsFilter of(HttpMetrics http) {
    return of(http, request -> request.getHttpServletMapping().getPattern());
  }

  /**
   * Returns a filter with routes of the host's own.
   *
   * @param route names the route of a request; null or blank counts as {@code other}
   */
  public static ServletMetricsFilter of(
      HttpMetrics http, Function<HttpServletRequest, @Nullable String> route) {
    return new ServletMetricsFilter(http, route);
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (request instanceof HttpServletRequest httpRequest
        && response instanceof HttpServletResponse httpResponse) {
      measure(httpRequest, httpResponse, chain);
    } else {
      chain.doFilter(request, response);
    }
  }

  private void measure(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    long start = http.start();
    boolean returned = false;
    try {
      chain.doFilter(request, response);
      returned = true;
    } finally {
      if (returned && request.isAsyncStarted()) {
        request.getAsyncContext().addListener(new End(request, response, start));
      } else {
        end(request, response, start, !returned);
      }
    }
  }

  private void end(
      HttpServletRequest request, HttpServletResponse response, long start, boolean failed) {
    // A container answers 500 for what a servlet threw, but only after the filters.
    int status = failed && !response.isCommitted() ? 500 : response.getStatus();
    http.routeOf(route, request).end(request.getMethod(), status, start);
  }

  /** Ends an asynchronous request once, whichever way it ends. */
  private final class End implements AsyncListener {
    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final long start;
    private final AtomicBoolean ended = new AtomicBoolean();

    private End(HttpServletRequest request, HttpServletResponse response, long start) {
      this.request = request;
      this.response = response;
      this.start = start;
    }

    @Override
    public void onComplete(AsyncEvent event) {
      if (ended.compareAndSet(false, true)) {
        end(request, response, start, false);
      }
    }

    @Override
    public void onTimeout(AsyncEvent event) {
      // The container answers, then completes.
    }

    @Override
    public void onError(AsyncEvent event) {
      // The container answers, then completes.
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
      // A new cycle forgets its listeners: stay with it.
      event.getAsyncContext().addListener(this);
    }
  }
}
