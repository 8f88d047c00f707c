package io.spinforge.metrics;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.spinforge.metrics.bind.Catalogue;
import io.spinforge.metrics.goal.RequestSink;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures HTTP requests: the timer {@code http.request.duration} with buckets at 0.1, 0.5, 1, 2
 * and 5 s, the counter {@code http.requests}, both by method, route and status, and the gauge
 * {@code active.connections}, the requests being served now. Prometheus shows them as {@code
 * http_request_duration_seconds}, {@code http_requests_total} and {@code active_connections}.
 *
 * <p>Three ways in: {@link #filter()} for the JDK's {@code HttpServer}, {@link
 * ServletMetricsFilter} for jakarta.servlet, and {@link #start()} with {@link Route#end} for
 * everything else.
 *
 * <p>The number of series is bounded. A route is a pattern such as {@code /orders/{id}}; the first
 * {@value #MAX_ROUTES} are kept apart, all later ones count as {@code other}, which is logged once.
 * Methods that HTTP does not name and statuses outside 100 to 599 count as {@code other} too.
 *
 * <p>Thread-safe. In steady state a request costs no allocation and no look-up of a meter by name:
 * a route keeps its meters in an array by method and status.
 */
public final class HttpMetrics {
  /** Routes kept apart; later ones count as {@code other}. */
  public static final int MAX_ROUTES = 100;

  private static final Logger log = LoggerFactory.getLogger(HttpMetrics.class);
  private static final String OTHER = "other";
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(2),
    Duration.ofSeconds(5)
  };

  /**
   * The one of each registry, so that two filters share a gauge and goals find what requests wrote.
   * Weak both ways: the registry itself keeps its HttpMetrics alive through the gauge. Guarded by
   * {@link #registriesLock}.
   */
  private static final Map<MeterRegistry, WeakReference<HttpMetrics>> registries =
      new WeakHashMap<>();

  private static final ReentrantLock registriesLock = new ReentrantLock();

  private final MeterRegistry registry;
  private final Clock clock;
  private final LongAdder active = new LongAdder();
  private final ConcurrentHashMap<String, Route> routes = new ConcurrentHashMap<>();
  private final Route other = new Route(OTHER);

  /** Guards additions to {@link #routes}, {@link #warned} and writes of {@link #windows}. */
  private final ReentrantLock lock = new ReentrantLock();

  private boolean warned;

  private final AtomicBoolean namingWarned = new AtomicBoolean();

  /** Replaced as a whole under {@link #lock}, read once per request; volatile publishes it. */
  private volatile RequestSink[] windows = {};

  private HttpMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.clock = registry.config().clock();
    Gauge.builder(Catalogue.ACTIVE_CONNECTIONS.id(), this, http -> http.active.sum())
        .description(Catalogue.ACTIVE_CONNECTIONS.description())
        .strongReference(true)
        .register(registry);
  }

  /**
   * Returns the HTTP metrics of this registry. The second call for one registry returns the same
   * object as the first, so any number of filters may share it.
   */
  public static HttpMetrics create(MeterRegistry registry) {
    Objects.requireNonNull(registry, "registry");
    registriesLock.lock();
    try {
      WeakReference<HttpMetrics> known = registries.get(registry);
      HttpMetrics metrics = known == null ? null : known.get();
      if (metrics == null) {
        metrics = new HttpMetrics(registry);
        registries.put(registry, new WeakReference<>(metrics));
      }
      return metrics;
    } finally {
      registriesLock.unlock();
    }
  }

  /**
   * Returns the handle of a route, to be kept. O(1), no allocation for a known route.
   *
   * @param pattern a pattern such as {@code /orders/{id}}, never the path of one request
   */
  public Route route(String pattern) {
    Route known = routes.get(Objects.requireNonNull(pattern, "pattern"));
    return known != null ? known : addRoute(pattern);
  }

  /** Names a request's route; a naming that fails must not fail the request. */
  <T> Route routeOf(Function<T, @Nullable String> naming, T request) {
    String pattern;
    try {
      pattern = naming.apply(request);
    } catch (RuntimeException e) {
      warnOfNaming(e);
      return other;
    }
    return pattern == null || pattern.isBlank() ? other : route(pattern);
  }

  private void warnOfNaming(RuntimeException cause) {
    if (namingWarned.compareAndSet(false, true)) {
      log.warn(
          "Naming a request's route failed; it counts as \"other\", as later ones will", cause);
    }
  }

  private Route addRoute(String pattern) {
    if (pattern.isBlank()) {
      throw new IllegalArgumentException("pattern: \"" + pattern + "\" (expected: not blank)");
    }
    lock.lock();
    try {
      Route known = routes.get(pattern);
      if (known != null) {
        return known;
      }
      if (routes.size() < MAX_ROUTES) {
        Route added = new Route(pattern);
        routes.put(pattern, added);
        return added;
      }
      if (!warned) {
        warned = true;
        log.warn(
            "HTTP routes beyond the first {} count as \"other\", from now on; the first is {}."
                + " Are paths given where patterns are meant?",
            MAX_ROUTES,
            pattern);
      }
      return other;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Notes that a request begins; each call needs one {@link Route#end}. No allocation.
   *
   * @return the time to hand to {@link Route#end}, in nanoseconds of the registry's clock
   */
  public long start() {
    active.increment();
    return clock.monotonicTime();
  }

  /** Returns a filter for the JDK's {@code HttpServer}; the route is the context's path. */
  public Filter filter() {
    return filter(exchange -> exchange.getHttpContext().getPath());
  }

  /**
   * Returns a filter for the JDK's {@code HttpServer}. The handler is expected to answer before it
   * returns; where it has not, the status counts as {@code other}, or as 500 if it threw.
   *
   * @param route names the route of a request; null or blank counts as {@code other}
   */
  public Filter filter(Function<HttpExchange, @Nullable String> route) {
    return new JdkHttpFilter(this, Objects.requireNonNull(route, "route"));
  }

  /** Lets a window see every request from now on. */
  void attach(RequestSink window) {
    lock.lock();
    try {
      RequestSink[] grown = Arrays.copyOf(windows, windows.length + 1);
      grown[windows.length] = window;
      windows = grown;
    } finally {
      lock.unlock();
    }
  }

  void detach(RequestSink window) {
    lock.lock();
    try {
      windows = Arrays.stream(windows).filter(w -> !w.equals(window)).toArray(RequestSink[]::new);
    } finally {
      lock.unlock();
    }
  }

  /** One route's meters. Thread-safe. */
  public final class Route {
    private static final int STATUSES = 501;

    private final String pattern;
    private final AtomicReferenceArray<@Nullable AtomicReferenceArray<@Nullable Series>> series =
        new AtomicReferenceArray<>(Method.COUNT);

    private Route(String pattern) {
      this.pattern = pattern;
    }

    /** Returns the pattern this route is counted under. */
    public String pattern() {
      return pattern;
    }

    /**
     * Notes the end of a request. No allocation after the first of its method and status.
     *
     * @param method the HTTP method, in upper case
     * @param status the status code of the response
     * @param start what {@link HttpMetrics#start()} returned
     */
    public void end(String method, int status, long start) {
      long now = clock.monotonicTime();
      active.decrement();
      long nanos = Math.max(0, now - start);
      Series meters = series(Method.index(method), status);
      meters.duration.record(nanos, TimeUnit.NANOSECONDS);
      meters.requests.increment();
      for (RequestSink window : windows) {
        window.record(now, nanos, status >= 500 && status <= 599);
      }
    }

    private Series series(int method, int status) {
      int at = status >= 100 && status <= 599 ? status - 100 : STATUSES - 1;
      AtomicReferenceArray<@Nullable Series> byStatus = series.get(method);
      if (byStatus == null) {
        series.compareAndSet(method, null, new AtomicReferenceArray<>(STATUSES));
        byStatus = Objects.requireNonNull(series.get(method));
      }
      Series known = byStatus.get(at);
      if (known == null) {
        // Two threads may both come here: the registry hands both the same meters.
        known = register(Method.name(method), at == STATUSES - 1 ? OTHER : "" + status);
        byStatus.set(at, known);
      }
      return known;
    }

    private Series register(String method, String status) {
      Timer duration =
          Timer.builder(Catalogue.HTTP_DURATION.id())
              .description(Catalogue.HTTP_DURATION.description())
              .tags("method", method, "route", pattern, "status", status)
              .serviceLevelObjectives(BUCKETS)
              .register(registry);
      Counter requests =
          Counter.builder(Catalogue.HTTP_REQUESTS.id())
              .description(Catalogue.HTTP_REQUESTS.description())
              .tags("method", method, "route", pattern, "status", status)
              .register(registry);
      return new Series(duration, requests);
    }
  }

  private record Series(Timer duration, Counter requests) {}

  /** The methods that HTTP names (RFC 9110, RFC 5789), as array indices. */
  private static final class Method {
    private static final String[] NAMES = {
      "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", OTHER
    };
    static final int COUNT = NAMES.length;

    static int index(String method) {
      return switch (method) {
        case "GET" -> 0;
        case "HEAD" -> 1;
        case "POST" -> 2;
        case "PUT" -> 3;
        case "DELETE" -> 4;
        case "PATCH" -> 5;
        case "OPTIONS" -> 6;
        case "TRACE" -> 7;
        case "CONNECT" -> 8;
        default -> 9;
      };
    }

    static String name(int index) {
      return NAMES[index];
    }
  }
}
