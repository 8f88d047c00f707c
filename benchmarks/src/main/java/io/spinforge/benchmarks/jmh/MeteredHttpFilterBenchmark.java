package io.spinforge.benchmarks.jmh;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.spinforge.metrics.GoalWatch;
import io.spinforge.metrics.HttpMetrics;
import io.spinforge.metrics.PerformanceGoals;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A request through the filter of the JDK's server while goals are watched, beside the handler
 * alone. The exchange is of straw: a real one's bytes would hide the filter's.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class MeteredHttpFilterBenchmark {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final GoalWatch goals = PerformanceGoals.defaults().watch(registry);
  private final Filter filter = HttpMetrics.create(registry).filter(exchange -> "/orders/{id}");
  private final Exchange exchange = new Exchange();
  private final Filter.Chain handler =
      new Filter.Chain(List.of(), handled -> handled.sendResponseHeaders(200, -1));

  @TearDown
  public void close() {
    goals.close();
    registry.close();
  }

  @Benchmark
  public void unmetered() throws IOException {
    handler.doFilter(exchange);
  }

  @Benchmark
  public void metered() throws IOException {
    filter.doFilter(exchange, handler);
  }

  private static final class Exchange extends HttpExchange {
    private int status = -1;

    @Override
    public void sendResponseHeaders(int code, long length) {
      status = code;
    }

    @Override
    public int getResponseCode() {
      return status;
    }

    @Override
    public String getRequestMethod() {
      return "GET";
    }

    @Override
    public Headers getRequestHeaders() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Headers getResponseHeaders() {
      throw new UnsupportedOperationException();
    }

    @Override
    public URI getRequestURI() {
      throw new UnsupportedOperationException();
    }

    @Override
    public HttpContext getHttpContext() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}

    @Override
    public InputStream getRequestBody() {
      throw new UnsupportedOperationException();
    }

    @Override
    public OutputStream getResponseBody() {
      throw new UnsupportedOperationException();
    }

    @Override
    public InetSocketAddress getRemoteAddress() {
      throw new UnsupportedOperationException();
    }

    @Override
    public InetSocketAddress getLocalAddress() {
      throw new UnsupportedOperationException();
    }

    @Override
    public String getProtocol() {
      return "HTTP/1.1";
    }

    @Override
    public Object getAttribute(String name) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void setAttribute(String name, Object value) {}

    @Override
    public void setStreams(InputStream in, OutputStream out) {}

    @Override
    public HttpPrincipal getPrincipal() {
      throw new UnsupportedOperationException();
    }
  }
}
