package io.spinforge.balance.http;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;
import static java.util.Objects.requireNonNullElseGet;

import io.spinforge.balance.Classifier;
import io.spinforge.balance.LoadBalancer;
import io.spinforge.balance.Outcome;
import io.spinforge.balance.Retry;
import io.spinforge.balance.guard.RetryBudget;
import io.spinforge.balance.limit.ConcurrencyLimiter;
import io.spinforge.balance.limit.LimitExceededException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's {@link HttpClient} with names for hosts: a request to {@code http://service/path} goes
 * to a member of the balancer of that name, and after a failure to another one.
 *
 * <ul>
 *   <li>Tried again is what may be done twice (GET, HEAD, OPTIONS, TRACE, PUT, DELETE), and any
 *       request that cannot have been sent because there was no connection; on a member that this
 *       request has not met, within the budget of {@link Builder#retry}.
 *   <li>429 and 503 are {@link Outcome#OVERLOADED}, other statuses from 500 on (not 501 and 505)
 *       {@link Outcome#FAILURE}; the rest are successes of the member. What {@code Retry-After}
 *       says is respected for up to a minute: the member is asked only if there is no other.
 *   <li>Without a timeout of its own a request has 60 s to its response's headers; a connection has
 *       5 s. The path of a member's URI is put before that of the request; Host is the member's.
 *   <li>A response that is not returned because another attempt follows has its body closed, if the
 *       body is {@link AutoCloseable}.
 * </ul>
 *
 * <p>Retries, hedges and limits that the balancers themselves have are for {@link
 * LoadBalancer#call}, and are not used here. Thread-safe; owns nothing that must be closed.
 */
public final class BalancedHttpClient {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration READ = Duration.ofSeconds(60);

  final HttpClient client;
  final Classifier classifier;
  final int maxAttempts;

  private final Map<String, Service<?>> services;
  private final @Nullable ConcurrencyLimiter limiter;
  private final RetryBudget budget;
  private final LongSupplier ticker;
  private final @Nullable ToLongFunction<? super HttpRequest> hash;
  private final Duration timeout;

  private BalancedHttpClient(Builder builder) {
    client = requireNonNullElseGet(builder.client, BalancedHttpClient::newClient);
    classifier = requireNonNullElseGet(builder.classifier, HttpOutcomes::classifier);
    timeout = requireNonNullElse(builder.timeout, READ);
    limiter = builder.limiter;
    ticker = requireNonNullElse(builder.ticker, System::nanoTime);
    Retry retry = requireNonNullElseGet(builder.retry, () -> Retry.budget(0.2, 10));
    maxAttempts = retry.maxAttempts();
    hash = builder.hash;
    budget = new RetryBudget(retry.ratio(), retry.minPerSecond(), ticker.getAsLong());
    Map<String, Service<?>> made = new HashMap<>();
    builder.services.forEach((name, service) -> made.put(name, service.apply(this)));
    services = Map.copyOf(made);
  }

  private static HttpClient newClient() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(CONNECT)
        .build();
  }

  /** Returns a builder. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Sends a request and waits for its response.
   *
   * @throws IOException the last attempt's, with the first one's suppressed
   * @throws InterruptedException if the caller is interrupted; the request is cancelled
   * @throws IllegalArgumentException if the request's host is no service of this client
   * @throws io.spinforge.balance.NoMembersException if the service has no members
   * @throws LimitExceededException if the limit of concurrent requests is reached
   */
  public <R> HttpResponse<R> send(HttpRequest request, HttpResponse.BodyHandler<R> handler)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<R>> response = sendAsync(request, handler);
    try {
      return response.get();
    } catch (InterruptedException e) {
      response.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof IOException io) {
        throw io;
      } else if (cause instanceof RuntimeException unchecked) {
        throw unchecked;
      } else if (cause instanceof Error error) {
        throw error;
      }
      throw new IOException(cause);
    }
  }

  /**
   * Sends a request. Cancelling the future cancels the attempt under way.
   *
   * @return a future that fails as {@link #send} throws
   * @throws IllegalArgumentException if the request's host is no service of this client
   */
  public <R> CompletableFuture<HttpResponse<R>> sendAsync(
      HttpRequest request, HttpResponse.BodyHandler<R> handler) {
    requireNonNull(handler, "handler");
    URI uri = request.uri();
    String host = uri.getAuthority() == null ? "" : uri.getAuthority().toLowerCase(Locale.ROOT);
    Service<?> service = services.get(host);
    if (service == null) {
      throw new IllegalArgumentException(
          "uri: " + uri + " (expected: the host to be one of " + services.keySet() + ")");
    }
    long permit = limiter == null ? 0 : limiter.tryAcquire();
    if (limiter != null && permit == ConcurrencyLimiter.REJECTED) {
      return CompletableFuture.failedFuture(LimitExceededException.INSTANCE);
    }
    return new Exchange<>(this, service, request, handler, permit).start();
  }

  /** Returns the request as it is sent to a member. */
  HttpRequest to(URI target, HttpRequest request) {
    HttpRequest.Builder copy = HttpRequest.newBuilder(request, (name, value) -> true).uri(target);
    return (request.timeout().isPresent() ? copy : copy.timeout(timeout)).build();
  }

  void deposit() {
    budget.deposit(ticker.getAsLong());
  }

  boolean withdraw() {
    return budget.tryWithdraw(ticker.getAsLong());
  }

  void over(long permit, Outcome outcome) {
    if (limiter != null) {
      Exchange.over(limiter, permit, outcome);
    }
  }

  /** Builds a client. Setting a thing twice is an error. Not thread-safe. */
  public static final class Builder {
    private final Map<String, Function<BalancedHttpClient, Service<?>>> services = new HashMap<>();
    private @Nullable HttpClient client;
    private @Nullable Classifier classifier;
    private @Nullable Duration timeout;
    private @Nullable Retry retry;
    private @Nullable ConcurrencyLimiter limiter;
    private @Nullable LongSupplier ticker;
    private @Nullable ToLongFunction<? super HttpRequest> hash;

    private Builder() {}

    /** Adds a service whose members are base addresses. */
    public Builder service(String name, LoadBalancer<URI> balancer) {
      return service(name, balancer, uri -> uri);
    }

    /**
     * Adds a service.
     *
     * @param name the host of requests to it, {@code service} or {@code service:port}
     * @param balancer of its members
     * @param uriOf the base address of a member: scheme, host, port, and a path if need be
     */
    public <T> Builder service(
        String name, LoadBalancer<T> balancer, Function<? super T, URI> uriOf) {
      requireNonNull(balancer, "balancer");
      requireNonNull(uriOf, "uriOf");
      String host = requireNonNull(name, "name").toLowerCase(Locale.ROOT);
      Function<BalancedHttpClient, Service<?>> service =
          client -> new Service<>(balancer, uriOf, client.hash, client.ticker);
      if (services.putIfAbsent(host, service) != null) {
        throw new IllegalStateException("service: " + name + " set twice (expected: once)");
      }
      return this;
    }

    /** Sets the client that sends; default one with HTTP/1.1 and 5 s to connect. */
    public Builder client(HttpClient client) {
      once("client", this.client);
      this.client = requireNonNull(client, "client");
      return this;
    }

    /** Sets how long a request without a timeout of its own may take to its response; 60 s. */
    public Builder timeout(Duration timeout) {
      once("timeout", this.timeout);
      if (timeout.isZero() || timeout.isNegative()) {
        throw new IllegalArgumentException("timeout: " + timeout + " (expected: > 0)");
      }
      this.timeout = timeout;
      return this;
    }

    /** Sets attempts and their budget; default two attempts, Finagle's budget of 0.2 and 10. */
    public Builder retry(Retry retry) {
      once("retry", this.retry);
      this.retry = requireNonNull(retry, "retry");
      return this;
    }

    /** Sets how responses and failures are judged; default by status, as said above. */
    public Builder classifier(Classifier classifier) {
      once("classifier", this.classifier);
      this.classifier = requireNonNull(classifier, "classifier");
      return this;
    }

    /** Sets what limits concurrent requests, of all services together; default nothing. */
    public Builder limit(ConcurrencyLimiter limiter) {
      once("limit", this.limiter);
      this.limiter = requireNonNull(limiter, "limiter");
      return this;
    }

    /**
     * Sets what a request's member is chosen by, where a service's policy needs a key: its path, a
     * header, a cookie. Default nothing, which such policies refuse. Asked once a request, on the
     * caller's thread; further attempts go to the next members in that key's own order.
     */
    public Builder hash(ToLongFunction<? super HttpRequest> hashOf) {
      once("hash", hash);
      hash = requireNonNull(hashOf, "hashOf");
      return this;
    }

    /** Sets the monotonic clock, in nanoseconds; default {@link System#nanoTime}. */
    public Builder ticker(LongSupplier nanos) {
      once("ticker", ticker);
      ticker = requireNonNull(nanos, "ticker");
      return this;
    }

    /**
     * Builds the client.
     *
     * @throws IllegalStateException if there is no service
     */
    public BalancedHttpClient build() {
      if (services.isEmpty()) {
        throw new IllegalStateException("services: none (expected: one or more)");
      }
      return new BalancedHttpClient(this);
    }

    private static void once(String name, @Nullable Object old) {
      if (old != null) {
        throw new IllegalStateException(name + ": set twice (expected: once)");
      }
    }
  }
}
