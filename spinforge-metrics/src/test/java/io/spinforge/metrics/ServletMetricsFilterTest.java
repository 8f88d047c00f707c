package io.spinforge.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;

class ServletMetricsFilterTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final HttpMetrics http = HttpMetrics.create(registry);
  private final HttpServletRequest request = mock(HttpServletRequest.class);
  private final HttpServletResponse response = mock(HttpServletResponse.class);
  private final FilterChain chain = mock(FilterChain.class);

  @BeforeEach
  void aGetOfMappedOrders() {
    HttpServletMapping mapping = mock(HttpServletMapping.class);
    when(mapping.getPattern()).thenReturn("/orders/*");
    when(request.getHttpServletMapping()).thenReturn(mapping);
    when(request.getMethod()).thenReturn("GET");
    when(response.getStatus()).thenReturn(200);
  }

  private double count(String route, String status) {
    return registry.get("http.requests").tags("route", route, "status", status).counter().count();
  }

  private double active() {
    return registry.get("active.connections").gauge().value();
  }

  @Test
  void aRequestCountsUnderItsServletsPattern() throws Exception {
    doAnswer(
            invocation -> {
              assertThat(active()).isEqualTo(1);
              return null;
            })
        .when(chain)
        .doFilter(request, response);
    ServletMetricsFilter.of(http).doFilter(request, response, chain);
    assertThat(count("/orders/*", "200")).isEqualTo(1);
    assertThat(active()).isZero();
  }

  @Test
  void theRouteIsNamedAfterTheFrameworkHasMatchedIt() throws Exception {
    doAnswer(invocation -> when(request.getAttribute("matched")).thenReturn("/orders/{id}"))
        .when(chain)
        .doFilter(request, response);
    ServletMetricsFilter.of(http, r -> (String) r.getAttribute("matched"))
        .doFilter(request, response, chain);
    assertThat(count("/orders/{id}", "200")).isEqualTo(1);
  }

  @Test
  void aServletThatThrowsCountsAs500AndItsExceptionPasses() throws Exception {
    ServletException thrown = new ServletException("as a test wants");
    doAnswer(
            invocation -> {
              throw thrown;
            })
        .when(chain)
        .doFilter(request, response);
    assertThatExceptionOfType(ServletException.class)
        .isThrownBy(() -> ServletMetricsFilter.of(http).doFilter(request, response, chain))
        .isSameAs(thrown);
    assertThat(count("/orders/*", "500")).isEqualTo(1);
    assertThat(active()).isZero();
  }

  @Test
  void aResponseThatIsOnItsWayKeepsItsStatusWhenTheServletThrows() throws Exception {
    when(response.isCommitted()).thenReturn(true);
    doAnswer(
            invocation -> {
              throw new ServletException("as a test wants");
            })
        .when(chain)
        .doFilter(request, response);
    assertThatExceptionOfType(ServletException.class)
        .isThrownBy(() -> ServletMetricsFilter.of(http).doFilter(request, response, chain));
    assertThat(count("/orders/*", "200")).isEqualTo(1);
  }

  @Test
  void anAsynchronousRequestEndsOnceWhenItCompletes() throws Exception {
    AsyncContext context = mock(AsyncContext.class);
    when(request.isAsyncStarted()).thenReturn(true);
    when(request.getAsyncContext()).thenReturn(context);
    ServletMetricsFilter.of(http).doFilter(request, response, chain);
    assertThat(active()).isEqualTo(1);

    ArgumentCaptor<AsyncListener> listener = ArgumentCaptor.forClass(AsyncListener.class);
    verify(context).addListener(listener.capture());
    AsyncEvent event = new AsyncEvent(context);
    listener.getValue().onStartAsync(event);
    listener.getValue().onTimeout(event);
    listener.getValue().onError(event);
    assertThat(active()).isEqualTo(1);
    when(response.getStatus()).thenReturn(500);
    listener.getValue().onComplete(event);
    listener.getValue().onComplete(event);
    assertThat(count("/orders/*", "500")).isEqualTo(1);
    assertThat(active()).isZero();
  }

  @Test
  void whatIsNotHttpPassesUnmeasured() throws Exception {
    ServletRequest plain = mock(ServletRequest.class);
    ServletResponse answer = mock(ServletResponse.class);
    ServletMetricsFilter.of(http).doFilter(plain, answer, chain);
    verify(chain).doFilter(any(), any());
    assertThat(registry.find("http.requests").counters()).isEmpty();
  }
}
